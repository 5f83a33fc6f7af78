/* `gatehouse vault check`: whether every stored credential can be opened, and which keys there are. */
#include <unistd.h>

#include "base/errors.h"
#include "base/json_write.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/vault_tool.h"
#include "db/statements.h"

struct arguments {
        struct settings_args settings;
        bool json;
};

static error_t parse(int key, char *arg _unused_, struct argp_state *state) {
        struct arguments *a = state->input;

        if (key != ARGP_KEY_INIT)
                return ARGP_ERR_UNKNOWN;
        state->child_inputs[0] = &a->settings;
        state->child_inputs[1] = &a->json;
        return 0;
}

static const char check_doc[] = "Open every stored credential, to see that it can be, and tell which keys "
                                "are in use. Exits with 1 when one "
                                "can't be opened; its id is logged on standard error. Changes nothing.\v"
                                "Example:\n  gatehouse vault check --json";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp check_argp = { .parser = parse, .doc = check_doc, .children = children };

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
        _cleanup_(vault_tool_close) struct vault_tool o = { 0 };
        struct strbuf out = STRBUF_INIT(VAULT_TOOL_OUTPUT_MAX);
        struct arguments a = { 0 };
        struct vault_work work;
        struct keys keys = { .arena = &o.arena };
        int r;

        if (argp_parse(&check_argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&o.arena, VAULT_TOOL_ARENA_MAX);
        if (vault_tool_open(argv[0], &a.settings, &o) < 0)
                return STATUS_FAILED;
        work = (struct vault_work){ .context = &o.context,
                                    .database = o.database,
                                    .pause = process_sleep_ms,
                                    .show = isatty(STDERR_FILENO) ? vault_tool_show : NULL };
        r = vault_check_all(&work);
        vault_tool_hide();
        if (r >= 0)
                r = database_write_now(o.database, list_keys, &keys);
        if (r < 0)
                return vault_tool_failed(argv[0], r);
        write_check(&out, &keys, &work.progress, a.json);
        r = output_print(argv[0], &out);
        return work.progress.failed ? STATUS_FAILED : r;
}
