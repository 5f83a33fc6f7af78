/* An execution at work, a slice after the other. */
#include <stdlib.h>

#include "agents/execution/engine_int.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/metrics_agents.h"

static void run_slice(struct http_task *task);

struct run *run_new(struct engine *engine, struct execution_work *work) {
        struct run *run = calloc(1, sizeof(*run));

        if (run)
                run->spare = calloc(1, sizeof(*run->spare));
        if (!run || !run->spare) {
                free(run);
                return NULL;
        }
        run->task.run = run_slice;
        run->engine = engine;
        run->work = work;
        run->held_end = &run->held;
        run->events_end = &run->events;
        run->store_event = (struct run_event){ .kind = EVENT_STORED };
        (void)pthread_mutex_init(&run->lock, NULL);
        return run;
}

static void run_free(struct run *run) {
        (void)executor_free(run->executor);
        (void)checkpoint_free(run->checkpoint);
        (void)checkpoint_free(run->spare);
        (void)execution_work_free(run->work);
        (void)pthread_mutex_destroy(&run->lock);
        free(run);
}

void run_post(struct run *run, struct run_event *event) {
        bool schedule;

        (void)pthread_mutex_lock(&run->lock);
        if (event) {
                event->next = NULL;
                *run->events_end = event;
                run->events_end = &event->next;
        } else {
                run->poked = true;
        }
        schedule = !run->scheduled;
        run->scheduled = true;
        /* Within the lock: a slice that runs meanwhile can't end the run before this has its hands off. */
        if (schedule)
                crew_post(run->engine->strands, &run->task);
        (void)pthread_mutex_unlock(&run->lock);
}

void run_wish(struct run *run, enum run_wish wish) {
        int none = WISH_NONE;

        (void)atomic_compare_exchange_strong(&run->wish, &none, (int)wish);
        atomic_store(&run->stop, true);
        run_post(run, NULL);
}

/* --- checkpoints --- */

static int store(struct write_job *job, struct tx *tx) {
        return checkpoint_store(tx, CONTAINER_OF(job, struct checkpoint, job));
}

static void stored(struct write_job *job, int result) {
        struct checkpoint *checkpoint = CONTAINER_OF(job, struct checkpoint, job);
        struct run *run = checkpoint->data;

        run->stored = result;
        run_post(run, &run->store_event);
}

static void submit(struct run *run) {
        run->storing = true;
        run->checkpoint->job = (struct write_job){ .run = store, .done = stored };
        database_submit(run->engine->context->database, &run->checkpoint->job);
}

static int fill(struct run *run, struct checkpoint *cp) {
        json_auto_t *outputs = NULL;
        int r;

        if (cp->status == EXECUTION_COMPLETED && executor_outputs(run->executor, &outputs) < 0) {
                executor_fail(run->executor, "The server is short of memory");
                cp->status = EXECUTION_FAILED;
        }
        if (cp->status == EXECUTION_FAILED)
                executor_terminate(run->executor);
        r = checkpoint_take(cp, run->executor);
        if (r == 0 && outputs)
                r = checkpoint_outputs(cp, outputs);
        memcpy(cp->problem, executor_problem(run->executor), sizeof(cp->problem));
        return r;
}

/* Makes a checkpoint and hands it over. Without memory for it, the execution goes back to the queue as it was stored last. */
static void run_store(struct run *run, enum execution_status status) {
        struct checkpoint *cp = calloc(1, sizeof(*cp));

        if (cp) {
                cp->status = status;
                memcpy(cp->problem, run->problem, sizeof(cp->problem));
        }
        if (!cp || (run->executor && fill(run, cp) < 0)) {
                (void)checkpoint_free(cp);
                cp = TAKE(run->spare);
                cp->status = EXECUTION_QUEUED;
                run->ended = true;
                run_cancel_slow(run);
        }
        memcpy(cp->id, run->work->id, sizeof(cp->id));
        cp->data = run;
        cp->owner = str_of(run->engine->owner);
        run->stored_ms = clock_monotonic_ms();
        cp->ran_ms = run->work->ran_ms + (run->executor ? run->stored_ms - run->opened_ms : 0);
        cp->changes = ++run->work->changes;
        cp->ended_at = execution_status_ended(cp->status) ? clock_now(run->engine->context->clock) : 0;
        cp->ends_rows = !run->executor && execution_status_ended(cp->status);
        run->checkpoint = cp;
        run->covered = TAKE(run->starting); /* none was left: the one before is stored */
        submit(run);
}

static void count_end(enum execution_status status) {
        if (status == EXECUTION_COMPLETED)
                metrics_execution_ended(RUN_COMPLETED);
        else if (status == EXECUTION_FAILED)
                metrics_execution_ended(RUN_FAILED);
        else if (status == EXECUTION_TERMINATED)
                metrics_execution_ended(RUN_STOPPED);
}

static void on_stored(struct run *run) {
        run->storing = false;
        if (run->stored == -ERR_CONFLICT) {
                LOG(LOG_WARNING, "an execution went to another process",
                    LOG_STR("id", str_of(run->work->id)));
                atomic_store(&run->wish, WISH_ABANDON);
        } else if (run->stored < 0) {
                LOG(LOG_WARNING, "an execution could not be stored", LOG_STR("id", str_of(run->work->id)),
                    LOG_STR("error", str_of(error_row(run->stored)->name)));
                return; /* the engine's next tick tries again */
        }
        if (run->stored >= 0)
                count_end(run->checkpoint->status);
        run->checkpoint = checkpoint_free(run->checkpoint);
        if (!run->ended && run->stored >= 0)
                run_begin_stored(run);
}

/* --- slices --- */

/* Nothing more happens but what is under way. */
static void conclude(struct run *run, enum execution_status status) {
        run->ended = true;
        run_cancel_slow(run);
        run_store(run, status);
}

static struct run_event *take_events(struct run *run) {
        struct run_event *events;

        (void)pthread_mutex_lock(&run->lock);
        events = run->events;
        run->events = NULL;
        run->events_end = &run->events;
        run->poked = false;
        (void)pthread_mutex_unlock(&run->lock);
        return events;
}

/* What others had to tell; a failure is the whole execution's. */
static int handle_events(struct run *run) {
        struct run_event *next;
        int r = 0, result;

        for (struct run_event *event = take_events(run); event; event = next) {
                next = event->next;
                if (event->kind == EVENT_STORED) {
                        on_stored(run);
                        continue;
                }
                result = run_slow_event(run, event);
                if (result < 0)
                        r = result;
        }
        return r;
}

/* The execution as a whole has failed; or storage has, and it may go better later, or elsewhere. */
static void give_up(struct run *run, int r) {
        bool later = r == -ERR_STORAGE || r == -ERR_BUSY;

        if (run->executor && !later)
                executor_fail(run->executor, "%s", error_row(r)->text.ptr);
        else if (!later && !run->problem[0])
                memcpy(run->problem, error_row(r)->text.ptr,
                       MIN_OF(error_row(r)->text.len, sizeof(run->problem) - 1));
        conclude(run, later ? EXECUTION_QUEUED : EXECUTION_FAILED);
}

static bool late(const struct run *run) {
        int64_t limit = run->engine->context->settings->execution_seconds;

        if (run->work->ran_ms + clock_monotonic_ms() - run->opened_ms <= limit * 1000)
                return false;
        executor_fail(run->executor, "The execution takes longer than %lld seconds", (long long)limit);
        return true;
}

static bool due(const struct run *run) {
        size_t changes = executor_changes(run->executor);

        return run->starting || changes >= RUN_STORE_CHANGES ||
               (changes > 0 && clock_monotonic_ms() - run->stored_ms >= RUN_STORE_MS);
}

/* Follows a wish of others; true when there was one. */
static bool follow_wish(struct run *run) {
        switch (atomic_load(&run->wish)) {
        case WISH_TERMINATE:
                if (run->executor)
                        executor_terminate(run->executor);
                conclude(run, EXECUTION_TERMINATED);
                return true;
        case WISH_RELEASE:
                conclude(run, EXECUTION_QUEUED);
                return true;
        case WISH_ABANDON:
                run->ended = true;
                run_cancel_slow(run);
                return true;
        default:
                return false;
        }
}

enum turn { TURN_MORE, TURN_WAIT, TURN_OVER };

/* Runs what is queued, until the slice is over or a checkpoint is due. */
static enum turn run_queued(struct run *run, int64_t until_us) {
        struct node_execution *e;
        enum execution_status status;
        int r;

        do {
                if (due(run)) {
                        run_store(run, EXECUTION_RUNNING);
                        return TURN_WAIT;
                }
                r = executor_next(run->executor, &e);
                if (r == 0 && e)
                        r = run_block(run, e);
                if (r < 0 || late(run)) {
                        give_up(run, r);
                        return TURN_MORE;
                }
                if (atomic_load(&run->wish) != WISH_NONE)
                        return TURN_MORE;
        } while (e && clock_monotonic_us() < until_us);
        if (e)
                return TURN_MORE;
        status = executor_status(run->executor);
        if (status == EXECUTION_RUNNING) {
                atomic_store(&run->due, executor_changes(run->executor) > 0);
                return TURN_WAIT;
        }
        conclude(run, status);
        return TURN_MORE;
}

/* A checkpoint that failed is tried again at the engine's next tick; while the server ends, nobody waits for that. */
static enum turn store_again(struct run *run) {
        if (atomic_load(&run->wish) == WISH_ABANDON || atomic_load(&run->engine->stopping)) {
                run->checkpoint = checkpoint_free(run->checkpoint);
                atomic_store(&run->wish, WISH_ABANDON);
                return TURN_MORE;
        }
        if (atomic_exchange(&run->retry, false))
                submit(run);
        return TURN_WAIT;
}

static enum turn open_and_run(struct run *run, int r, int64_t until_us) {
        if (r == 0 && !run->executor)
                r = run_open(run);
        if (r == 0 && executor_problem(run->executor)[0])
                r = -ERR_TOO_LARGE;
        if (r < 0) {
                give_up(run, r);
                return TURN_MORE;
        }
        return run_queued(run, until_us);
}

static enum turn go_on(struct run *run, int64_t until_us) {
        int r;

        r = handle_events(run);
        if (r < 0 && !run->ended)
                executor_fail(run->executor, "%s", error_row(r)->text.ptr);
        if (run->storing)
                return TURN_WAIT;
        if (run->checkpoint)
                return store_again(run);
        if (run->ended)
                return run->n_slow == 0 ? TURN_OVER : TURN_WAIT;
        if (run->work->is_stopped)
                atomic_store(&run->wish, WISH_TERMINATE);
        if (follow_wish(run))
                return TURN_MORE;
        return open_and_run(run, r, until_us);
}

/* Nothing to do, unless something was told meanwhile. */
static bool rest(struct run *run) {
        bool resting;

        (void)pthread_mutex_lock(&run->lock);
        resting = !run->events && !run->poked;
        run->scheduled = !resting;
        (void)pthread_mutex_unlock(&run->lock);
        return resting;
}

static void run_slice(struct http_task *task) {
        struct run *run = CONTAINER_OF(task, struct run, task);
        int64_t until = clock_monotonic_us() + RUN_SLICE_US;

        for (;;) {
                switch (go_on(run, until)) {
                case TURN_OVER:
                        engine_forget(run->engine, run);
                        run_free(run);
                        return;
                case TURN_WAIT:
                        if (rest(run))
                                return;
                        break;
                case TURN_MORE:
                        break;
                }
                if (clock_monotonic_us() >= until) {
                        crew_post(run->engine->strands, &run->task); /* behind the others */
                        return;
                }
        }
}
