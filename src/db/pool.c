/* The database threads of a server: each has a connection of its own and takes one job after the other from one queue; of
 * those that only read, several at a time. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "db/database_int.h"
#include "db/listener.h"

enum {
        SHARE_MIN = 4, /* reads that a thread takes at once rather than have another thread woken */
        BATCH_ARENA_MAX = 16 * 1024 * 1024,
};

struct pool {
        struct database *db;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct write_job *first, *last;
        size_t depth;
        unsigned idle; /* threads that wait for a job */
        bool waking;   /* one of them was told and is on its way: it wakes the next one if that is needed */
        bool stopping;

        unsigned n;
        struct pool_thread {
                struct pool *pool;
                pthread_t thread;
                struct db_connection *connection; /* NULL until it first worked */
                struct arena arena;               /* of a batch */
        } threads[];
};

/* --- a thread's connection --- */

static int thread_open(struct pool_thread *t) {
        struct database *db = t->pool->db;
        int64_t began = clock_monotonic_ms();
        char problem[DATABASE_PROBLEM_MAX];
        int r;

        r = db->driver->open(db->address, DB_WRITER, &t->connection, problem);
        if (r < 0) {
                (void)away_failed(&db->away, began, clock_monotonic_ms(), problem);
                return r;
        }
        t->connection->db = db;
        t->connection->counted = true;
        away_count(&db->away, 1);
        away_reached(&db->away, clock_monotonic_ms());
        return 0;
}

/* A connection that works, as far as one can tell without asking. */
static bool thread_connected(struct pool_thread *t) {
        if (t->connection && t->connection->driver->alive(t->connection))
                return true;
        if (!away_may_try(&t->pool->db->away, clock_monotonic_ms()))
                return false;
        return (t->connection ? server_reach(t->connection) : thread_open(t)) >= 0;
}

/* --- the queue --- */

/* How many reads a thread takes: its share of what waits. Fewer, larger shares save round trips; more, smaller ones use
 * more processors of the server. */
static size_t queue_share(const struct pool *p) {
        size_t share = (p->depth + p->idle) / (p->idle + 1);

        return MIN_OF(MAX_OF(share, (size_t)SHARE_MIN), (size_t)DB_QUESTIONS_MAX);
}

static bool may_share(const struct write_job *job) {
        return job->reads && !job->alone;
}

/* Takes jobs from the front: one, or several that only read. */
static unsigned queue_take_locked(struct pool *p, struct write_job **jobs) {
        size_t share = queue_share(p);
        unsigned n = 0;

        while (p->first && n < share && (n == 0 || (may_share(jobs[0]) && may_share(p->first)))) {
                jobs[n++] = p->first;
                p->first = p->first->next;
        }
        p->depth -= n;
        return n;
}

/* Whether somebody is to be woken for what waits; the caller then signals. */
static bool queue_wakes(struct pool *p) {
        bool wakes = p->first && p->idle && !p->waking;

        if (wakes)
                p->waking = true;
        return wakes;
}

/* The next jobs, at most DB_QUESTIONS_MAX; none at the end. */
static unsigned queue_take(struct pool *p, struct write_job **jobs) {
        unsigned n;
        bool wakes;

        (void)pthread_mutex_lock(&p->lock);
        while (!p->first && !p->stopping) {
                p->idle++;
                (void)pthread_cond_wait(&p->wake, &p->lock);
                p->idle--;
                p->waking = false;
        }
        n = queue_take_locked(p, jobs);
        wakes = queue_wakes(p);
        (void)pthread_mutex_unlock(&p->lock);
        if (wakes)
                (void)pthread_cond_signal(&p->wake);
        metrics_queue_depth(-(int)n);
        return n;
}

/* Back to the front, in their order: they have waited already. */
static void queue_return(struct pool *p, struct write_job *const *jobs, unsigned n) {
        bool wakes;

        (void)pthread_mutex_lock(&p->lock);
        for (unsigned i = n; i-- > 0;) {
                jobs[i]->next = p->first;
                if (!p->first)
                        p->last = jobs[i];
                p->first = jobs[i];
        }
        p->depth += n;
        wakes = queue_wakes(p);
        (void)pthread_mutex_unlock(&p->lock);
        if (wakes)
                (void)pthread_cond_signal(&p->wake);
        metrics_queue_depth((int)n);
}

void pool_submit(struct pool *p, struct write_job *job) {
        bool full, wakes;

        if (away_refuses(&p->db->away)) {
                job->done(job, -ERR_STORAGE);
                return;
        }
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
        wakes = queue_wakes(p);
        (void)pthread_mutex_unlock(&p->lock);
        if (wakes)
                (void)pthread_cond_signal(&p->wake);
        if (full)
                job->done(job, -ERR_BUSY);
        else
                metrics_queue_depth(1);
}

/* --- threads --- */

static void thread_run(struct pool_thread *t, struct write_job **jobs, unsigned n) {
        struct write_job *left[DB_QUESTIONS_MAX];

        if (!thread_connected(t)) {
                for (unsigned i = 0; i < n; i++)
                        jobs[i]->done(jobs[i], -ERR_STORAGE);
        } else if (n == 1) {
                pool_run_job(t->pool->db, t->connection, jobs[0]);
        } else {
                n = read_batch_run(t->connection, &t->arena, jobs, n, left);
                if (n)
                        queue_return(t->pool, left, n);
        }
}

static void *thread_main(void *data) {
        struct write_job *jobs[DB_QUESTIONS_MAX];
        struct pool_thread *t = data;
        unsigned n;

        while ((n = queue_take(t->pool, jobs)))
                thread_run(t, jobs, n);
        return NULL;
}

int pool_start(struct database *db) {
        struct pool *p;
        int r;

        r = listener_start(db->address, db->cache, db->talk, &db->listener);
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
                arena_init(&t->arena, BATCH_ARENA_MAX);
                if (p->n == 0) {
                        t->connection = TAKE(db->connection);
                        t->connection->counted = true;
                        away_count(&db->away, 1);
                }
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
                arena_done(&p->threads[i].arena);
                if (p->threads[i].connection)
                        p->threads[i].connection = p->db->driver->close(p->threads[i].connection);
        }
        (void)pthread_cond_destroy(&p->wake);
        (void)pthread_mutex_destroy(&p->lock);
        free(p);
        return NULL;
}
