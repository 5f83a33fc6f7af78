#include "jobs/scheduler.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "agents/execution/engine.h"
#include "agents/schedule/schedule.h"
#include "base/errors.h"
#include "base/log.h"

enum {
        SLEEP_MAX_MS = 1000,
        SLEEP_MIN_MS = 20, /* what is due may be at hand with another node */
        RETRY_MS = 5000,   /* after a failure */
        ARENA_LOOK_MAX = 4096,
        /* Of the rows of a batch, and some room. */
        ARENA_MAX = SCHEDULES_AT_ONCE * (SCHEDULE_INPUTS_MAX + SCHEDULE_CREDENTIALS_MAX + 16 * 1024),
};

struct scheduler {
        const struct context *context;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        pthread_t thread;
        bool stopping; /* behind the lock */
        bool started;
};

struct round {
        const struct context *context;
        struct schedule_batch batch;
};

static int look(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct schedule_time_row next = { 0 };
        struct round *round = data;
        int r;

        arena_init(&arena, ARENA_LOOK_MAX);
        r = db_schedules_next(tx, &arena, &next);
        round->batch = (struct schedule_batch){ .next = next.next_run };
        return MIN_OF(r, 0);
}

static int fire(struct tx *tx, void *data) {
        _cleanup_(arena_done) struct arena arena;
        struct round *round = data;

        arena_init(&arena, ARENA_MAX);
        return schedules_fire(tx, round->context, &arena, &round->batch);
}

/* Looks, and works off one batch if something is due: who has nothing to do only reads. Returns the milliseconds until the
 * next look. */
static int64_t work(const struct context *context) {
        struct round round = { .context = context };
        int64_t next;
        int r;

        r = database_read_now(context->database, look, &round);
        next = round.batch.next;
        if (r >= 0 && next > 0 && next <= clock_now(context->clock)) {
                r = database_write_now(context->database, fire, &round);
                next = round.batch.next;
        }
        if (r < 0) {
                LOG(LOG_WARNING, "schedules could not be run", LOG_STR("error", str_of(error_row(r)->name)));
                return RETRY_MS;
        }
        if (round.batch.queued > 0)
                engine_wake(context->engine);
        if (round.batch.due == SCHEDULES_AT_ONCE)
                return 0;
        if (next == 0)
                return SLEEP_MAX_MS;
        return MAX_OF(MIN_OF(next - clock_now(context->clock), (int64_t)SLEEP_MAX_MS), (int64_t)SLEEP_MIN_MS);
}

static void *scheduler_main(void *data) {
        struct scheduler *scheduler = data;
        bool stopping = false;

        while (!stopping) {
                int64_t until_ms = clock_monotonic_ms() + work(scheduler->context);
                const struct timespec until = { .tv_sec = until_ms / 1000,
                                                .tv_nsec = until_ms % 1000 * 1000000 };
                int r = 0;

                (void)pthread_mutex_lock(&scheduler->lock);
                while (!scheduler->stopping && r == 0)
                        r = pthread_cond_timedwait(&scheduler->changed, &scheduler->lock, &until);
                stopping = scheduler->stopping;
                (void)pthread_mutex_unlock(&scheduler->lock);
        }
        return NULL;
}

int scheduler_new(const struct context *context, struct scheduler **ret) {
        struct scheduler *scheduler = calloc(1, sizeof(*scheduler));
        pthread_condattr_t attributes;

        if (!scheduler)
                return -ERR_NO_MEMORY;
        scheduler->context = context;
        (void)pthread_mutex_init(&scheduler->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&scheduler->changed, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        *ret = scheduler;
        return 0;
}

int scheduler_start(struct scheduler *scheduler) {
        if (pthread_create(&scheduler->thread, NULL, scheduler_main, scheduler) != 0)
                return -ERR_NO_MEMORY;
        scheduler->started = true;
        return 0;
}

void scheduler_stop(struct scheduler *scheduler) {
        (void)pthread_mutex_lock(&scheduler->lock);
        scheduler->stopping = true;
        (void)pthread_cond_broadcast(&scheduler->changed);
        (void)pthread_mutex_unlock(&scheduler->lock);
}

struct scheduler *scheduler_free(struct scheduler *scheduler) {
        if (!scheduler)
                return NULL;
        scheduler_stop(scheduler);
        if (scheduler->started)
                (void)pthread_join(scheduler->thread, NULL);
        (void)pthread_cond_destroy(&scheduler->changed);
        (void)pthread_mutex_destroy(&scheduler->lock);
        free(scheduler);
        return NULL;
}
