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
        BACKLOG_MAX = 10000, /* counted */
};

/* Due times are of the monotonic clock. */
struct rounds {
        int64_t tick_at, renew_at;
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

/* What a process that has nothing to do looks at, and no more: it reads, and commits nothing. */
struct look {
        struct engine *engine;
        bool runs; /* some are at work here */
        struct execution_backlog_row backlog;
        struct execution_id_row *stopped; /* those at work that somebody wants stopped */
        size_t n_stopped;
        struct arena arena;
};

static int look(struct tx *tx, void *data) {
        struct look *l = data;
        int r;

        r = db_executions_backlog(tx, &l->arena, clock_now(l->engine->context->clock), BACKLOG_MAX,
                                  &l->backlog);
        if (r >= 0 && l->runs)
                r = db_executions_stopped(tx, &l->arena, str_of(l->engine->owner), STOPPED_AT_ONCE,
                                          &l->stopped, &l->n_stopped);
        return r < 0 ? r : 0;
}

static int renew(struct tx *tx, void *data) {
        const struct engine *engine = data;
        const struct context *context = engine->context;
        int r;

        r = db_executions_renew(tx, str_of(engine->owner),
                                clock_now(context->clock) + context->settings->execution_lease * 1000);
        return r < 0 ? r : 0;
}

/* Lets runs store what they have, and try again what failed. Returns whether there are any. */
static bool poke_runs(struct engine *engine) {
        bool any;

        (void)pthread_mutex_lock(&engine->lock);
        any = engine->n_runs > 0;
        for (struct run *run = engine->runs; run; run = run->next) {
                atomic_store(&run->retry, true);
                run_post(run, NULL);
        }
        (void)pthread_mutex_unlock(&engine->lock);
        return any;
}

/* Once a second: stops what another node was asked to stop, and takes over what was left behind. Returns whether others queued
 * something. */
static bool tick(struct engine *engine, struct rounds *rounds, int64_t now) {
        struct look l = { .engine = engine, .runs = poke_runs(engine) };
        const struct context *context = engine->context;

        rounds->tick_at = now + ENGINE_TICK_MS;
        if (l.runs && now >= rounds->renew_at && database_write_now(context->database, renew, engine) >= 0)
                rounds->renew_at = now + context->settings->execution_lease * 1000 / 3;
        arena_init(&l.arena, ARENA_MAX);
        if (database_read_now(context->database, look, &l) >= 0) {
                metrics_executions_waiting(l.backlog.waiting);
                for (size_t i = 0; i < l.n_stopped; i++)
                        engine_stop_execution(engine, l.stopped[i].id);
        }
        arena_done(&l.arena);
        if (l.backlog.left_behind)
                (void)take(engine, true);
        return l.backlog.waiting > 0;
}

/* Returns whether somebody told of work, or of room for more. */
static bool wait_for_work(struct engine *engine, int64_t until_ms) {
        const struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };
        bool told;
        int r = 0;

        (void)pthread_mutex_lock(&engine->lock);
        while (!engine->woken && !atomic_load(&engine->stopping) && r != ETIMEDOUT)
                r = pthread_cond_timedwait(&engine->changed, &engine->lock, &until);
        told = engine->woken;
        engine->woken = false;
        (void)pthread_mutex_unlock(&engine->lock);
        return told;
}

static void *engine_main(void *data) {
        struct engine *engine = data;
        struct rounds rounds = { 0 };
        bool told = false;

        while (!atomic_load(&engine->stopping)) {
                int64_t now = clock_monotonic_ms();

                if (now >= rounds.tick_at && tick(engine, &rounds, now))
                        told = true;
                if (!told || !take(engine, false))
                        told = wait_for_work(engine, rounds.tick_at);
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
