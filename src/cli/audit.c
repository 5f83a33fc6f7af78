/* `gatehouse audit verify` and `audit export`: the audit trail, held against its seals, and as JSON lines. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "account/audit_export.h"
#include "account/audit_verify.h"
#include "base/codec.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/key_file.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"

enum { KEY_EXPECT = 0x4001, KEY_OLD_KEY, KEY_SINCE, KEY_UNTIL };
enum { OUTPUT_MAX = 4096, BAR_WIDTH = 28, FAULTS_SHOWN = 50, PIECE_MAX = 4 * 1024 * 1024 };

struct arguments {
        struct settings_args settings;
        bool json;
        int64_t expect_seq;
        struct hash expect;
        const char *old_keys[AUDIT_KEYS_MAX - 1];
        size_t n_old_keys;
        int64_t since, until;
};

/* "SEGMENT:HASH", as verify prints the head. */
static bool head_parse(const char *text, struct arguments *a) {
        struct str rest = str_of(text), seq;
        uint64_t number;

        if (!str_next(&rest, ':', &seq) || !str_to_uint(seq, INT64_MAX, &number) || number == 0 ||
            hex_decode(rest, a->expect.bytes, sizeof(a->expect.bytes)) != HASH_SIZE)
                return false;
        a->expect_seq = (int64_t)number;
        return true;
}

static error_t parse_verify(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_EXPECT:
                if (!head_parse(arg, a))
                        argp_error(state, "'%s' is no head: give it as verify printed it, SEGMENT:HASH", arg);
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

static error_t parse_export(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;
        int64_t *time = key == KEY_SINCE ? &a->since : &a->until;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                return 0;
        case KEY_SINCE:
        case KEY_UNTIL:
                if (!audit_time_read(str_of(arg), time))
                        argp_error(state, "'%s' is no time: write it in UTC, as 2026-01-31T12:00:00Z", arg);
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const struct argp_option options_verify[] = {
        { .name = "expect",
          .key = KEY_EXPECT,
          .arg = "SEGMENT:HASH",
          .doc = "A head that an earlier verify printed and that was kept elsewhere: it must still be "
                 "there" },
        { .name = "old-key",
          .key = KEY_OLD_KEY,
          .arg = "FILE",
          .doc = "A key file that was the server's before; may be given several times" },
        { 0 },
};

static const struct argp_option options_export[] = {
        { .name = "since",
          .key = KEY_SINCE,
          .arg = "TIME",
          .doc = "Events from this time on, as 2026-01-31T12:00:00Z" },
        { .name = "until", .key = KEY_UNTIL, .arg = "TIME", .doc = "Events before this time" },
        { 0 },
};

static const char doc_verify[] = "Hold the audit trail against its seals. Says which part was changed, taken "
                                 "out, put in or cut off; the exit "
                                 "status is 0 if none was, else 1. Needs the server's key file "
                                 "(GATEHOUSE_KEY_FILE), and works beside a running "
                                 "server.\v"
                                 "What was recorded in the last seconds is not sealed yet and is only "
                                 "counted. Keep the head that is printed "
                                 "somewhere else, and give it with --expect the next time: then not even "
                                 "somebody who puts back an old copy of "
                                 "the whole database goes unnoticed.\n\n"
                                 "Examples:\n"
                                 "  gatehouse audit verify\n"
                                 "  gatehouse audit verify --json --expect 1207:5f2c…";

static const char doc_export[] =
        "Print the sealed events of the audit trail as JSON lines, oldest first: one event a line, in "
        "UTF-8.\v"
        "Example:\n  gatehouse audit export --since 2026-01-01T00:00:00Z > audit.jsonl";

static const struct argp_child children_verify[] = { { .argp = &settings_argp_database },
                                                     { .argp = &output_argp },
                                                     { 0 } };
static const struct argp_child children_export[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp_verify = {
        .options = options_verify, .parser = parse_verify, .doc = doc_verify, .children = children_verify
};
static const struct argp argp_export = {
        .options = options_export, .parser = parse_export, .doc = doc_export, .children = children_export
};

/* --- verify --- */

struct verifying {
        const char *who;
        unsigned faults;
        bool bar;
};

static void show_fault(void *data, const char *text) {
        struct verifying *v = data;

        if (v->bar)
                fputs("\r\033[K", stderr);
        if (v->faults++ < FAULTS_SHOWN)
                problem(v->who, "%s", text);
}

static void show_progress(void *data, int64_t done, int64_t total) {
        const struct verifying *v = data;
        int filled = total > 0 ? (int)(MIN_OF(done, total) * BAR_WIDTH / total) : BAR_WIDTH;

        if (v->bar)
                fprintf(stderr, "\r[%.*s%*s] %" PRId64 " of %" PRId64 " segments ", filled,
                        "############################", BAR_WIDTH - filled, "", done, total);
}

static int load_key(const char *who, struct str path, struct mac_key *ret) {
        char text[PRIVATE_FILE_PROBLEM_MAX];
        int r;

        r = key_file_find(path, ret, text);
        if (r < 0)
                problem(who, "%s", text);
        if (r == 0)
                problem(who,
                        "The key file " STR_FMT
                        " is not there: without it nobody can tell who sealed the trail.",
                        STR_ARG(path));
        return r == 0 ? -ERR_SETTINGS : r;
}

static int load_keys(const char *who, const struct arguments *a, const struct settings *settings,
                     struct mac_key keys[AUDIT_KEYS_MAX]) {
        int r;

        r = load_key(who, settings->key_file, &keys[0]);
        for (size_t i = 0; i < a->n_old_keys && r >= 0; i++)
                r = load_key(who, str_of(a->old_keys[i]), &keys[i + 1]);
        return r;
}

static int print_verified(const char *who, const struct arguments *a, const struct audit_verified *v) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        char hex[2 * HASH_SIZE + 1] = "", head[128];

        hex_encode(hash_str(&v->head), hex);
        (void)snprintf(head, sizeof(head), "%" PRId64 ":%s", v->head_seq, hex);
        if (a->json) {
                json_object_begin(&w);
                json_member_bool(&w, "intact", v->faults == 0);
                json_member_int(&w, "faults", v->faults);
                json_member_int(&w, "segments", v->segments);
                json_member_int(&w, "events", v->events);
                json_member_int(&w, "removed", v->removed);
                json_member_int(&w, "unsealed", v->unsealed);
                json_member_bool(&w, "expected_is_gone", v->expect_gone);
                json_member_str(&w, "head", v->head_seq ? str_of(head) : STR_NULL);
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        } else {
                strbuf_printf(&out, "%s: %" PRId64 " events in %" PRId64 " segments",
                              v->faults ? "The audit trail was changed" : "The audit trail is intact",
                              v->events, v->segments);
                if (v->removed)
                        strbuf_printf(&out, ", %" PRId64 " older ones removed when their time was over",
                                      v->removed);
                strbuf_printf(&out, ".\n");
                if (v->unsealed)
                        strbuf_printf(&out, "%" PRId64 " commits wait to be sealed.\n", v->unsealed);
                if (v->expect_gone)
                        strbuf_printf(&out, "The expected head was removed since: its time was over.\n");
                if (v->head_seq)
                        strbuf_printf(&out, "Head: %s\n", head);
        }
        return output_print(who, &out);
}

/* A snapshot for the whole of a command. */
static int open_snapshot(const char *who, struct database *db, struct db_connection **ret_reader,
                         struct tx *ret) {
        int r;

        r = database_reader_open(db, ret_reader);
        if (r >= 0)
                r = database_read(*ret_reader, ret);
        if (r < 0)
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
        return r;
}

static int verify(const char *who, const struct arguments *a, const struct settings *settings,
                  struct database *db, struct audit_verified *ret) {
        struct verifying v = { .who = who, .bar = isatty(STDERR_FILENO) };
        struct db_connection *reader = NULL;
        struct mac_key keys[AUDIT_KEYS_MAX];
        struct audit_verify how = { .keys = keys,
                                    .n_keys = 1 + a->n_old_keys,
                                    .expect_seq = a->expect_seq,
                                    .expect_hash = a->expect,
                                    .fault = show_fault,
                                    .progress = show_progress,
                                    .data = &v };
        struct tx tx;
        int r;

        r = load_keys(who, a, settings, keys);
        if (r >= 0) {
                r = open_snapshot(who, db, &reader, &tx);
                if (r >= 0) {
                        r = audit_verify(&tx, &how, ret);
                        if (v.bar)
                                fputs("\r\033[K", stderr);
                        if (r < 0)
                                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                }
                (void)database_reader_close(reader);
        }
        memory_wipe(keys, sizeof(keys));
        if (v.faults > FAULTS_SHOWN)
                problem(who, "and %u more", v.faults - FAULTS_SHOWN);
        return r;
}

int command_audit_verify(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct audit_verified verified;
        struct arguments a = { 0 };
        struct settings settings;
        int status;

        process_protect_secrets();
        if (argp_parse(&argp_verify, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0 ||
            tool_database_open(argv[0], &settings, &db) < 0 ||
            verify(argv[0], &a, &settings, db, &verified) < 0)
                return STATUS_FAILED;
        status = print_verified(argv[0], &a, &verified);
        return verified.faults ? STATUS_FAILED : status;
}

/* --- export --- */

static int print_piece(const char *who, struct strbuf *out) {
        if (out->failed)
                return -ERR_NO_MEMORY;
        if (fwrite(out->ptr, 1, out->len, stdout) != out->len || fflush(stdout) != 0) {
                problem(who, "The output cannot be written: %m.");
                return -ERR_STORAGE;
        }
        strbuf_reset(out);
        return 0;
}

static int export_all(const char *who, const struct arguments *a, struct tx *tx) {
        struct strbuf out = STRBUF_INIT(PIECE_MAX);
        struct audit_export x;
        struct arena arena;
        int r;

        arena_init(&arena, PIECE_MAX);
        r = audit_export_begin(tx, &arena, a->since, a->until, &x);
        while (r >= 0) {
                int more;

                arena_reset(&arena);
                more = r = audit_export_some(tx, &arena, &x, &out);
                if (r < 0)
                        problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                else
                        r = out.len ? print_piece(who, &out) : 0;
                if (more <= 0)
                        break;
        }
        strbuf_done(&out);
        arena_done(&arena);
        return r;
}

int command_audit_export(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct db_connection *reader = NULL;
        struct arguments a = { 0 };
        struct settings settings;
        struct tx tx;
        int r;

        if (argp_parse(&argp_export, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0 ||
            tool_database_open(argv[0], &settings, &db) < 0 ||
            command_audit(argv[0], db, &(struct audit){ .event = AUDIT_EXPORTED }) < 0)
                return STATUS_FAILED;
        r = open_snapshot(argv[0], db, &reader, &tx);
        if (r >= 0)
                r = export_all(argv[0], &a, &tx);
        (void)database_reader_close(reader);
        return r < 0 ? STATUS_FAILED : STATUS_OK;
}
