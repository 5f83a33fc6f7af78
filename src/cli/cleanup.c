/* `gatehouse cleanup`: one round of the job that `serve` runs by itself every few hours. */
#include <stdio.h>
#include <unistd.h>

#include "account/audit_verify.h"
#include "base/errors.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/key_file.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"
#include "jobs/cleanup.h"

enum { KEY_OLD_KEY = 0x5401 };
enum { OUTPUT_MAX = 4096, BAR_WIDTH = 28 };

struct arguments {
        struct settings_args settings;
        bool json;
        const char *old_keys[AUDIT_KEYS_MAX - 1];
        size_t n_old_keys;
};

static const struct argp_option options[] = {
        { .name = "old-key",
          .key = KEY_OLD_KEY,
          .arg = "FILE",
          .doc = "A key file that was the server's before, once after it was replaced: the audit trail's "
                 "removed part, "
                 "which it vouches for, then is the new key's. May be given several times" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_OLD_KEY:
                if (a->n_old_keys == AUDIT_KEYS_MAX - 1)
                        argp_error(state, "there are too many old keys: give at most %d", AUDIT_KEYS_MAX - 1);
                a->old_keys[a->n_old_keys++] = arg;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] = "Remove expired codes, tokens, authorizations, sessions and links, and the audit "
                          "trail of long ago, once, and print how many there were. "
                          "`gatehouse serve` does the same every OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS hours.\v"
                          "Works beside a running server, and gives way to it. With several nodes one cleans "
                          "up at a time: if a "
                          "server does so at this moment, this command stops, says so, and succeeds "
                          "(\"complete\": false).\n\nExample:\n  gatehouse cleanup --json";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

static int64_t total(const struct cleanup_counts *counts) {
        int64_t sum = 0;

        for (unsigned i = 0; i < CLEANUP_KINDS; i++)
                sum += counts->removed[i];
        return sum;
}

/* How many rows there are to remove is not known beforehand: the bar counts kinds, the number rows. */
static bool show_progress(void *data, enum cleanup_kind kind, const struct cleanup_counts *so_far) {
        unsigned filled = ((unsigned)kind + 1) * BAR_WIDTH / CLEANUP_KINDS;

        fprintf(stderr, "\r[%.*s%*s] %-15s %lld removed ", (int)filled, "############################",
                (int)(BAR_WIDTH - filled), "", cleanup_names[kind], (long long)total(so_far));
        return true;
}

static int print(const char *who, const struct arguments *a, const struct cleanup_counts *counts, bool done) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct json_writer w = JSON_WRITER(&out);

        if (a->json)
                json_object_begin(&w);
        for (unsigned i = 0; i < CLEANUP_KINDS; i++)
                if (a->json)
                        json_member_int(&w, cleanup_names[i], counts->removed[i]);
                else
                        strbuf_printf(&out, "%-15s %lld\n", cleanup_names[i], (long long)counts->removed[i]);
        if (a->json) {
                json_member_int(&w, "total", total(counts));
                json_member_bool(&w, "complete", done);
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        } else
                strbuf_printf(&out, "%-15s %lld\n", "total", (long long)total(counts));
        return output_print(who, &out);
}

/* 1, or 0 where there is no file. */
static int load_key(const char *who, struct str path, struct mac_key *ret) {
        char text[PRIVATE_FILE_PROBLEM_MAX];
        int r;

        r = key_file_find(path, ret, text);
        if (r < 0)
                problem(who, "%s", text);
        return r;
}

/* Removing a part of the audit trail takes the key that the rest is sealed with. */
static int load_keys(const char *who, const struct arguments *a, const struct settings *settings,
                     struct cleanup *cleanup, struct mac_key keys[AUDIT_KEYS_MAX]) {
        int r;

        r = load_key(who, settings->key_file, &keys[0]);
        if (r == 0)
                fprintf(stderr,
                        "%s: the key file " STR_FMT " is not there: the audit trail is left to the server.\n",
                        who, STR_ARG(settings->key_file));
        if (r <= 0)
                return r;
        cleanup->key = keys;
        for (; cleanup->n_old_keys < a->n_old_keys; cleanup->n_old_keys++) {
                const char *path = a->old_keys[cleanup->n_old_keys];

                r = load_key(who, str_of(path), &keys[1 + cleanup->n_old_keys]);
                if (r == 0)
                        problem(who, "The key file %s is not there.", path);
                if (r <= 0)
                        return r < 0 ? r : -ERR_SETTINGS;
        }
        return 1;
}

static int clean_up(const char *who, const struct arguments *a, struct cleanup *cleanup) {
        struct cleanup_counts counts;
        int r;

        if (isatty(STDERR_FILENO))
                cleanup->go_on = show_progress;
        r = cleanup_run(cleanup, &counts);
        if (isatty(STDERR_FILENO))
                fputs("\r\033[K", stderr);
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        if (r == CLEANUP_ELSEWHERE)
                fprintf(stderr, "%s: a server is cleaning up at this moment; what is left is left to it.\n",
                        who);
        return print(who, a, &counts, r == CLEANUP_DONE);
}

int command_cleanup(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct cleanup cleanup = { .clock = &clock_system, .pause = process_sleep_ms };
        struct arguments a = { 0 };
        struct settings settings;
        struct mac_key keys[AUDIT_KEYS_MAX] = { 0 };
        int status = STATUS_FAILED;

        process_protect_secrets();
        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0 ||
            tool_database_open(argv[0], &settings, &db) < 0)
                return STATUS_FAILED;
        cleanup.settings = &settings;
        cleanup.database = db;
        if (load_keys(argv[0], &a, &settings, &cleanup, keys) >= 0 &&
            command_audit(argv[0], db, &(struct audit){ .event = AUDIT_CLEANED_UP }) >= 0)
                status = clean_up(argv[0], &a, &cleanup);
        memory_wipe(keys, sizeof(keys));
        return status;
}
