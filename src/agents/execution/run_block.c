/* Blocks of an execution: most run within its slice; those that wait or act run on the crew, and tell it what they yield. */
#include <stdlib.h>

#include "agents/execution/engine_int.h"
#include "base/errors.h"

static void fill(struct run *run, struct node_execution *e, struct block_run *ret) {
        const struct context *context = run->engine->context;
        int64_t now = clock_monotonic_ms();
        int64_t left =
                context->settings->execution_seconds * 1000 - run->work->ran_ms - (now - run->opened_ms);

        *ret = (struct block_run){
                .block = e->node->block,
                .input = e->input,
                .context = context,
                .database = context->database,
                .user_id = str_of(run->work->user_id),
                .timezone = str_of(run->work->timezone),
                .graph_id = str_of(node_execution_graph(e)->id),
                .execution_id = str_of(run->work->id),
                .deadline_us =
                        (now + MIN_OF(MAX_OF(left, INT64_C(0)), context->settings->block_seconds * 1000)) *
                        1000,
                .stop = &run->stop,
        };
}

/* What became of a block; one that was interrupted stays RUNNING, for whoever goes on with the execution. */
static int end(struct run *run, struct node_execution *e, int result, const char *message) {
        if (result == -ERR_STOPPED && atomic_load(&run->wish) != WISH_NONE)
                return 0;
        if (result == -ERR_TOO_LARGE && executor_problem(run->executor)[0])
                return result;
        if (result >= 0)
                message = NULL;
        else if (result != -ERR_BLOCK)
                message = error_row(result)->text.ptr;
        return executor_end(run->executor, e, message);
}

struct inline_yield {
        struct executor *executor;
        struct node_execution *execution;
};

static int yield_inline(struct block_run *block, const char *name, json_t *value) {
        const struct inline_yield *y = block->yield_data;

        return executor_yield(y->executor, y->execution, name, value);
}

static int run_here(struct run *run, struct node_execution *e) {
        struct inline_yield y = { run->executor, e };
        struct block_run block;
        int r;

        fill(run, e, &block);
        block.yield = yield_inline;
        block.yield_data = &y;
        executor_start(run->executor, e);
        r = block_execute(&block);
        return end(run, e, r, block.message);
}

/* --- on the crew --- */

static int yield_slow(struct block_run *block, const char *name, json_t *value) {
        struct slow *slow = block->yield_data;
        size_t size = strlen(name) + 1;
        struct yield_event *y = malloc(sizeof(*y) + size);

        if (!y) {
                json_decref(value);
                return -ERR_NO_MEMORY;
        }
        y->event = (struct run_event){ .kind = EVENT_YIELD, .slow = slow };
        y->value = value;
        memcpy(y->name, name, size);
        run_post(slow->run, &y->event);
        return 0;
}

static void run_on_crew(struct http_task *task) {
        struct slow *slow = CONTAINER_OF(task, struct slow, task);

        slow->result = block_execute(&slow->block);
        slots_release(&slow->run->engine->slots, &slow->claim);
        run_post(slow->run, &slow->ended);
}

static void on_granted(struct slot_claim *claim) {
        struct slow *slow = CONTAINER_OF(claim, struct slow, claim);

        run_post(slow->run, &slow->granted);
}

static int claim_slow(struct run *run, struct node_execution *e) {
        struct slow *slow = calloc(1, sizeof(*slow));

        if (!slow)
                return -ERR_NO_MEMORY;
        slow->run = run;
        slow->execution = e;
        slow->kept_end = &slow->kept;
        slow->task.run = run_on_crew;
        slow->claim = (struct slot_claim){ .person = run->work->user_id, .granted = on_granted };
        slow->granted = (struct run_event){ .kind = EVENT_GRANTED, .slow = slow };
        slow->ended = (struct run_event){ .kind = EVENT_ENDED, .slow = slow };
        run->n_slow++;
        slow->next = run->claiming;
        run->claiming = slow;
        slots_claim(&run->engine->slots, &slow->claim);
        return 0;
}

int run_block(struct run *run, struct node_execution *e) {
        const struct block *block = e->node->block;

        if (!block->waits && !block->acts)
                return run_here(run, e);
        if (run->n_slow < RUN_PARALLEL_MAX)
                return claim_slow(run, e);
        e->next_queued = NULL;
        *run->held_end = e;
        run->held_end = &e->next_queued;
        return 0;
}

static void unlink_claiming(struct run *run, const struct slow *slow) {
        struct slow **list = &run->claiming;

        while (*list && *list != slow)
                list = &(*list)->next;
        if (*list)
                *list = slow->next;
}

static int on_grant(struct run *run, struct slow *slow) {
        unlink_claiming(run, slow);
        if (run->ended) {
                slots_release(&run->engine->slots, &slow->claim);
                free(slow);
                run->n_slow--;
                return 0;
        }
        fill(run, slow->execution, &slow->block);
        slow->block.yield = yield_slow;
        slow->block.yield_data = slow;
        executor_start(run->executor, slow->execution);
        if (slow->execution->node->block->acts) {
                /* It must be on disk that it began, before it does. */
                slow->next = run->starting;
                run->starting = slow;
        } else {
                crew_post(run->engine->context->crew, &slow->task);
        }
        return 0;
}

void run_begin_stored(struct run *run) {
        struct slow *next;

        for (struct slow *slow = TAKE(run->covered); slow; slow = next) {
                next = slow->next;
                crew_post(run->engine->context->crew, &slow->task);
        }
}

static int pass_on(struct run *run, struct slow *slow, struct yield_event *y, bool drop) {
        json_t *value = y->value;
        int r = 0;

        if (drop)
                json_decref(value);
        else
                r = executor_yield(run->executor, slow->execution, y->name, value);
        free(y);
        return r;
}

static int on_yield(struct run *run, struct yield_event *y) {
        struct slow *slow = y->event.slow;

        if (!slow->execution->node->block->acts)
                return pass_on(run, slow, y, run->ended);
        y->next = NULL;
        *slow->kept_end = y;
        slow->kept_end = &y->next;
        return 0;
}

static int pass_on_kept(struct run *run, struct slow *slow) {
        bool drop = run->ended || slow->result == -ERR_STOPPED;
        struct yield_event *next;
        int r = 0, result;

        for (struct yield_event *y = slow->kept; y; y = next) {
                next = y->next;
                result = pass_on(run, slow, y, drop);
                if (result < 0)
                        r = result;
        }
        return r;
}

static int on_end(struct run *run, struct slow *slow) {
        int r;

        run->n_slow--;
        r = pass_on_kept(run, slow);
        if (r == 0 && !run->ended)
                r = end(run, slow->execution, slow->result, slow->block.message);
        free(slow);
        while (r == 0 && !run->ended && run->held && run->n_slow < RUN_PARALLEL_MAX) {
                struct node_execution *e = run->held;

                run->held = e->next_queued;
                if (!run->held)
                        run->held_end = &run->held;
                r = claim_slow(run, e);
        }
        return r;
}

int run_slow_event(struct run *run, struct run_event *event) {
        switch (event->kind) {
        case EVENT_GRANTED:
                return on_grant(run, event->slow);
        case EVENT_YIELD:
                return on_yield(run, CONTAINER_OF(event, struct yield_event, event));
        case EVENT_ENDED:
                return on_end(run, event->slow);
        case EVENT_STORED:
                break;
        }
        return -ERR_INTERNAL;
}

static void cancel_starting(struct run *run, struct slow *slow) {
        while (slow) {
                struct slow *next = slow->next;

                if (!execution_status_ended(slow->execution->status))
                        executor_put_back(run->executor, slow->execution);
                slots_release(&run->engine->slots, &slow->claim);
                free(slow);
                run->n_slow--;
                slow = next;
        }
}

/* Those that have not begun never will. */
void run_cancel_slow(struct run *run) {
        struct slow *next;

        atomic_store(&run->stop, true);
        for (struct slow *slow = run->claiming; slow; slow = next) {
                next = slow->next;
                if (!slots_cancel(&run->engine->slots, &slow->claim))
                        continue; /* its grant is on the way */
                unlink_claiming(run, slow);
                free(slow);
                run->n_slow--;
        }
        cancel_starting(run, TAKE(run->starting));
        cancel_starting(run, TAKE(run->covered));
}
