#include "agents/execution/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "agents/execution/engine_int.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/metrics_agents.h"
#include "db/statements.h"

enum {
        STRANDS =
                2, /* threads of slices: they compute, and wait for nothing but memory and a graph now and then */
        ARENA_MAX = 64 * 1024,
        STOPPED_AT_ONCE = 256,
};

/* Due times are of the monotonic clock. */
struct rounds {
        int64_t tick_at, renew_at;
        bool more; /* the queue may hold more than there was room for */
};

static int make_owner(const struct random *random, char out[EXECUTION_OWNER_LENGTH + 1]) {
        static const char hex[] = "0123456789abcdef";
        uint8_t bytes[EXECUTION_OWNER_LENGTH / 2];
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        for (size_t i = 0; i < sizeof(bytes); i++) {
                out[2 * i] = hex[bytes[i] >> 4];
                out[2 * i + 1] = hex[bytes[i] & 15];
        }
        out[EXECUTION_OWNER_LENGTH] = '\0';
        return 0;
}

int engine_new(const struct context *context, struct engine **ret) {
        struct engine *engine = calloc(1, sizeof(*engine));
        pthread_condattr_t attributes;
        int r;

        if (!engine)
                return -ERR_NO_MEMORY;
        engine->context = context;
        r = make_owner(context->random, engine->owner);
        if (r == 0)
                r = crew_new(STRANDS, 0, &engine->strands);
        if (r < 0) {
                free(engine);
                return r;
        }
        slots_init(&engine->slots, (unsigned)context->settings->agent_threads);
        (void)pthread_mutex_init(&engine->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&engine->changed, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        *ret = engine;
        return 0;
}

void engine_wake(struct engine *engine) {
        (void)pthread_mutex_lock(&engine->lock);
        if (!engine->woken) {
                engine->woken = true;
                (void)pthread_cond_broadcast(&engine->changed);
        }
        (void)pthread_mutex_unlock(&engine->lock);
}

void engine_stop_execution(struct engine *engine, struct str id) {
        (void)pthread_mutex_lock(&engine->lock);
        for (struct run *run = engine->runs; run; run = run->next)
                if (str_eq(str_of(run->work->id), id))
                        run_wish(run, WISH_TERMINATE);
        (void)pthread_mutex_unlock(&engine->lock);
}

void engine_forget(struct engine *engine, struct run *run) {
        (void)pthread_mutex_lock(&engine->lock);
        if (run->previous)
                run->previous->next = run->next;
        else
                engine->runs = run->next;
        if (run->next)
                run->next->previous = run->previous;
        engine->n_runs--;
        metrics_executions_running(-1);
        engine->woken = true; /* there is room */
        (void)pthread_cond_broadcast(&engine->changed);
        (void)pthread_mutex_unlock(&engine->lock);
}

static void begin_run(struct engine *engine, struct run *run) {
        (void)pthread_mutex_lock(&engine->lock);
        run->next = engine->runs;
        if (run->next)
                run->next->previous = run;
        engine->runs = run;
        engine->n_runs++;
        metrics_executions_running(1);
        if (atomic_load(&engine->stopping))
                run_wish(run, WISH_RELEASE);
        else
                run_post(run, NULL);
        (void)pthread_mutex_unlock(&engine->lock);
}

/* --- the engine's own thread --- */

/* Takes as many as there is room for. Returns whether there may be more. */
static bool take(struct engine *engine, bool take_over) {
        const struct context *context = engine->context;
        size_t room = (size_t)context->settings->executions;
        struct execution_work *work, *next;
        struct execution_taking taking;
        size_t n = 0;
        int r;

        (void)pthread_mutex_lock(&engine->lock);
        room -= MIN_OF(room, engine->n_runs);
        (void)pthread_mutex_unlock(&engine->lock);
        if (room == 0)
                return false; /* who ends wakes the engine */
        taking = (struct execution_taking){
                .owner = str_of(engine->owner),
                .now = clock_now(context->clock),
                .per_person = context->settings->executions_per_person,
                .limit = MIN_OF(room, (size_t)EXECUTIONS_AT_ONCE),
                .take_over = take_over,
        };
        taking.until = taking.now + context->settings->execution_lease * 1000;
        r = executions_take(context->database, context->graphs, &taking, &work);
        if (r < 0) {
                LOG(LOG_WARNING, "executions could not be taken from the queue",
                    LOG_STR("error", str_of(error_row(r)->name)));
                return false;
        }
        for (; work; work = next, n++) {
                struct run *run;

                next = work->next;
                work->next = NULL;
                run = run_new(engine, work);
                if (run)
                        begin_run(engine, run);
                else
                        (void)execution_work_free(work); /* another process takes it over */
        }
        if (take_over && n > 0)
                LOG(LOG_INFO, "took over executions of a process that is gone",
                    LOG_INT("executions", (int64_t)n));
        return n == taking.limit;
}

struct housekeeping {
        struct engine *engine;
        bool renew;
        struct execution_id_row *stopped;
        size_t n_stopped;
        struct arena arena;
};

static int keep_house(struct tx *tx, void *data) {
        struct housekeeping *h = data;
        const struct context *context = h->engine->context;
        struct str owner = str_of(h->engine->owner);
        int r = 0;

        if (h->renew)
                r = db_executions_renew(
                        tx, owner, clock_now(context->clock) + context->settings->execution_lease * 1000);
        if (r >= 0)
                r = db_executions_stopped(tx, &h->arena, owner, STOPPED_AT_ONCE, &h->stopped, &h->n_stopped);
        return r < 0 ? r : 0;
}

/* Once a second: stops what another node was asked to stop, lets runs store what they have, and looks for work left behind. */
static void tick(struct engine *engine, struct rounds *rounds, int64_t now) {
        struct housekeeping h = { .engine = engine, .renew = now >= rounds->renew_at };
        bool any;

        rounds->tick_at = now + ENGINE_TICK_MS;
        (void)pthread_mutex_lock(&engine->lock);
        any = engine->n_runs > 0;
        for (struct run *run = engine->runs; run; run = run->next) {
                atomic_store(&run->retry, true);
                run_post(run, NULL);
        }
        (void)pthread_mutex_unlock(&engine->lock);
        if (any) {
                arena_init(&h.arena, ARENA_MAX);
                if (database_write_now(engine->context->database, keep_house, &h) >= 0) {
                        if (h.renew)
                                rounds->renew_at =
                                        now + engine->context->settings->execution_lease * 1000 / 3;
                        for (size_t i = 0; i < h.n_stopped; i++)
                                engine_stop_execution(engine, h.stopped[i].id);
                }
                arena_done(&h.arena);
        }
        (void)take(engine, true);
}

static void wait_for_work(struct engine *engine, int64_t until_ms) {
        const struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };
        int r = 0;

        (void)pthread_mutex_lock(&engine->lock);
        while (!engine->woken && !atomic_load(&engine->stopping) && r != ETIMEDOUT)
                r = pthread_cond_timedwait(&engine->changed, &engine->lock, &until);
        engine->woken = false;
        (void)pthread_mutex_unlock(&engine->lock);
}

static void *engine_main(void *data) {
        struct engine *engine = data;
        struct rounds rounds = { 0 };

        while (!atomic_load(&engine->stopping)) {
                int64_t now = clock_monotonic_ms();

                if (now >= rounds.tick_at)
                        tick(engine, &rounds, now);
                if (!take(engine, false))
                        wait_for_work(engine, rounds.tick_at);
        }
        return NULL;
}

int engine_start(struct engine *engine) {
        if (pthread_create(&engine->thread, NULL, engine_main, engine) != 0)
                return -ERR_NO_MEMORY;
        engine->started = true;
        return 0;
}

void engine_stop(struct engine *engine) {
        (void)pthread_mutex_lock(&engine->lock);
        atomic_store(&engine->stopping, true);
        for (struct run *run = engine->runs; run; run = run->next)
                run_wish(run, WISH_RELEASE);
        (void)pthread_cond_broadcast(&engine->changed);
        (void)pthread_mutex_unlock(&engine->lock);
}

struct engine *engine_free(struct engine *engine) {
        if (!engine)
                return NULL;
        engine_stop(engine);
        if (engine->started)
                (void)pthread_join(engine->thread, NULL);
        (void)pthread_mutex_lock(&engine->lock);
        while (engine->n_runs > 0)
                (void)pthread_cond_wait(&engine->changed, &engine->lock);
        (void)pthread_mutex_unlock(&engine->lock);
        (void)crew_free(engine->strands);
        slots_done(&engine->slots);
        (void)pthread_cond_destroy(&engine->changed);
        (void)pthread_mutex_destroy(&engine->lock);
        free(engine);
        return NULL;
}
