#include "jobs/audit_job.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "account/audit_gather.h"
#include "account/audit_index.h"
#include "account/audit_seal.h"
#include "base/log.h"
#include "db/database.h"

enum { ROWS_FIRST = 16, LONG_US = 8000, SHORT_US = 2000, SHARE = 4, INDEX_STEPS = 32 };

struct audit_job {
        const struct context *context;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t wake;
        bool stop; /* guarded */

        /* the thread's own */
        struct arena arena;
        int64_t rows;      /* that the next transaction seals at most */
        int64_t held_us;   /* how long the last one held the writer */
        uint64_t sealed;   /* database_recorded() when there was nothing left to seal */
        int64_t sealed_ms; /* monotonic: when that was */
        bool busy;         /* the last one found another node at it, or no room */
        bool index;        /* there may be segments to index */
        bool failing;      /* it was said */
};

/* Waits, unless the job is to end; true while it shall go on. */
static bool job_wait(struct audit_job *job, int64_t ms) {
        int64_t end = clock_monotonic_ms() + ms;
        const struct timespec until = { .tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000 };
        int r = 0;
        bool stop;

        (void)pthread_mutex_lock(&job->mutex);
        while (!job->stop && r != ETIMEDOUT)
                r = pthread_cond_timedwait(&job->wake, &job->mutex, &until);
        stop = job->stop;
        (void)pthread_mutex_unlock(&job->mutex);
        return !stop;
}

static void say(struct audit_job *job, const char *what, int r) {
        if (r < 0 && !job->failing)
                LOG(LOG_WARNING, what, LOG_STR("error", str_of(error_row(r)->name)));
        job->failing = r < 0;
}

static int store_run(struct tx *tx, void *data) {
        const struct audit_job *job = data;

        return audit_gather_store(job->context->audit, job->context, tx);
}

static void store_refusals(struct audit_job *job) {
        struct audit_gather *g = job->context->audit;
        int r;

        if (audit_gather_take(g, clock_monotonic_ms()) == 0)
                return;
        r = database_write_now(job->context->database, store_run, job);
        say(job, "refusals could not be stored in the audit trail yet", r);
        if (r >= 0)
                audit_gather_stored(g);
}

static int seal_run(struct tx *tx, void *data) {
        int64_t begun = clock_monotonic_us();
        struct audit_job *job = data;
        int r;

        arena_reset(&job->arena);
        r = audit_seal(job->context, tx, &job->arena, job->rows);
        job->held_us = clock_monotonic_us() - begun;
        return r;
}

/* Seals some rows. Returns whether there may be more. */
static bool seal_some(struct audit_job *job, int64_t *ret_took_us) {
        int64_t begun = clock_monotonic_us();
        int64_t rows = job->rows;
        int r;

        r = database_write_now(job->context->database, seal_run, job);
        *ret_took_us = clock_monotonic_us() - begun;
        if (r == -ERR_NO_MEMORY && rows > 1) {
                job->rows = rows / 2;
                return true;
        }
        job->busy = r == -ERR_BUSY;
        if (job->busy)
                return false;
        say(job, "the audit trail could not be sealed", r);
        if (job->held_us > LONG_US)
                job->rows = MAX_OF(rows / 2, INT64_C(1));
        else if (job->held_us < SHORT_US)
                job->rows = MIN_OF(rows * 2, (int64_t)AUDIT_SEAL_ROWS_MAX);
        return r == rows;
}

/* Until nothing is left; so that requests go first, with pauses in proportion, but for the end. */
static void seal(struct audit_job *job, int64_t within_ms) {
        uint64_t recorded = database_recorded(job->context->database);
        int64_t begun = clock_monotonic_ms(), took = 0;
        bool more = true;

        if (recorded == job->sealed && begun - job->sealed_ms < AUDIT_JOB_ANYWAY_MS && !within_ms)
                return;
        while (more && (!within_ms || clock_monotonic_ms() - begun < within_ms)) {
                more = seal_some(job, &took);
                if (more && !within_ms && !job_wait(job, took * SHARE / 1000 + 1))
                        return;
        }
        if (!job->failing && !job->busy)
                job->sealed = recorded;
        job->sealed_ms = begun;
        job->index = true;
}

static int index_run(struct tx *tx, void *data) {
        struct audit_job *job = data;

        arena_reset(&job->arena);
        return audit_index_some(tx, &job->arena);
}

/* Some steps, with the same pauses: an index that is behind makes searches slow, not wrong. */
static void make_index(struct audit_job *job) {
        for (unsigned i = 0; i < INDEX_STEPS && job->index; i++) {
                int64_t begun = clock_monotonic_us();
                int r;

                r = database_write_now(job->context->database, index_run, job);
                job->index = r > 0;
                if (r < 0 && r != -ERR_BUSY)
                        say(job, "the audit trail could not be indexed", r);
                if (job->index && !job_wait(job, (clock_monotonic_us() - begun) * SHARE / 1000 + 1))
                        return;
        }
}

static void *job_main(void *data) {
        struct audit_job *job = data;

        do {
                store_refusals(job);
                seal(job, 0);
                make_index(job);
        } while (job_wait(job, AUDIT_JOB_MS));
        store_refusals(job);
        seal(job, AUDIT_JOB_END_MS);
        return NULL;
}

int audit_job_start(const struct context *context, struct audit_job **ret) {
        struct audit_job *job = calloc(1, sizeof(*job));
        pthread_condattr_t monotonic;

        if (!job)
                return -ERR_NO_MEMORY;
        job->context = context;
        job->rows = ROWS_FIRST;
        job->sealed = UINT64_MAX;
        arena_init(&job->arena, AUDIT_SEAL_ARENA_MAX);
        (void)pthread_mutex_init(&job->mutex, NULL);
        (void)pthread_condattr_init(&monotonic);
        (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&job->wake, &monotonic);
        (void)pthread_condattr_destroy(&monotonic);
        if (pthread_create(&job->thread, NULL, job_main, job) != 0) {
                (void)pthread_cond_destroy(&job->wake);
                (void)pthread_mutex_destroy(&job->mutex);
                free(job);
                return -ERR_NO_MEMORY;
        }
        *ret = job;
        return 0;
}

struct audit_job *audit_job_stop(struct audit_job *job) {
        if (!job)
                return NULL;
        (void)pthread_mutex_lock(&job->mutex);
        job->stop = true;
        (void)pthread_cond_signal(&job->wake);
        (void)pthread_mutex_unlock(&job->mutex);
        (void)pthread_join(job->thread, NULL);
        (void)pthread_cond_destroy(&job->wake);
        (void)pthread_mutex_destroy(&job->mutex);
        arena_done(&job->arena);
        free(job);
        return NULL;
}
