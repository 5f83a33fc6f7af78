/* `gatehouse vault …`: the keys that stored credentials are sealed under (integrations/vault_rotation.h). */
#include <stdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"
#include "db/statements.h"
#include "integrations/vault_rotation.h"

enum { KEY_PREPARE = 0x5101, OUTPUT_MAX = 64 * 1024, ARENA_MAX = 256 * 1024, BAR_WIDTH = 28 };

struct arguments {
        struct settings_args settings;
        bool json, prepare;
};

/* What both commands work with. */
struct opened {
        struct settings settings;
        struct database *database;
        struct context context;
        struct arena arena;
};

static const struct argp_option rotate_options[] = {
        { .name = "prepare",
          .key = KEY_PREPARE,
          .doc = "Only add the new key to the key file. Where nodes have a copy each of that file, copy it "
                 "to all of them then, "
                 "and run the command again without this option" },
        { 0 },
};

static error_t parse(int key, char *arg _unused_, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
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

static const char check_doc[] = "Open every stored credential, to see that it can be, and tell which keys "
                                "are in use. Exits with 1 when one "
                                "can't be opened; its id is logged on standard error. Changes nothing.\v"
                                "Example:\n  gatehouse vault check --json";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp rotate_argp = {
        .options = rotate_options, .parser = parse, .doc = rotate_doc, .children = children
};
static const struct argp check_argp = { .parser = parse, .doc = check_doc, .children = children };

static void close_all(struct opened *o) {
        o->context.vault = vault_free(o->context.vault);
        o->database = database_close(o->database);
        arena_done(&o->arena);
}

static int open_all(const char *who, const struct arguments *a, struct opened *o) {
        char text[VAULT_PROBLEM_MAX];
        int r;

        process_protect_secrets();
        r = settings_load(who, &a->settings, &o->settings);
        if (r >= 0)
                r = tool_database_open(who, &o->settings, &o->database);
        if (r < 0)
                return r;
        log_setup(o->settings.log_level, o->settings.log_format);
        o->context.settings = &o->settings;
        o->context.clock = &clock_system;
        o->context.random = &random_system;
        r = vault_new(&o->settings, &random_system, &o->context.vault, text);
        if (r >= 0)
                r = vault_start(o->context.vault, o->database, &clock_system, text);
        if (r < 0)
                problem(who, "%s", text);
        return r;
}

static void show(void *data _unused_, const struct vault_progress *p) {
        int64_t total = MAX_OF(p->total, p->done);
        int filled = total ? (int)(p->done * BAR_WIDTH / total) : BAR_WIDTH;

        fprintf(stderr, "\r[%.*s%*s] %lld of %lld credentials ", filled, "############################",
                BAR_WIDTH - filled, "", (long long)p->done, (long long)total);
}

static void hide(void) {
        if (isatty(STDERR_FILENO))
                fputs("\r\033[K", stderr);
}

static int failed(const char *who, int r) {
        problem(who, STR_FMT, STR_ARG(error_row(r)->text));
        return STATUS_FAILED;
}

/* --- rotate-key --- */

/* The newest key at hand is a new one after this: it was prepared, or is made now. What is left of an earlier rotation comes
 * first. */
static int choose_key(const char *who, struct vault_work *work, struct arena *arena, bool prepare) {
        struct vault *vault = work->context->vault;
        char text[VAULT_PROBLEM_MAX], id[VAULT_KEY_ID_LENGTH + 1];
        struct str current;
        int64_t left;
        int r;

        r = vault_rotation_left(work, arena, &current, &left);
        if (r < 0) {
                (void)failed(who, r);
                return r;
        }
        if (!str_eq(current, vault_newest(vault)) || (left && !prepare))
                return 0;
        if (!vault_has_file(vault)) {
                fprintf(stderr,
                        "%s: ENCRYPTION_KEY is in use already. To bring in another key, restart every server "
                        "with that "
                        "one in ENCRYPTION_KEY and this one in ENCRYPTION_KEYS_OLD, then run this command "
                        "again.\n",
                        who);
                return 0;
        }
        r = vault_add_key(vault, id, text);
        if (r < 0)
                problem(who, "%s", text);
        return r;
}

static int print_rotation(const char *who, const struct arguments *a, const struct opened *o,
                          const struct vault_progress *p) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
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

static int rotate(const char *who, const struct arguments *a, struct opened *o) {
        struct vault_work work = { .context = &o->context,
                                   .database = o->database,
                                   .pause = process_sleep_ms };
        int r;

        if (a->prepare && !vault_has_file(o->context.vault)) {
                problem(who, "--prepare is for keys in a file; ENCRYPTION_KEY is set.");
                return STATUS_FAILED;
        }
        if (choose_key(who, &work, &o->arena, a->prepare) < 0)
                return STATUS_FAILED;
        if (!a->prepare) {
                if (isatty(STDERR_FILENO))
                        work.show = show;
                r = vault_rotation_begin(&work, &o->arena, who);
                if (r >= 0)
                        r = vault_rotation_run(&work);
                hide();
                if (r < 0)
                        return failed(who, r);
        }
        return print_rotation(who, a, o, &work.progress);
}

int command_vault_rotate_key(int argc, char **argv) {
        _cleanup_(close_all) struct opened o = { 0 };
        struct arguments a = { 0 };

        if (argp_parse(&rotate_argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&o.arena, ARENA_MAX);
        return open_all(argv[0], &a, &o) < 0 ? STATUS_FAILED : rotate(argv[0], &a, &o);
}

/* --- check --- */

struct keys {
        struct arena *arena;
        struct vault_key_row *list;
        size_t n;
};

static int list_keys(struct tx *tx, void *data) {
        struct keys *k = data;

        return db_vault_keys_all(tx, k->arena, VAULT_KEYS_MAX, &k->list, &k->n);
}

static const char *state_of(const struct vault_key_row *key) {
        return key->is_current ? "current" : key->retired_at ? "retired" : "former";
}

static void write_check(struct strbuf *out, const struct keys *k, const struct vault_progress *p,
                        bool as_json) {
        struct json_writer w = JSON_WRITER(out);

        if (!as_json) {
                for (size_t i = 0; i < k->n; i++)
                        strbuf_printf(out, "key " STR_FMT "  %s\n", STR_ARG(k->list[i].id),
                                      state_of(&k->list[i]));
                strbuf_printf(out, "%lld credentials, of which %lld cannot be opened\n", (long long)p->done,
                              (long long)p->failed);
                return;
        }
        json_object_begin(&w);
        json_key(&w, "keys");
        json_array_begin(&w);
        for (size_t i = 0; i < k->n; i++) {
                json_object_begin(&w);
                json_member_str(&w, "id", k->list[i].id);
                json_member_str(&w, "state", str_of(state_of(&k->list[i])));
                json_member_time(&w, "created_at", k->list[i].created_at);
                json_member_time(&w, "retired_at", k->list[i].retired_at);
                json_object_end(&w);
        }
        json_array_end(&w);
        json_member_int(&w, "credentials", p->done);
        json_member_int(&w, "failed", p->failed);
        json_object_end(&w);
        strbuf_append_char(out, '\n');
}

int command_vault_check(int argc, char **argv) {
        _cleanup_(close_all) struct opened o = { 0 };
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct arguments a = { 0 };
        struct vault_work work;
        struct keys keys = { .arena = &o.arena };
        int r;

        if (argp_parse(&check_argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&o.arena, ARENA_MAX);
        if (open_all(argv[0], &a, &o) < 0)
                return STATUS_FAILED;
        work = (struct vault_work){ .context = &o.context,
                                    .database = o.database,
                                    .pause = process_sleep_ms,
                                    .show = isatty(STDERR_FILENO) ? show : NULL };
        r = vault_check_all(&work);
        hide();
        if (r >= 0)
                r = database_write_now(o.database, list_keys, &keys);
        if (r < 0)
                return failed(argv[0], r);
        write_check(&out, &keys, &work.progress, a.json);
        r = output_print(argv[0], &out);
        return work.progress.failed ? STATUS_FAILED : r;
}
