/* `gatehouse vault rotate-key`: another key to seal stored credentials under (integrations/vault_rotation.h). */
#include <stdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/json_write.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/vault_tool.h"
#include "integrations/vault_nodes.h"

enum { KEY_PREPARE = 0x5101, KEY_WAIT, KEY_FORCE };
enum { KEY_IN_USE = 1 };
enum {
        WAIT_SECONDS = 75,
        WAIT_MAX = 3600,
        LOOK_MS = 500
}; /* servers say once a minute which keys they have */

struct arguments {
        struct settings_args settings;
        bool json, prepare, force;
        uint64_t wait; /* seconds */
};

static const struct argp_option rotate_options[] = {
        { .name = "prepare",
          .key = KEY_PREPARE,
          .doc = "Only add the new key to the key file. Where nodes have a copy each of that file, copy it "
                 "to all of them then, "
                 "and run the command again without this option" },
        { .name = "wait",
          .key = KEY_WAIT,
          .arg = "SECONDS",
          .doc = "Wait so long for servers whose key file has not got the key yet (default: 75)" },
        { .name = "force",
          .key = KEY_FORCE,
          .doc = "Bring the key in although servers lack it: until they have it they can store and open "
                 "nothing" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                a->wait = WAIT_SECONDS;
                return 0;
        case KEY_WAIT:
                if (!str_to_uint(str_of(arg), WAIT_MAX, &a->wait))
                        argp_error(state, "--wait takes a number of seconds, at most %d", WAIT_MAX);
                return 0;
        case KEY_FORCE:
                a->force = true;
                return 0;
        case KEY_PREPARE:
                a->prepare = true;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char rotate_doc[] =
        "Seal stored credentials under a new key, while servers run: the new key is used from this moment "
        "on, and what "
        "was sealed before is sealed anew, a few at a time. When the command is interrupted, run it again; "
        "nothing is "
        "lost.\v"
        "With a key file (ENCRYPTION_KEY_FILE) a new key is made and added to it; servers look into the file "
        "by "
        "themselves. With ENCRYPTION_KEY, first restart every server with the new key there and the former "
        "one in "
        "ENCRYPTION_KEYS_OLD, then run this command with the same settings.\n\n"
        "Former keys are retired when nothing is sealed under them any more. Backups that were made before "
        "still need "
        "them: keep them as long as those.\n\nExample:\n  gatehouse vault rotate-key --json";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp rotate_argp = {
        .options = rotate_options, .parser = parse, .doc = rotate_doc, .children = children
};

/* The newest key at hand is a new one after this, 0: it was prepared, or is made now. KEY_IN_USE: it is current; what is left of an
 * earlier rotation comes first. */
static int choose_key(const char *who, struct vault_work *work, struct arena *arena, bool prepare) {
        struct vault *vault = work->context->vault;
        char text[VAULT_PROBLEM_MAX], id[VAULT_KEY_ID_LENGTH + 1];
        struct str current;
        int64_t left;
        int r;

        r = vault_rotation_left(work, arena, &current, &left);
        if (r < 0) {
                (void)vault_tool_failed(who, r);
                return r;
        }
        if (!str_eq(current, vault_newest(vault)))
                return 0;
        if (left && !prepare)
                return KEY_IN_USE;
        if (!vault_has_file(vault)) {
                fprintf(stderr,
                        "%s: ENCRYPTION_KEY is in use already. To bring in another key, restart every server "
                        "with that "
                        "one in ENCRYPTION_KEY and this one in ENCRYPTION_KEYS_OLD, then run this command "
                        "again.\n",
                        who);
                return KEY_IN_USE;
        }
        r = vault_add_key(vault, id, text);
        if (r < 0)
                problem(who, "%s", text);
        return r;
}

/* Servers that run and lack the key. */
struct lacking {
        struct vault_tool *opened;
        struct node_vault_row *nodes;
        size_t n;
};

static int find_lacking(struct tx *tx, void *data) {
        struct lacking *l = data;
        struct context *context = &l->opened->context;

        arena_reset(&l->opened->arena);
        return vault_nodes_without(tx, &l->opened->arena, context->vault, vault_newest(context->vault),
                                   clock_now(context->clock), &l->nodes, &l->n);
}

static bool may_get_it(const struct lacking *l) {
        for (size_t i = 0; i < l->n; i++)
                if (l->nodes[i].place.len == 0)
                        return false; /* not without a restart */
        return true;
}

static void refuse_lacking(const char *who, const struct lacking *l) {
        int64_t now = clock_now(l->opened->context.clock);

        for (size_t i = 0; i < l->n; i++)
                problem(who,
                        "Server number %lld lacks key " STR_FMT
                        ": %s. If it runs no more, its number is free in %lld seconds.",
                        (long long)l->nodes[i].node, STR_ARG(vault_newest(l->opened->context.vault)),
                        l->nodes[i].place.len ? "copy the key file to it"
                                              : "restart it with this key in ENCRYPTION_KEY and the former "
                                                "one in ENCRYPTION_KEYS_OLD",
                        (long long)(l->nodes[i].leased_until - now) / 1000);
        problem(who,
                "The key is not in use yet, and nothing was sealed anew. --force brings it in all the same.");
}

/* Whoever lacks the key that is to be current could store and open nothing. */
static int wait_for_servers(const char *who, const struct arguments *a, struct vault_tool *o) {
        struct lacking l = { .opened = o };
        int64_t end = clock_monotonic_ms() + (int64_t)a->wait * 1000;
        bool told = false;
        int r;

        for (;;) {
                r = database_write_now(o->database, find_lacking, &l);
                if (r < 0)
                        return vault_tool_failed(who, r), r;
                if (l.n == 0)
                        return 0;
                if (!may_get_it(&l) || clock_monotonic_ms() >= end)
                        break;
                if (!told)
                        problem(who, "Waiting for %zu servers to find key " STR_FMT " in their key files.",
                                l.n, STR_ARG(vault_newest(o->context.vault)));
                told = true;
                process_sleep_ms(NULL, LOOK_MS);
        }
        refuse_lacking(who, &l);
        return -ERR_SETTINGS;
}

static int print_rotation(const char *who, const struct arguments *a, const struct vault_tool *o,
                          const struct vault_progress *p) {
        struct strbuf out = STRBUF_INIT(VAULT_TOOL_OUTPUT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str key = vault_newest(o->context.vault);
        int64_t sealed = p->done - p->failed;
        int status;

        if (a->json) {
                json_object_begin(&w);
                json_member_str(&w, "key", key);
                json_member_bool(&w, "current", !a->prepare);
                json_member_int(&w, "resealed", sealed);
                json_member_int(&w, "failed", p->failed);
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        } else if (a->prepare) {
                strbuf_printf(&out, "Key " STR_FMT " is in %s, and not in use yet.\n", STR_ARG(key),
                              vault_source_name(o->context.vault));
        } else {
                strbuf_printf(&out, "Key " STR_FMT " is in use; %lld credentials were sealed anew.\n",
                              STR_ARG(key), (long long)sealed);
        }
        status = output_print(who, &out);
        if (p->failed == 0)
                return status;
        problem(who,
                "%lld credentials cannot be opened, and stay under their former key: `gatehouse vault check` "
                "names them. "
                "The key can be replaced again when they are deleted.",
                (long long)p->failed);
        return STATUS_FAILED;
}

static int rotate(const char *who, const struct arguments *a, struct vault_tool *o) {
        struct vault_work work = { .context = &o->context,
                                   .database = o->database,
                                   .pause = process_sleep_ms };
        int r;

        if (a->prepare && !vault_has_file(o->context.vault)) {
                problem(who, "--prepare is for keys in a file; ENCRYPTION_KEY is set.");
                return STATUS_FAILED;
        }
        r = choose_key(who, &work, &o->arena, a->prepare);
        if (r == 0 && !a->prepare && !a->force)
                r = wait_for_servers(who, a, o);
        if (r < 0)
                return STATUS_FAILED;
        if (!a->prepare) {
                if (isatty(STDERR_FILENO))
                        work.show = vault_tool_show;
                r = vault_rotation_begin(&work, &o->arena, who);
                if (r >= 0)
                        r = vault_rotation_run(&work);
                vault_tool_hide();
                if (r < 0)
                        return vault_tool_failed(who, r);
        }
        return print_rotation(who, a, o, &work.progress);
}

int command_vault_rotate_key(int argc, char **argv) {
        _cleanup_(vault_tool_close) struct vault_tool o = { 0 };
        struct arguments a = { 0 };

        if (argp_parse(&rotate_argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&o.arena, VAULT_TOOL_ARENA_MAX);
        return vault_tool_open(argv[0], &a.settings, &o) < 0 ? STATUS_FAILED : rotate(argv[0], &a, &o);
}
