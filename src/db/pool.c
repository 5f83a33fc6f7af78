/* The database threads of a server: each has a connection of its own and takes one job after the other from one queue.
 *
 * A job is a transaction. It runs again when another transaction got in its way, and when the connection was lost before
 * COMMIT was sent. Was it lost during COMMIT, nobody runs it again before the server told that it does not hold. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "db/database_int.h"
#include "db/listener.h"

enum {
        ATTEMPTS_MAX = 5,
        PAUSE_FIRST_MS = 4, /* before the second attempt, doubled for each one after */
        RESOLVE_MS = 8000,  /* how long an outcome is asked for, and the server waited for */
        RESOLVE_STEP_MS = 50,
        AWAY_FIRST_MS =
                100, /* how long a server that could not be reached is left alone, doubled each time */
        AWAY_MAX_MS = 2000,
};

struct pool {
        struct database *db;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct write_job *first, *last;
        size_t depth;
        bool stopping;

        /* While the server is away one thread at a time tries to reach it; everybody else fails at once. */
        int64_t away_ms; /* 0 while it is there */
        int64_t try_at;  /* of the monotonic clock */
        bool trying;

        unsigned n;
        struct pool_thread {
                struct pool *pool;
                pthread_t thread;
                struct db_connection *connection; /* NULL until it first worked */
        } threads[];
};

static void pause_ms(int64_t ms) {
        struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

        while (nanosleep(&time, &time) < 0 && errno == EINTR)
                ;
}

/* Before another attempt: at random, so that those who collided don't meet again. */
static void pause_before(unsigned attempt) {
        uint32_t random = 0;
        int64_t most = (int64_t)PAUSE_FIRST_MS << attempt;

        if (random_fill(&random_system, &random, sizeof(random)) < 0)
                random = UINT32_MAX / 2;
        pause_ms(1 + (int64_t)random % most);
}

/* --- one job --- */

enum attempt { ATTEMPT_DONE, ATTEMPT_AGAIN };

/* Asks for the outcome of a commit, over a new connection. True when it holds. On false, *ret_again tells whether it is
 * certain that nothing holds. */
static bool outcome_find(struct db_connection *c, bool *ret_again) {
        char problem[DATABASE_PROBLEM_MAX];
        int64_t end = clock_monotonic_ms() + RESOLVE_MS;
        int r;

        do {
                r = c->driver->revive(c, problem) < 0 ? -ERR_BUSY : c->driver->outcome(c);
                if (r == -ERR_BUSY)
                        pause_ms(RESOLVE_STEP_MS);
        } while (r == -ERR_BUSY && clock_monotonic_ms() < end);
        if (r < 0)
                LOG(LOG_ERROR, "Nobody can tell whether a commit holds; its request was refused");
        *ret_again = r == 0;
        return r == 1;
}

/* After a failure. */
static enum attempt attempt_failed(struct db_connection *c, int *result, bool *ret_committed) {
        char problem[DATABASE_PROBLEM_MAX];
        bool again;

        switch (c->driver->trouble(c)) {
        case DB_TROUBLE_RETRY:
                return ATTEMPT_AGAIN;
        case DB_TROUBLE_LOST:
                return c->driver->revive(c, problem) < 0 ? ATTEMPT_DONE : ATTEMPT_AGAIN;
        case DB_TROUBLE_UNKNOWN:
                *ret_committed = outcome_find(c, &again);
                if (*ret_committed)
                        return ATTEMPT_DONE;
                *result = -ERR_STORAGE;
                return again ? ATTEMPT_AGAIN : ATTEMPT_DONE;
        default:
                return ATTEMPT_DONE;
        }
}

/* Has the nodes told of what the transaction changed, once it commits. On failure tx->failed says so. */
static void announce(struct db_connection *c, struct tx *tx, struct announcement *a) {
        a->listener = NULL;
        if (tx->concerns && c->db->listener && listener_announce(c->db->listener, tx, a) < 0)
                tx->failed = true;
}

static void announce_end(struct announcement *a, bool committed) {
        if (!a->listener)
                return;
        if (committed)
                listener_await(a);
        else
                listener_cancel(a);
}

/* Commits, and waits until what was changed holds on every node. */
static enum attempt job_commit(struct db_connection *c, struct tx *tx, struct announcement *a, int *result,
                               bool *ret_committed) {
        enum attempt next = ATTEMPT_DONE;
        int r;

        r = c->driver->commit(c);
        if (r >= 0)
                *ret_committed = tx->wrote;
        else
                next = attempt_failed(c, &r, ret_committed);
        announce_end(a, r >= 0 || *ret_committed);
        if (r < 0 && (next == ATTEMPT_AGAIN || !*ret_committed))
                *result = r;
        return next;
}

/* Runs the job once.
 *
 * ret_committed   something it wrote is stored */
static enum attempt job_attempt(struct db_connection *c, struct write_job *job, int *result,
                                bool *ret_committed) {
        struct tx tx = { .connection = c, .writable = !job->reads };
        struct announcement announcement;

        *ret_committed = false;
        if (!job->reads && c->driver->begin(c, true) < 0)
                return attempt_failed(c, result, ret_committed);
        *result = job->run(job, &tx);
        if (!tx.failed && (*result >= 0 || tx.keep))
                announce(c, &tx, &announcement);
        if (tx.failed) {
                c->driver->rollback(c);
                if (*result >= 0 || tx.keep)
                        *result = -ERR_STORAGE;
                return attempt_failed(c, result, ret_committed);
        }
        if (*result < 0 && !tx.keep) {
                c->driver->rollback(c);
                return ATTEMPT_DONE;
        }
        if (job->reads)
                return ATTEMPT_DONE;
        return job_commit(c, &tx, &announcement, result, ret_committed);
}

void pool_run_job(struct database *db, struct db_connection *c, struct write_job *job) {
        bool committed = false;
        int result = -ERR_STORAGE;

        for (unsigned attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                char problem[DATABASE_PROBLEM_MAX];

                if (c->driver->revive(c, problem) < 0) {
                        result = -ERR_STORAGE;
                        break;
                }
                if (job_attempt(c, job, &result, &committed) == ATTEMPT_DONE)
                        break;
                if (attempt < ATTEMPTS_MAX)
                        pause_before(attempt);
        }
        if (committed) {
                /* Before the answer: whoever gets it finds what it tells of. */
                atomic_fetch_add_explicit(&db->commits, 1, memory_order_release);
                metrics_commit(1);
        }
        job->done(job, result);
}

/* --- the server that is away --- */

/* Whether this thread may try to connect now. */
static bool away_may_try(struct pool *p) {
        bool may;

        (void)pthread_mutex_lock(&p->lock);
        may = p->away_ms == 0 || (!p->trying && clock_monotonic_ms() >= p->try_at);
        if (may)
                p->trying = true;
        (void)pthread_mutex_unlock(&p->lock);
        return may;
}

static void away_note(struct pool *p, bool reached, const char *problem) {
        bool was_away;

        (void)pthread_mutex_lock(&p->lock);
        was_away = p->away_ms != 0;
        p->trying = false;
        if (reached) {
                p->away_ms = 0;
        } else {
                p->away_ms = was_away ? MIN_OF(p->away_ms * 2, (int64_t)AWAY_MAX_MS) : AWAY_FIRST_MS;
                p->try_at = clock_monotonic_ms() + p->away_ms;
        }
        (void)pthread_mutex_unlock(&p->lock);
        if (reached && was_away)
                LOG(LOG_INFO, "The database can be reached again");
        if (!reached && !was_away)
                LOG(LOG_ERROR, "The database is away", LOG_STR("cause", str_of(problem)));
}

/* A connection that works, as far as one can tell without asking. */
static bool thread_connected(struct pool_thread *t) {
        struct database *db = t->pool->db;
        char problem[DATABASE_PROBLEM_MAX] = "";
        int r;

        if (t->connection && t->connection->driver->alive(t->connection))
                return true;
        if (!away_may_try(t->pool))
                return false;
        if (t->connection)
                r = t->connection->driver->revive(t->connection, problem);
        else
                r = db->driver->open(db->address, DB_WRITER, &t->connection, problem);
        away_note(t->pool, r >= 0, problem);
        if (r >= 0)
                t->connection->db = db;
        return r >= 0;
}

/* --- threads and their queue --- */

/* The next job; NULL at the end. */
static struct write_job *queue_take(struct pool *p) {
        struct write_job *job;

        (void)pthread_mutex_lock(&p->lock);
        while (!p->first && !p->stopping)
                (void)pthread_cond_wait(&p->wake, &p->lock);
        job = p->first;
        if (job) {
                p->first = job->next;
                p->depth--;
        }
        (void)pthread_mutex_unlock(&p->lock);
        if (job)
                metrics_queue_depth(-1);
        return job;
}

void pool_submit(struct pool *p, struct write_job *job) {
        bool full;

        job->next = NULL;
        (void)pthread_mutex_lock(&p->lock);
        full = p->depth >= POOL_QUEUE_MAX;
        if (!full) {
                if (p->first)
                        p->last->next = job;
                else
                        p->first = job;
                p->last = job;
                p->depth++;
        }
        (void)pthread_mutex_unlock(&p->lock);
        if (full) {
                job->done(job, -ERR_BUSY);
                return;
        }
        metrics_queue_depth(1);
        (void)pthread_cond_signal(&p->wake);
}

static void *thread_main(void *data) {
        struct pool_thread *t = data;
        struct write_job *job;

        while ((job = queue_take(t->pool))) {
                if (thread_connected(t))
                        pool_run_job(t->pool->db, t->connection, job);
                else
                        job->done(job, -ERR_STORAGE);
        }
        return NULL;
}

int pool_start(struct database *db) {
        struct pool *p;
        int r;

        r = listener_start(db->address, db->cache, &db->listener);
        if (r < 0)
                return r;
        p = calloc(1, sizeof(*p) + db->connections * sizeof(p->threads[0]));
        if (!p)
                return -ERR_NO_MEMORY;
        p->db = db;
        (void)pthread_mutex_init(&p->lock, NULL);
        (void)pthread_cond_init(&p->wake, NULL);
        for (; p->n < db->connections; p->n++) {
                struct pool_thread *t = &p->threads[p->n];

                t->pool = p;
                if (p->n == 0)
                        t->connection = TAKE(db->connection);
                if (pthread_create(&t->thread, NULL, thread_main, t) != 0) {
                        if (p->n == 0)
                                db->connection = TAKE(t->connection);
                        (void)pool_stop(p);
                        return -ERR_NO_MEMORY;
                }
        }
        db->pool = p;
        return 0;
}

struct pool *pool_stop(struct pool *p) {
        if (!p)
                return NULL;
        (void)pthread_mutex_lock(&p->lock);
        p->stopping = true;
        (void)pthread_mutex_unlock(&p->lock);
        (void)pthread_cond_broadcast(&p->wake);
        for (unsigned i = 0; i < p->n; i++) {
                (void)pthread_join(p->threads[i].thread, NULL);
                if (p->threads[i].connection)
                        p->threads[i].connection = p->db->driver->close(p->threads[i].connection);
        }
        (void)pthread_cond_destroy(&p->wake);
        (void)pthread_mutex_destroy(&p->lock);
        free(p);
        return NULL;
}
