/* A transaction on a server's connection. It runs again when another transaction got in its way, and when the connection was
 * lost before COMMIT was sent. Was it lost during COMMIT, nobody runs it again before the server told that it does not hold. */
#include <errno.h>
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
        RESOLVE_MS =
                3000, /* how long an outcome is asked for, and the server waited for: a client waits, too */
        RESOLVE_STEP_MS = 50,
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

int server_reach(struct db_connection *c) {
        struct away *away = &c->db->away;
        char problem[DATABASE_PROBLEM_MAX];
        int64_t began;
        int r;

        if (c->driver->alive(c))
                return 0;
        if (c->counted)
                away_count(away, -1);
        c->counted = false;
        for (unsigned i = 0; i < 2; i++) {
                began = clock_monotonic_ms();
                r = c->driver->revive(c, problem);
                if (r >= 0) {
                        away_count(away, 1);
                        c->counted = true;
                        away_reached(away, clock_monotonic_ms());
                        break;
                }
                if (away_failed(away, began, clock_monotonic_ms(), problem))
                        break;
        }
        return r;
}

enum attempt { ATTEMPT_DONE, ATTEMPT_AGAIN };

/* Asks for the outcome of a commit, over a new connection. True when it holds. On false, *ret_again tells whether it is
 * certain that nothing holds. */
static bool outcome_find(struct db_connection *c, bool *ret_again) {
        int64_t end = clock_monotonic_ms() + RESOLVE_MS;
        int r;

        do {
                r = server_reach(c) < 0 ? -ERR_BUSY : c->driver->outcome(c);
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
        bool again;

        switch (c->driver->trouble(c)) {
        case DB_TROUBLE_RETRY:
                return ATTEMPT_AGAIN;
        case DB_TROUBLE_LOST:
                return server_reach(c) < 0 ? ATTEMPT_DONE : ATTEMPT_AGAIN;
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

        r = record_store(c);
        if (r < 0)
                c->driver->rollback(c);
        else
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
        record_reset(&c->record);
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
                if (server_reach(c) < 0) {
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
