#include "agents/execution/store.h"

#include <stdlib.h>

#include "account/quota.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "db/statements.h"

enum {
        ARENA_MAX = EXECUTIONS_AT_ONCE * (EXECUTION_INPUTS_MAX + 8192), /* of what is taken at once */
        ROWS_AT_ONCE = 500,
        ROWS_BYTES_MAX = 1 << 30, /* of one execution; its own limits are lower */
};

int execution_create(struct tx *tx, const struct context *context, struct arena *arena,
                     const struct execution_new *new, char ret_id[EXECUTION_ID_LENGTH + 1]) {
        struct execution_turn_row turn = { 0 };
        int r;

        r = id_uuid(context->clock, context->random, ret_id);
        if (r < 0)
                return r;
        ret_id[EXECUTION_ID_LENGTH] = '\0';
        r = quota_check_execution(tx, context, arena, new->user_id, (int64_t) new->inputs.len);
        if (r == 0)
                r = db_execution_turn(tx, arena, new->user_id, &turn);
        if (r < 0)
                return r;
        r = db_execution_insert(tx, str_of(ret_id), new->user_id, new->graph_id, new->version, new->inputs,
                                new->credentials.len ? new->credentials : STR("{}"), turn.turn,
                                clock_now(context->clock));
        return MIN_OF(r, 0);
}

struct execution_work *execution_work_free(struct execution_work *work) {
        while (work) {
                struct execution_work *next = work->next;

                free(work->inputs);
                free(work->credentials);
                graph_source_done(&work->source);
                free(work);
                work = next;
        }
        return NULL;
}

static void copy(struct str text, char *out, size_t size) {
        size_t len = MIN_OF(text.len, size - 1);

        if (len)
                memcpy(out, text.ptr, len);
        out[len] = '\0';
}

static int work_new(struct tx *tx, struct graph_cache *cache, const struct execution_work_row *row,
                    struct execution_work **ret) {
        struct execution_work *work = calloc(1, sizeof(*work));

        if (!work)
                return -ERR_NO_MEMORY;
        copy(row->id, work->id, sizeof(work->id));
        copy(row->user_id, work->user_id, sizeof(work->user_id));
        copy(row->timezone, work->timezone, sizeof(work->timezone));
        copy(row->graph_id, work->graph_id, sizeof(work->graph_id));
        work->version = row->graph_version;
        work->ran_ms = row->ran_ms;
        work->changes = row->changes;
        work->is_stopped = row->is_stopped || !row->is_active;
        work->inputs = strndup(row->inputs.ptr, row->inputs.len);
        work->credentials = strndup(row->credentials.ptr, row->credentials.len);
        if (!work->inputs || !work->credentials) {
                (void)execution_work_free(work);
                return -ERR_NO_MEMORY;
        }
        work->found = graph_fetch(tx, cache, row->user_id, row->graph_id, row->graph_version, &work->source);
        if (work->found < 0 && work->found != -ERR_NOT_FOUND) {
                int r = work->found;

                (void)execution_work_free(work);
                return r;
        }
        *ret = work;
        return 0;
}

struct taking {
        const struct execution_taking *taking;
        struct graph_cache *cache;
        struct execution_work *first;
};

static int take_in(struct tx *tx, struct arena *arena, struct taking *t) {
        const struct execution_taking *k = t->taking;
        struct execution_work **end = &t->first;
        struct execution_id_row *ids = NULL;
        size_t n = 0;
        int r;

        if (k->take_over)
                r = db_executions_take_over(tx, arena, k->owner, k->now, k->until, (int64_t)k->limit, &ids,
                                            &n);
        else
                r = db_executions_claim(tx, arena, k->owner, k->now, k->until, k->per_person,
                                        (int64_t)k->limit, &ids, &n);
        for (size_t i = 0; i < n && r >= 0; i++) {
                struct execution_work_row row;

                r = db_execution_work(tx, arena, ids[i].id, &row);
                if (r > 0)
                        r = work_new(tx, t->cache, &row, end);
                if (r >= 0 && *end)
                        end = &(*end)->next;
        }
        return r < 0 ? r : 0;
}

static int take(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct taking *t = data;
        int r;

        t->first = execution_work_free(t->first); /* of a run before, that was undone */
        arena_init(&arena, ARENA_MAX);
        r = take_in(tx, &arena, t);
        if (r < 0)
                t->first = execution_work_free(t->first);
        return r;
}

int executions_take(struct database *database, struct graph_cache *cache,
                    const struct execution_taking *taking, struct execution_work **ret) {
        struct taking t = { .taking = taking, .cache = cache };
        int r;

        r = database_write_now(database, take, &t);
        if (r < 0) {
                (void)execution_work_free(t.first);
                return r;
        }
        *ret = t.first;
        return 0;
}

/* --- what is stored of one --- */

struct loading {
        struct str id;
        struct execution_rows *rows;
        int64_t after;
        struct node_execution_row *found;
        size_t n;
};

static int load_some(struct tx *tx, void *data) {
        struct loading *l = data;
        int r;

        r = db_node_executions_after(tx, &l->rows->arena, l->id, l->after, ROWS_AT_ONCE, &l->found, &l->n);
        return r < 0 ? r : 0;
}

static int parse(struct str text, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        *ret = NULL;
        r = text.ptr ? value_parse(text, false, ret, problem) : 0;
        return r == -ERR_BAD_JSON ? -ERR_STORAGE : r; /* it was well-formed when it was stored */
}

static int keep_answer(struct execution_rows *rows, int64_t number, struct str text) {
        struct execution_answer *answers = realloc(rows->answers, (rows->n_answers + 1) * sizeof(*answers));
        int r;

        if (!answers)
                return -ERR_NO_MEMORY;
        rows->answers = answers;
        r = parse(text, &answers[rows->n_answers].review);
        if (r < 0)
                return r;
        answers[rows->n_answers++].number = number;
        return 0;
}

static int keep_row(struct execution_rows *rows, const struct node_execution_row *row) {
        struct node_execution_record *record;
        int r;

        if (rows->n == rows->max) {
                size_t max = rows->max ? rows->max * 2 : ROWS_AT_ONCE;
                struct node_execution_record *records = realloc(rows->records, max * sizeof(*records));

                if (!records)
                        return -ERR_NO_MEMORY;
                rows->records = records;
                rows->max = max;
        }
        record = &rows->records[rows->n++];
        *record = (struct node_execution_record){
                .number = row->number,
                .parent = row->parent,
                .queued = row->queued,
                .node_id = row->node_id,
        };
        if (!execution_status_find(row->status, &record->status))
                return -ERR_STORAGE;
        r = parse(row->pins, &record->pins);
        if (r == 0)
                r = parse(row->input, &record->input);
        if (r == 0)
                r = parse(row->output, &record->output);
        if (r == 0 && record->status == EXECUTION_REVIEW && row->review.ptr)
                r = keep_answer(rows, row->number, row->review);
        return r;
}

int execution_rows_load(struct database *database, struct str id, struct execution_rows *ret) {
        struct execution_rows rows = { 0 };
        struct loading l = { .id = id, .rows = &rows };
        int r;

        arena_init(&rows.arena, ROWS_BYTES_MAX);
        do {
                r = database_write_now(database, load_some, &l);
                for (size_t i = 0; i < l.n && r >= 0; i++)
                        r = keep_row(&rows, &l.found[i]);
                if (r >= 0 && l.n > 0)
                        l.after = rows.records[rows.n - 1].number;
        } while (r >= 0 && l.n == ROWS_AT_ONCE);
        if (r < 0) {
                execution_rows_done(&rows);
                return r;
        }
        *ret = rows;
        return 0;
}

void execution_rows_done(struct execution_rows *rows) {
        for (size_t i = 0; i < rows->n; i++) {
                json_decref(rows->records[i].pins);
                json_decref(rows->records[i].input);
                json_decref(rows->records[i].output);
        }
        for (size_t i = 0; i < rows->n_answers; i++)
                json_decref(rows->answers[i].review);
        free(rows->records);
        free(rows->answers);
        arena_done(&rows->arena);
        *rows = (struct execution_rows){ 0 };
}
