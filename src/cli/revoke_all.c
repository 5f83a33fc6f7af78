/* `gatehouse revoke-all`: after a backup was restored. A backup knows nothing of what happened after it was made: codes that
 * were spent are fresh in it, refresh tokens that were replaced are good again, and whatever was revoked or signed out of is
 * back. Nobody can tell which, so all of it ends: every family of tokens, every session, every link and every remembered
 * consent. Accounts, passwords and apps stay; people sign in and agree once more.
 *
 * API keys stay too, unless they are asked for: they are not replaced by use as tokens are, so a backup revives only those
 * that were revoked since, which an operator may know, while a new key has to be made for each and carried to where it is used. */
#include <time.h>

#include "base/errors.h"
#include "base/id.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/output.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"
#include "db/statements.h"

enum { KEY_YES = 0x5001, KEY_BEFORE, KEY_API_KEYS };
enum { BATCH = 1000, ARENA_MAX = 16 * 1024, OUTPUT_MAX = 1024 };

struct arguments {
        struct settings_args settings;
        bool yes, api_keys, json;
        int64_t before; /* milliseconds since 1970; 0 for everything */
};

static const struct argp_option options[] = {
        { .name = "yes", .key = KEY_YES, .doc = "Do it: without this option nothing happens" },
        { .name = "before",
          .key = KEY_BEFORE,
          .arg = "TIME",
          .doc = "Only what was begun before this time, as 2026-01-31T12:00:00Z: where people have used the "
                 "restored "
                 "database already; default: everything" },
        { .name = "api-keys",
          .key = KEY_API_KEYS,
          .doc = "Revoke API keys too: when some were revoked since the backup, and nobody knows which" },
        { 0 },
};

static bool parse_time(const char *text, int64_t *ret) {
        struct tm tm = { 0 };
        const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
        time_t seconds;

        if (!end || *end)
                return false;
        seconds = timegm(&tm);
        if ((int64_t)seconds * 1000 <= ID_EPOCH_MS)
                return false;
        *ret = (int64_t)seconds * 1000;
        return true;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_YES:
                a->yes = true;
                return 0;
        case KEY_BEFORE:
                if (!parse_time(arg, &a->before))
                        argp_error(state, "'%s' is no time: write it in UTC, as 2026-01-31T12:00:00Z", arg);
                return 0;
        case KEY_API_KEYS:
                a->api_keys = true;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "End everything that a restored backup brought back to life: all access of all apps, all sessions, "
        "links and "
        "remembered consents. Run it after a restore, before the server is started. Accounts, passwords and "
        "apps stay; "
        "people sign in again and agree again. API keys stay as well, unless --api-keys is given.\v"
        "A backup knows nothing of what happened after it was made. Codes that were spent, refresh tokens "
        "that were "
        "replaced and whatever was revoked would be good again. So are API keys that were revoked since: "
        "revoke those "
        "again, or all of them.\n\n"
        "Example:\n  gatehouse revoke-all --yes --database sqlite:/var/lib/gatehouse/gatehouse.db";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

enum kind { AUTHORIZATIONS, SESSIONS, LINKS, CONSENTS, API_KEYS, KINDS };

static const char *const names[KINDS] = { "authorizations", "sessions", "links", "consents", "api_keys" };

/* What one transaction does, and how far it came. Outputs are set anew each time that it runs. */
struct batch {
        struct arena *arena;
        enum kind kind;
        int64_t now, before, before_id;
        int64_t after; /* authorizations: the last one that was dealt with */
        int64_t last;
        int done; /* rows */
        bool more;
};

static int revoke_batch(struct tx *tx, struct batch *b) {
        struct revoke_bound_row bound;
        int r;

        r = db_authorizations_bound(tx, b->arena, b->after, b->before_id, BATCH - 1, &bound);
        if (r < 0)
                return r;
        b->more = r > 0;
        b->last = r > 0 ? bound.id : b->before_id - 1;
        return db_authorizations_revoke_range(tx, b->after, b->last, b->now);
}

static int run_batch(struct tx *tx, void *data) {
        struct batch *b = data;
        int r = 0;

        switch (b->kind) {
        case AUTHORIZATIONS:
                r = revoke_batch(tx, b);
                break;
        case SESSIONS:
                r = db_sessions_delete_before(tx, b->before_id, BATCH);
                break;
        case LINKS:
                r = db_links_delete_before(tx, b->before_id, BATCH);
                break;
        case CONSENTS:
                r = db_consents_delete_before(tx, b->before, BATCH);
                break;
        case API_KEYS:
                r = db_api_keys_revoke_before(tx, b->before, b->now, BATCH);
                break;
        case KINDS:
                break;
        }
        if (r < 0)
                return r;
        b->done = r;
        if (b->kind != AUTHORIZATIONS)
                b->more = r == BATCH;
        return 0;
}

static int revoke_all(struct database *db, const struct arguments *a, int64_t counts[KINDS]) {
        struct arena arena;
        struct batch b = {
                .arena = &arena,
                .now = clock_now(&clock_system),
                .before = a->before ? a->before : INT64_MAX,
                .before_id = a->before ? id_at(a->before) : INT64_MAX,
        };
        const enum kind end = a->api_keys ? KINDS : API_KEYS;
        int r = 0;

        arena_init(&arena, ARENA_MAX);
        for (b.kind = 0; b.kind < end && r >= 0; b.kind++) {
                do {
                        r = database_write_now(db, run_batch, &b);
                        arena_reset(&arena);
                        b.after = b.last;
                        counts[b.kind] += r < 0 ? 0 : b.done;
                } while (r >= 0 && b.more);
        }
        arena_done(&arena);
        return r;
}

static int print(const char *who, const struct arguments *a, const int64_t counts[KINDS]) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct json_writer w = JSON_WRITER(&out);

        if (a->json)
                json_object_begin(&w);
        for (unsigned i = 0; i < KINDS; i++)
                if (a->json)
                        json_member_int(&w, names[i], counts[i]);
                else
                        strbuf_printf(&out, "%-15s %lld\n", names[i], (long long)counts[i]);
        if (a->json) {
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        }
        return output_print(who, &out);
}

int command_revoke_all(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        int64_t counts[KINDS] = { 0 };
        struct arguments a = { 0 };
        struct settings settings;
        int r;

        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (!a.yes) {
                problem(argv[0],
                        "This signs everybody out and ends every app's access. If that is meant, say --yes.");
                return STATUS_USAGE;
        }
        if (settings_load(argv[0], &a.settings, &settings) < 0 ||
            tool_database_open(argv[0], &settings, &db) < 0)
                return STATUS_FAILED;
        if (command_audit(argv[0], db,
                          &(struct audit){ AUDIT_ALL_REVOKED,
                                           .detail = a.api_keys ? STR("API keys as well") : STR_NULL }) < 0)
                return STATUS_FAILED;
        r = revoke_all(db, &a, counts);
        if (r < 0) {
                problem(argv[0], STR_FMT, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        return print(argv[0], &a, counts);
}
