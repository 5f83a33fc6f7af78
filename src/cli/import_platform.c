/* `gatehouse import platform`: people, API keys, apps and live tokens of an AutoGPT Platform, into this server's database.
 *
 * The other database is read in one transaction; here every piece is one of its own, beside a running server. A dry run is
 * a single transaction that is undone at its end, so that it counts what a real one would. */
#include "cli/import_platform.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"
#include "db/node.h"

enum { KEY_FROM = 0x5001, KEY_DRY_RUN };
enum { ROW_ARENA_MAX = 1024 * 1024, OUTPUT_MAX = 64 * 1024, COMPLAINTS_MAX = 1024 * 1024 };
enum { PIECE_TRIES = 5 };

struct arguments {
        struct settings_args settings;
        const char *from;
        bool dry_run, json;
};

static const struct argp_option options[] = {
        { .name = "from",
          .key = KEY_FROM,
          .arg = "ADDRESS",
          .doc = "The Platform's database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=platform "
                 "(required). "
                 "The password is better left to PGPASSWORD or ~/.pgpass, where other users of the machine "
                 "don't see "
                 "it" },
        { .name = "dry-run", .key = KEY_DRY_RUN, .doc = "Change nothing, and print what would be done" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_FROM:
                a->from = arg;
                return 0;
        case KEY_DRY_RUN:
                a->dry_run = true;
                return 0;
        case ARGP_KEY_END:
                if (!a->from)
                        argp_error(state, "--from is missing: the address of the Platform's database");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "Bring people, API keys, OAuth apps and live tokens over from an AutoGPT Platform's database. Keys, "
        "secrets "
        "and tokens keep working.\v"
        "May be run as often as you like: what is here already is not added again, newer rows are updated, "
        "and what "
        "was revoked stays revoked. Rows that can't be taken over are named on standard error, and the exit "
        "status "
        "is 0 all the same. Works beside a running server; on SQLite a dry run makes its writes wait.\n\n"
        "Example:\n"
        "  gatehouse import platform --from 'postgresql://reader@db/platform?schema=platform' --dry-run";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

static const struct table {
        const char *name;
        const char *sql;
        int (*row)(struct import *i, int row);
} tables[] = {
        /* Owners before what they own. */
        { "users", import_users_sql, import_user },
        { "api_keys", import_keys_sql, import_key },
        { "apps", import_apps_sql, import_app },
        { "access_tokens", import_access_tokens_sql, import_access_token },
        { "refresh_tokens", import_refresh_tokens_sql, import_refresh_token },
};

static const char *const outcome_names[IMPORT_OUTCOMES] = { "added", "updated", "revoked", "unchanged",
                                                            "refused" };

struct counts {
        int64_t of[ARRAY_LENGTH(tables)][IMPORT_OUTCOMES];
};

struct run {
        const char *who;
        const struct arguments *arguments;
        struct source *source;
        struct database *database;
        struct node node;
        struct import import;
        struct counts counts;
        int64_t rows, total;      /* for the bar */
        bool bar, finished, told; /* why it failed */

        /* the piece at hand */
        const struct table *table;
        int piece_rows;
        int64_t piece_counts[IMPORT_OUTCOMES];
        struct strbuf complaints;
};

/* Ids of rows are shown without what could move a terminal's cursor. */
static void complain(struct run *u, int row) {
        struct str name = str_first(source_text(u->source, row, 0), 64);

        strbuf_printf(&u->complaints, "%s: %s '", u->who, u->table->name);
        for (size_t i = 0; i < name.len; i++)
                strbuf_append_char(&u->complaints,
                                   name.ptr[i] < 0x20 || name.ptr[i] == 0x7f ? '?' : name.ptr[i]);
        strbuf_printf(&u->complaints, "' is left out: %s.\n", u->import.refusal);
}

static int take_piece(struct run *u, struct tx *tx) {
        memset(u->piece_counts, 0, sizeof(u->piece_counts));
        strbuf_reset(&u->complaints);
        u->import.tx = tx;
        for (int row = 0; row < u->piece_rows; row++) {
                int r = u->table->row(&u->import, row);

                if (r < 0)
                        return r;
                u->piece_counts[r]++;
                if (r == IMPORT_REFUSED)
                        complain(u, row);
                arena_reset(&u->import.arena);
        }
        return 0;
}

/* What a piece came to, once it is stored. */
static void settle_piece(struct run *u) {
        int64_t *all = u->counts.of[u->table - tables];

        for (unsigned k = 0; k < IMPORT_OUTCOMES; k++)
                all[k] += u->piece_counts[k];
        u->rows += u->piece_rows;
        if (u->bar)
                progress_hide();
        fprintf(stderr, STR_FMT, STR_ARG(strbuf_str(&u->complaints)));
        if (u->complaints.failed)
                fprintf(stderr, "%s: more %s are left out than can be named.\n", u->who, u->table->name);
        if (u->bar && u->total)
                progress_show(u->table->name, u->rows, u->total);
}

static int piece_job(struct tx *tx, void *data) {
        return take_piece(data, tx);
}

static int lease_in(struct run *u, struct tx *tx) {
        int64_t floor;
        int r;

        u->import.now = clock_now(&clock_system);
        r = node_lease(tx, &u->import.arena, &random_system, u->import.now, &u->node);
        if (r == 0)
                r = node_id_floor(tx, &u->import.arena, &floor);
        if (r < 0)
                return r;
        id_source_init(&u->import.ids, &clock_system, u->node.number, floor);
        return 0;
}

static int lease_job(struct tx *tx, void *data) {
        return lease_in(data, tx);
}

static int release_job(struct tx *tx, void *data) {
        return node_release(tx, data);
}

/* A lease lasts minutes: a new number when it comes to its end. */
static int store_piece(struct run *u) {
        int r = -ERR_CONFLICT;

        u->import.now = clock_now(&clock_system);
        if (u->import.now > u->node.leased_until - NODE_LEASE_MS / 2) {
                if (database_write_now(u->database, release_job, &u->node) < 0 ||
                    database_write_now(u->database, lease_job, u) < 0)
                        return -ERR_STORAGE;
        }
        for (int i = 0; i < PIECE_TRIES && r == -ERR_CONFLICT; i++)
                r = database_write_now(u->database, piece_job, u);
        return r;
}

static int fail_to_read(struct run *u, int r) {
        problem(u->who, "%s", source_problem(u->source));
        u->told = true;
        return r;
}

/* Reads every table, and takes each piece in a transaction of its own, or in tx where there is one. */
static int take_all(struct run *u, struct tx *tx) {
        int r = 0;

        memset(&u->counts, 0, sizeof(u->counts));
        u->rows = 0;
        for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
                u->table = &tables[i];
                r = source_query(u->source, u->table->sql);
                while (r >= 0 && (r = source_next(u->source)) > 0) {
                        u->piece_rows = r;
                        r = tx ? take_piece(u, tx) : store_piece(u);
                        if (r < 0)
                                return r;
                        settle_piece(u);
                }
                if (r < 0)
                        return fail_to_read(u, r);
        }
        u->finished = true;
        return 0;
}

/* Counts all, and undoes all: the result says so to the writer. */
static int dry_job(struct tx *tx, void *data) {
        struct run *u = data;
        int r;

        r = lease_in(u, tx);
        if (r == 0)
                r = take_all(u, tx);
        return r < 0 ? r : -ERR_NOT_FOUND;
}

static int count_rows(struct run *u) {
        for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
                int64_t n;
                int r;

                r = source_count(u->source, tables[i].sql, &n);
                if (r < 0)
                        return fail_to_read(u, r);
                u->total += n;
        }
        return 0;
}

static int run_import(struct run *u) {
        int r;

        if (u->bar) {
                r = count_rows(u);
                if (r < 0)
                        return r;
        }
        if (u->arguments->dry_run) {
                r = database_write_now(u->database, dry_job, u);
                return u->finished ? 0 : r;
        }
        r = command_audit(u->who, u->database, &(struct audit){ .event = AUDIT_PLATFORM_IMPORTED });
        u->told = r < 0;
        if (r == 0)
                r = database_write_now(u->database, lease_job, u);
        if (r < 0)
                return r;
        r = take_all(u, NULL);
        if (database_write_now(u->database, release_job, &u->node) < 0)
                problem(u->who, "The import's node number could not be given back; it comes free by itself.");
        return r;
}

static int print(const char *who, const struct arguments *a, const struct counts *counts) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct json_writer w = JSON_WRITER(&out);

        if (a->json) {
                json_object_begin(&w);
                json_member_bool(&w, "dry_run", a->dry_run);
        } else
                strbuf_printf(&out, "%-15s %10s %10s %10s %10s %10s\n", a->dry_run ? "(dry run)" : "",
                              "added", "updated", "revoked", "unchanged", "refused");
        for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
                if (a->json) {
                        json_key(&w, tables[i].name);
                        json_object_begin(&w);
                } else
                        strbuf_printf(&out, "%-15s", tables[i].name);
                for (unsigned k = 0; k < IMPORT_OUTCOMES; k++)
                        if (a->json)
                                json_member_int(&w, outcome_names[k], counts->of[i][k]);
                        else
                                strbuf_printf(&out, " %10lld", (long long)counts->of[i][k]);
                if (a->json)
                        json_object_end(&w);
                else
                        strbuf_append_char(&out, '\n');
        }
        if (a->json) {
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        }
        return output_print(who, &out);
}

/* A dry run brings no schema up to date either. */
static int open_for_dry_run(const char *who, const struct settings *settings, struct database **ret) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        char text[DATABASE_PROBLEM_MAX];
        unsigned current, newest;
        int r;

        r = database_open(settings->database_url, &db, text);
        if (r < 0) {
                problem(who, "%s", text);
                return r;
        }
        r = database_version(db, &current, &newest);
        if (r == 0 && current == newest) {
                *ret = TAKE(db);
                return 0;
        }
        problem(who, "This server's database is not up to date: run `gatehouse migrate` first.");
        return -ERR_SETTINGS;
}

static int open_both(struct run *u, const struct settings *settings) {
        struct source_address address;
        char text[SOURCE_PROBLEM_MAX];
        int r;

        r = source_address_parse(str_of(u->arguments->from), &u->import.arena, &address, text);
        if (r == 0)
                r = source_open(&address, &u->source, text);
        arena_reset(&u->import.arena);
        if (r < 0) {
                problem(u->who, "%s", text);
                return r;
        }
        u->import.source = u->source;
        return u->arguments->dry_run ? open_for_dry_run(u->who, settings, &u->database)
                                     : tool_database_open(u->who, settings, &u->database);
}

int command_import_platform(int argc, char **argv) {
        struct arguments a = { 0 };
        struct settings settings;
        struct run u = { .who = argv[0], .arguments = &a, .complaints = STRBUF_INIT(COMPLAINTS_MAX) };
        int r, status;

        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0)
                return STATUS_FAILED;
        u.bar = isatty(STDERR_FILENO);
        u.import.settings = &settings;
        arena_init(&u.import.arena, ROW_ARENA_MAX);
        r = open_both(&u, &settings);
        u.told = r < 0;
        if (r == 0)
                r = run_import(&u);
        if (u.bar)
                fputs("\r\033[K", stderr);
        if (r < 0 && !u.told)
                problem(argv[0], STR_FMT "%s", STR_ARG(error_row(r)->text),
                        a.dry_run ? "" : " What was stored before stays; run the import again.");
        status = r == 0 ? print(argv[0], &a, &u.counts) : STATUS_FAILED;
        u.source = source_close(u.source);
        u.database = database_close(u.database);
        strbuf_done(&u.complaints);
        arena_done(&u.import.arena);
        return status;
}
