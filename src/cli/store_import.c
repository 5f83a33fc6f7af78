/* `gatehouse store import`: listings with their agents, from CSV or JSON (docs/store.md).
 *
 * Each batch is a transaction of its own, beside a running server; a dry run is a single one that is undone at its end. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/audit.h"
#include "agents/graph/write.h"
#include "agents/store/import.h"
#include "agents/store/tidy.h"
#include "cli/command.h"
#include "cli/mapped_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/settings_args.h"
#include "cli/store_source.h"
#include "cli/tool_database.h"
#include "db/node.h"

enum { KEY_DRY_RUN = 0x5301, KEY_FORMAT };
enum {
        BATCH_ROWS = 100,
        BATCH_BYTES = 4 * 1024 * 1024, /* of rows; one that is larger comes alone */
        BATCH_TRIES = 5,
        OUTPUT_MAX = 64 * 1024,
        COMPLAINTS_MAX = 1024 * 1024,
        REFUSED_TOLD_MAX = 1000, /* rows in the report; more are counted */
        ARENA_MAX = 2 * GRAPH_ANSWER_MAX,
};

struct arguments {
        struct settings_args settings;
        const char *file, *format;
        bool dry_run, json;
};

static const struct argp_option options[] = {
        { .name = "dry-run", .key = KEY_DRY_RUN, .doc = "Change nothing, and print what would be done" },
        { .name = "format",
          .key = KEY_FORMAT,
          .arg = "csv|json",
          .doc = "What the file is; otherwise its name tells" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_DRY_RUN:
                a->dry_run = true;
                return 0;
        case KEY_FORMAT:
                if (strcmp(arg, "csv") != 0 && strcmp(arg, "json") != 0)
                        argp_error(state, "--format is csv or json");
                a->format = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (a->file)
                        argp_error(state, "one file at a time");
                a->file = arg;
                return 0;
        case ARGP_KEY_END:
                if (!a->file)
                        argp_error(state, "the file is missing");
                if (!a->format)
                        a->format = strlen(a->file) > 4 && strcmp(a->file + strlen(a->file) - 4, ".csv") == 0
                                            ? "csv"
                                            : "json";
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "Bring listings and their agents into the store, from a CSV file with a line of names or from JSON.\v"
        "May be run as often as you like: a listing is known by creator, slug and version, and updated when "
        "it has changed. Rows that can't be taken over are named on standard error with line and number; "
        "then "
        "the exit status is 3, though all others were taken over. Works beside a running server; on SQLite a "
        "dry run makes its writes "
        "wait. The columns are described in docs/store.md.\n\n"
        "Example:\n"
        "  gatehouse store import agents.csv --dry-run";

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
static const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "FILE", .doc = doc, .children = children
};

static const char *const outcome_names[STORE_IMPORT_OUTCOMES] = { "added", "updated", "unchanged",
                                                                  "refused" };

struct refusal {
        size_t line, row; /* from 1; row: which of the file's it is, since a line may hold many */
        char reason[STORE_IMPORT_PROBLEM_MAX + 1];
};

struct batch_row {
        json_t *object; /* NULL: it could not be read, see reason */
        size_t line, number;
        char reason[STORE_SOURCE_PROBLEM_MAX];
};

struct run {
        const char *who;
        const struct arguments *arguments;
        struct store_source source;
        struct database *database;
        struct context context;
        struct id_source ids;
        struct node node;
        struct arena node_arena;
        struct store_import import;
        bool bar, finished;

        struct batch_row rows[BATCH_ROWS];
        size_t n_rows;

        int64_t batch_counts[STORE_IMPORT_OUTCOMES]; /* of the batch that is at hand */
        int64_t counts[STORE_IMPORT_OUTCOMES];
        struct refusal *refused;
        size_t n_refused, batch_refused; /* in the report; of those, the batch's begin behind this one */
        size_t n_told; /* on standard error: a dry run that is tried again tells none twice */
};

/* --- a batch --- */

static void note_refusal(struct run *u, const struct batch_row *row, const char *reason) {
        struct refusal *refusal;

        u->batch_counts[STORE_IMPORT_REFUSED]++;
        if (u->n_refused == REFUSED_TOLD_MAX)
                return;
        refusal = &u->refused[u->n_refused++];
        refusal->line = row->line;
        refusal->row = row->number;
        (void)snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
}

static int take_batch(struct tx *tx, void *data) {
        struct run *u = data;

        memset(u->batch_counts, 0, sizeof(u->batch_counts));
        u->n_refused = u->batch_refused;
        store_import_begin(&u->import, tx);
        for (size_t i = 0; i < u->n_rows; i++) {
                int r = STORE_IMPORT_REFUSED;

                if (!u->rows[i].object) {
                        note_refusal(u, &u->rows[i], u->rows[i].reason);
                        continue;
                }
                r = store_import_row(&u->import, u->rows[i].object);
                if (r < 0)
                        return r;
                if (r == STORE_IMPORT_REFUSED)
                        note_refusal(u, &u->rows[i], u->import.problem);
                else
                        u->batch_counts[r]++;
        }
        return store_import_finish(&u->import);
}

static void drop_rows(struct run *u) {
        for (size_t i = 0; i < u->n_rows; i++)
                json_decref(u->rows[i].object);
        u->n_rows = 0;
}

/* What a batch came to, once it is stored. */
static void settle(struct run *u) {
        if (u->bar)
                progress_hide();
        for (; u->n_told < u->n_refused; u->n_told++)
                fprintf(stderr, "%s: %s:%zu: row %zu is left out: %s.\n", u->who, u->arguments->file,
                        u->refused[u->n_told].line, u->refused[u->n_told].row, u->refused[u->n_told].reason);
        for (unsigned k = 0; k < STORE_IMPORT_OUTCOMES; k++)
                u->counts[k] += u->batch_counts[k];
        u->batch_refused = u->n_refused;
        if (u->bar)
                progress_show("bytes", (int64_t)u->source.at, (int64_t)u->source.text.len);
        drop_rows(u);
}

/* 0 when there is nothing left. */
static int read_batch(struct run *u) {
        size_t from = u->source.at;

        while (u->n_rows < BATCH_ROWS && u->source.at - from < BATCH_BYTES) {
                struct batch_row *row = &u->rows[u->n_rows];
                int r = store_source_next(&u->source, &row->object, &row->line);

                if (r < 0)
                        return r;
                if (r == 0)
                        break;
                row->number = u->source.rows;
                if (!row->object)
                        memcpy(row->reason, u->source.problem, sizeof(row->reason));
                u->n_rows++;
        }
        return u->n_rows > 0;
}

/* --- the whole --- */

static int lease_in(struct run *u, struct tx *tx) {
        int64_t floor;
        int r;

        r = node_lease(tx, &u->node_arena, &random_system, clock_now(&clock_system), &u->node);
        if (r == 0)
                r = node_id_floor(tx, &u->node_arena, &floor);
        if (r < 0)
                return r;
        id_source_init(&u->ids, &clock_system, u->node.number, floor);
        return 0;
}

static int lease_job(struct tx *tx, void *data) {
        return lease_in(data, tx);
}

static int release_job(struct tx *tx, void *data) {
        return node_release(tx, data);
}

/* A lease lasts minutes: a new number when it comes to its end. */
static int store_batch(struct run *u) {
        int r = -ERR_CONFLICT;

        if (clock_now(&clock_system) > u->node.leased_until - NODE_LEASE_MS / 2) {
                if (database_write_now(u->database, release_job, &u->node) < 0 ||
                    database_write_now(u->database, lease_job, u) < 0)
                        return -ERR_STORAGE;
        }
        for (int i = 0; i < BATCH_TRIES && r == -ERR_CONFLICT; i++)
                r = database_write_now(u->database, take_batch, u);
        return r;
}

/* Each batch in a transaction of its own, or in tx where there is one. */
static int take_all(struct run *u, struct tx *tx) {
        int r;

        while ((r = read_batch(u)) > 0) {
                r = tx ? take_batch(tx, u) : store_batch(u);
                if (r < 0)
                        return r;
                settle(u);
        }
        u->finished = r == 0;
        return r;
}

static int begin_source(struct run *u, struct str text) {
        return store_source_begin(&u->source, text, strcmp(u->arguments->format, "csv") == 0);
}

/* Counts all, and undoes all: the result says so to the writer. PostgreSQL may ask for it anew, from the file's beginning. */
static int dry_job(struct tx *tx, void *data) {
        struct run *u = data;
        struct str text = u->source.text;
        int r;

        drop_rows(u);
        memset(u->counts, 0, sizeof(u->counts));
        u->n_refused = u->batch_refused = 0;
        store_source_end(&u->source);
        r = begin_source(u, text);
        if (r == 0)
                r = lease_in(u, tx);
        if (r == 0)
                r = take_all(u, tx);
        return r < 0 ? r : -ERR_NOT_FOUND;
}

static int note_job(struct tx *tx, void *data) {
        struct run *u = data;

        return audit_command(
                &u->context, tx, &u->node_arena, "gatehouse store import",
                &(struct audit){ AUDIT_STORE_IMPORTED,
                                 .count = u->counts[STORE_IMPORT_ADDED] + u->counts[STORE_IMPORT_UPDATED] });
}

static int run_import(struct run *u) {
        int r;

        if (u->arguments->dry_run) {
                r = database_write_now(u->database, dry_job, u);
                return u->finished ? 0 : r;
        }
        r = database_write_now(u->database, lease_job, u);
        if (r < 0)
                return r;
        r = take_all(u, NULL);
        if (database_write_now(u->database, release_job, &u->node) < 0)
                problem(u->who, "The import's node number could not be given back; it comes free by itself.");
        if (u->counts[STORE_IMPORT_ADDED] + u->counts[STORE_IMPORT_UPDATED] > 0) {
                int told = database_write_now(u->database, note_job, u);

                r = r < 0 ? r : told;
                r = r < 0 ? r : store_tidy(u->database);
        }
        return r;
}

static int print(const struct run *u) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX + u->n_refused * (STORE_IMPORT_PROBLEM_MAX + 1) * 6);
        struct json_writer w = JSON_WRITER(&out);

        if (!u->arguments->json) {
                for (unsigned k = 0; k < STORE_IMPORT_OUTCOMES; k++)
                        strbuf_printf(&out, "%-10s %10lld\n", outcome_names[k], (long long)u->counts[k]);
                if (u->arguments->dry_run)
                        strbuf_append(&out, STR("(dry run)\n"));
                return output_print(u->who, &out);
        }
        json_object_begin(&w);
        json_member_bool(&w, "dry_run", u->arguments->dry_run);
        for (unsigned k = 0; k < STORE_IMPORT_OUTCOMES; k++)
                json_member_int(&w, outcome_names[k], u->counts[k]);
        json_key(&w, "refusals");
        json_array_begin(&w);
        for (size_t i = 0; i < u->n_refused; i++) {
                json_object_begin(&w);
                json_member_int(&w, "row", (int64_t)u->refused[i].row);
                json_member_int(&w, "line", (int64_t)u->refused[i].line);
                json_member_str(&w, "reason", str_of(u->refused[i].reason));
                json_object_end(&w);
        }
        json_array_end(&w);
        json_object_end(&w);
        strbuf_append_char(&out, '\n');
        return output_print(u->who, &out);
}

static int import_file(struct run *u, struct str text) {
        int r;

        r = begin_source(u, text);
        if (r == 0) {
                r = run_import(u);
                if (u->bar)
                        progress_hide();
                if (r < 0)
                        problem(u->who, STR_FMT "%s", STR_ARG(error_row(r)->text),
                                u->arguments->dry_run
                                        ? ""
                                        : " What was stored before stays; run the import again.");
        } else {
                problem(u->who, "%s: %s.", u->arguments->file, u->source.problem);
        }
        drop_rows(u);
        store_source_end(&u->source);
        if (r < 0)
                return STATUS_FAILED;
        r = print(u);
        return r == STATUS_OK && u->counts[STORE_IMPORT_REFUSED] > 0 ? STATUS_PARTLY : r;
}

int command_store_import(int argc, char **argv) {
        static struct run u;
        struct arguments a = { 0 };
        struct settings settings;
        struct str text = STR_NULL;
        int status = STATUS_FAILED;

        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0)
                return STATUS_FAILED;
        u = (struct run){ .who = argv[0], .arguments = &a, .bar = isatty(STDERR_FILENO) };
        u.context = (struct context){
                .settings = &settings, .clock = &clock_system, .random = &random_system, .ids = &u.ids
        };
        u.import.context = &u.context;
        arena_init(&u.import.arena, ARENA_MAX);
        arena_init(&u.node_arena, OUTPUT_MAX);
        u.refused = calloc(REFUSED_TOLD_MAX, sizeof(*u.refused));
        if (u.refused && mapped_file_open(u.who, a.file, &text) == 0 &&
            tool_database_open(argv[0], &settings, &u.database) == 0)
                status = import_file(&u, text);
        u.database = database_close(u.database);
        mapped_file_close(text);
        store_import_done(&u.import);
        arena_done(&u.node_arena);
        free(u.refused);
        return status;
}
