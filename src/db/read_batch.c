/* Jobs that only read, side by side on one connection.
 *
 * Each is run against what was found for it so far. At the first look-up that is not among it, it ends with ERR_BUSY, and
 * the look-up is noted; when all have run, what was noted is asked in one round trip and they run again. So a handler reads
 * as if it waited for each of its look-ups, and a batch takes as many round trips as the one with the most of them. What
 * waits here is not the answer but the way there and back: two changes of process on either side, for each round trip.
 *
 * Whatever asks for more than look-ups of one row, or for many of them, gets a connection to itself instead. */
#include "db/database_int.h"
#include "db/row_cache.h"

enum { LOOKUPS_MAX = 4, PARAMS_MAX = 4 };

struct reading {
        struct db_connection base; /* what the job's transaction runs on */
        struct write_job *job;     /* NULL once it is done or left */
        struct row_cache *cache;
        struct arena *arena;
        bool asking, alone;
        unsigned n;
        struct db_question lookups[LOOKUPS_MAX];
        struct db_value params[LOOKUPS_MAX][PARAMS_MAX];
};

static bool value_eq(const struct db_value *a, const struct db_value *b) {
        if (a->null || b->null)
                return a->null == b->null;
        if (a->type == DB_TEXT || a->type == DB_BYTEA)
                return str_eq(a->bytes, b->bytes);
        return a->number == b->number;
}

static struct db_question *lookup_find(struct reading *r, unsigned statement, const struct db_value *params) {
        for (unsigned i = 0; i < r->n; i++) {
                unsigned n = 0;

                if (r->lookups[i].statement != statement)
                        continue;
                while (n < db_statements[statement].n_params && value_eq(&r->params[i][n], &params[n]))
                        n++;
                if (n == db_statements[statement].n_params)
                        return &r->lookups[i];
        }
        return NULL;
}

/* Notes a look-up; the caller's memory is its own again afterwards. */
static int lookup_note(struct reading *r, unsigned statement, const struct db_value *params) {
        const struct db_statement *s = &db_statements[statement];
        struct db_question *q = &r->lookups[r->n];
        struct db_value *copies = r->params[r->n];

        if (r->n == LOOKUPS_MAX || s->n_params > PARAMS_MAX || s->writes)
                return -ERR_BUSY;
        for (unsigned i = 0; i < s->n_params; i++) {
                copies[i] = params[i];
                if (params[i].null || (params[i].type != DB_TEXT && params[i].type != DB_BYTEA))
                        continue;
                copies[i].bytes = arena_copy(r->arena, params[i].bytes);
                if (!copies[i].bytes.ptr)
                        return -ERR_NO_MEMORY;
        }
        *q = (struct db_question){ .statement = statement, .params = copies };
        q->row = arena_alloc(r->arena, s->row_size);
        if (!q->row)
                return -ERR_NO_MEMORY;
        r->n++;
        return 0;
}

static struct reading *reading_of(struct db_connection *c) {
        return CONTAINER_OF(c, struct reading, base);
}

static int reading_find(struct db_connection *c, struct arena *arena, unsigned statement,
                        const struct db_value *params, void *row) {
        struct reading *reading = reading_of(c);
        const struct db_question *q = lookup_find(reading, statement, params);
        int r;

        if (q) {
                if (q->found <= 0)
                        return q->found;
                r = db_row_copy(statement, arena, q->row, row);
                return r < 0 ? r : 1;
        }
        if (reading->cache && row_cache_serves(statement)) {
                r = row_cache_find(reading->cache, arena, statement, params, row);
                if (r != 0)
                        return r;
        }
        if (lookup_note(reading, statement, params) < 0)
                reading->alone = true;
        else
                reading->asking = true;
        return -ERR_BUSY;
}

static int reading_list(struct db_connection *c, struct arena *arena _unused_, unsigned statement _unused_,
                        const struct db_value *params _unused_, void **ret_rows _unused_,
                        size_t *ret_n _unused_) {
        reading_of(c)->alone = true;
        return -ERR_BUSY;
}

static int reading_execute(struct db_connection *c, unsigned statement _unused_,
                           const struct db_value *params _unused_) {
        reading_of(c)->alone = true;
        return -ERR_BUSY;
}

static const struct db_driver db_driver_reading = {
        .engine = DB_POSTGRES,
        .find = reading_find,
        .list = reading_list,
        .execute = reading_execute,
};

/* Runs a job on what is known. Its look-up when it has one more to ask, NULL when it is done or must be run alone. */
static struct db_question *reading_run(struct reading *r) {
        struct tx tx = { .connection = &r->base };
        struct write_job *job = r->job;
        int result;

        r->asking = r->alone = false;
        result = job->run(job, &tx);
        if (r->alone)
                return NULL;
        if (r->asking)
                return &r->lookups[r->n - 1];
        if (tx.failed && result >= 0)
                result = -ERR_STORAGE;
        r->job = NULL;
        job->done(job, result);
        return NULL;
}

/* Asks for what is wanted; all of it is answered on success. */
static int ask(struct db_connection *c, struct arena *arena, struct db_question *const *wanted, unsigned n) {
        struct row_cache *cache = c->db->cache;
        uint64_t begin = cache ? row_cache_begin(cache) : 0;
        int r;

        r = c->driver->find_many(c, arena, wanted, n);
        if (r < 0) {
                (void)c->driver->trouble(c); /* each will meet it by itself, and be judged then */
                return r;
        }
        for (unsigned i = 0; cache && i < n; i++)
                if (wanted[i]->found == 1 && row_cache_serves(wanted[i]->statement))
                        row_cache_keep(cache, wanted[i]->statement, wanted[i]->params, wanted[i]->row, begin);
        return 0;
}

/* One round. False when nobody waits for an answer. */
static bool readings_advance(struct db_connection *c, struct arena *arena, struct reading *all, unsigned n) {
        struct db_question *wanted[DB_QUESTIONS_MAX];
        unsigned n_wanted = 0;

        for (unsigned i = 0; i < n; i++) {
                struct db_question *q = all[i].job && !all[i].alone ? reading_run(&all[i]) : NULL;

                if (q)
                        wanted[n_wanted++] = q;
        }
        return n_wanted > 0 && ask(c, arena, wanted, n_wanted) >= 0;
}

unsigned read_batch_run(struct db_connection *c, struct arena *arena, struct write_job *const *jobs,
                        unsigned n, struct write_job **ret_left) {
        struct reading all[DB_QUESTIONS_MAX];
        unsigned left = 0;

        for (unsigned i = 0; i < n; i++) {
                all[i].base = (struct db_connection){ .driver = &db_driver_reading };
                all[i].job = jobs[i];
                all[i].cache = c->db->cache;
                all[i].arena = arena;
                all[i].alone = false;
                all[i].n = 0;
        }
        while (readings_advance(c, arena, all, n))
                ;
        for (unsigned i = 0; i < n; i++)
                if (all[i].job) {
                        all[i].job->alone = true;
                        ret_left[left++] = all[i].job;
                }
        arena_reset(arena);
        return left;
}
