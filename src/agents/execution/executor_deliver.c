/* How values get to where they are needed (dialect: Graph execution, delivery).
 *
 * A value joins the oldest INCOMPLETE execution of its node that nothing has arrived for at that pin, or opens a new one. So
 * of a node's INCOMPLETE executions, oldest first, those that have a pin stand before those that lack it, and one pointer a
 * pin (frame->lacking) finds the place at once. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "agents/execution/pins.h"
#include "agents/value/convert.h"
#include "agents/value/value.h"
#include "base/errors.h"

enum { DELIVERIES_A_STEP = 64 }; /* on average, before an execution counts as one that does not end */

static struct node_state *state_of(const struct node_execution *e) {
        return &e->frame->states[e->node->index];
}

static const struct plan_node *plan_of(const struct node_execution *e) {
        return &e->frame->plan->nodes[e->node->index];
}

void node_state_add_incomplete(struct node_execution *e) {
        struct node_execution **lacking = e->frame->lacking + plan_of(e)->first_pin;
        struct node_state *state = state_of(e);

        e->previous = state->last_incomplete;
        e->next = NULL;
        if (e->previous)
                e->previous->next = e;
        else
                state->incomplete = e;
        state->last_incomplete = e;
        for (size_t i = 0; i < plan_of(e)->n_pins; i++)
                if (!lacking[i] && !e->pins[i])
                        lacking[i] = e;
}

static void remove_incomplete(struct node_execution *e) {
        struct node_execution **lacking = e->frame->lacking + plan_of(e)->first_pin;
        struct node_state *state = state_of(e);

        for (size_t i = 0; i < plan_of(e)->n_pins; i++)
                if (lacking[i] == e)
                        lacking[i] = e->next;
        if (e->previous)
                e->previous->next = e->next;
        else
                state->incomplete = e->next;
        if (e->next)
                e->next->previous = e->previous;
        else
                state->last_incomplete = e->previous;
}

void node_state_add_newest(struct node_execution *e) {
        struct node_state *state = state_of(e);

        e->previous = state->newest;
        e->next = NULL;
        if (e->previous)
                e->previous->next = e;
        state->newest = e;
}

void node_state_remove_newest(struct node_execution *e) {
        if (e->next)
                e->next->previous = e->previous;
        else if (state_of(e)->newest == e)
                state_of(e)->newest = e->previous;
        if (e->previous)
                e->previous->next = e->next;
        e->previous = e->next = NULL;
}

/* Its own defaults, and over them what was given for this run, and what has arrived. */
static int merge(const struct node_execution *e, json_t *base, json_t **ret) {
        const struct plan_node *plan = plan_of(e);
        json_auto_t *merged = base ? json_copy(base) : json_object();
        json_t *given =
                e->frame->parent ? NULL : json_object_get(e->frame->executor->config.given, e->node->id);

        if (!merged || (given && json_object_update(merged, given) < 0))
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < plan->n_pins; i++)
                if (e->pins[i] && json_object_set(merged, plan->pins[i].name, e->pins[i]) < 0)
                        return -ERR_NO_MEMORY;
        *ret = json_incref(merged);
        return 0;
}

/* The pins of an agent's node are the inputs of that agent, which its block gets as one object. */
static int agent_input(const struct node_execution *e, char problem[EXECUTOR_PROBLEM_MAX], json_t **ret) {
        json_t *given = json_object_get(e->node->input_default, "inputs");
        json_auto_t *inputs = NULL, *input = NULL;
        int r;

        r = merge(e, json_is_object(given) ? given : NULL, &inputs);
        if (r == 0)
                r = pins_fold(inputs, problem);
        if (r < 0)
                return r;
        input = json_copy(e->node->input_default);
        if (!input || json_object_set(input, "inputs", inputs) < 0)
                return -ERR_NO_MEMORY;
        *ret = json_incref(input);
        return 0;
}

static int block_input(const struct node_execution *e, char problem[EXECUTOR_PROBLEM_MAX], json_t **ret) {
        json_auto_t *merged = NULL;
        int r;

        r = merge(e, e->node->input_default, &merged);
        if (r == 0)
                r = pins_fold(merged, problem);
        return r < 0 ? r : convert_input(e->node->block, merged, ret);
}

int node_execution_input(const struct node_execution *e, char ret_problem[EXECUTOR_PROBLEM_MAX],
                         json_t **ret) {
        json_t *input = NULL;
        size_t bytes;
        int r;

        r = e->node->block->ui == BLOCK_UI_AGENT ? agent_input(e, ret_problem, &input)
                                                 : block_input(e, ret_problem, &input);
        if (r < 0)
                return r;
        if (!value_measure(input, &bytes)) {
                json_decref(input);
                (void)snprintf(ret_problem, EXECUTOR_PROBLEM_MAX,
                               "The input has more than %d levels of lists and dictionaries",
                               VALUE_DEPTH_MAX);
                return -ERR_BLOCK;
        }
        *ret = input;
        return 0;
}

int executor_count_bytes(struct executor *x, const json_t *value) {
        size_t bytes;

        if (!value_measure(value, &bytes)) {
                executor_fail(x, "A value has more than %d levels of lists and dictionaries",
                              VALUE_DEPTH_MAX);
                return -ERR_TOO_LARGE;
        }
        x->bytes += bytes;
        if (x->bytes <= x->config.limits.bytes)
                return 0;
        executor_fail(x, "The execution's inputs and outputs have more than %zu MiB",
                      x->config.limits.bytes >> 20);
        return -ERR_TOO_LARGE;
}

int node_execution_queue(struct node_execution *e, json_t *value) {
        struct executor *x = e->frame->executor;
        char problem[EXECUTOR_PROBLEM_MAX];
        int r;

        /* Without an input it fails when its turn comes. */
        r = node_execution_input(e, problem, &e->input);
        if (r == 0 && value && json_object_set(e->input, "value", value) < 0)
                r = -ERR_NO_MEMORY;
        if (r == 0)
                r = executor_count_bytes(x, e->input);
        if (r == 0 || r == -ERR_BLOCK)
                r = frame_note_output(e);
        if (r < 0)
                return r;
        e->status = EXECUTION_QUEUED;
        e->queued = ++x->queued;
        frame_count(e->frame, 1);
        node_state_add_newest(e);
        executor_push(x, e);
        executor_changed(x, e);
        return frame_pass_on(e->frame);
}

/* Whether everything has arrived, or what has not is static and was there for an earlier execution. */
static bool is_complete(const struct node_execution *e) {
        return e->missing == 0 && (e->missing_static == 0 || state_of(e)->newest);
}

/* Queues a complete one; the static pins that it lacks come from `from`. */
static int complete(struct node_execution *e, const struct node_execution *from) {
        const struct plan_node *plan = plan_of(e);

        remove_incomplete(e);
        for (size_t i = 0; i < plan->n_pins && e->missing_static > 0; i++)
                if (!e->pins[i] && plan->pins[i].is_static && from) {
                        e->pins[i] = json_incref(from->pins[i]);
                        e->missing_static--;
                }
        return node_execution_queue(e, NULL);
}

/* A static value serves all that wait for nothing else. Those stand first: who lacks another pin stands behind. */
static int complete_waiting(struct frame *frame, const struct graph_node *node,
                            const struct node_execution *from) {
        struct node_execution *e;
        int r = 0;

        while (r == 0 && (e = frame->states[node->index].incomplete) && e->missing == 0)
                r = complete(e, from);
        return r;
}

/* The execution that a value for this pin belongs to. */
static int find_place(struct frame *frame, const struct plan_way *way, struct node_execution **ret) {
        const struct graph_node *sink = way->link->sink;
        struct node_execution **lacking =
                &frame->lacking[frame->plan->nodes[sink->index].first_pin + way->pin];
        struct node_execution *e = *lacking;
        int r;

        if (e) {
                *lacking = e->next;
                *ret = e;
                return 0;
        }
        r = node_execution_new(frame, sink, &e);
        if (r < 0)
                return r;
        node_state_add_incomplete(e);
        *lacking = NULL;
        *ret = e;
        return 0;
}

static int accept(struct frame *frame, const struct plan_way *way, json_t *value) {
        struct node_execution *e;
        int r;

        r = find_place(frame, way, &e);
        if (r < 0)
                return r;
        e->pins[way->pin] = json_incref(value);
        if (plan_of(e)->pins[way->pin].is_static)
                e->missing_static--;
        else
                e->missing--;
        executor_changed(frame->executor, e);
        if (!is_complete(e))
                return 0;
        r = complete(e, state_of(e)->newest);
        if (r == 0 && way->link->is_static)
                r = complete_waiting(frame, e->node, e);
        return r;
}

int deliver(struct node_execution *from, struct str output, json_t *value) {
        struct executor *x = from->frame->executor;
        const struct plan_way *ways;
        size_t n;
        int r = 0;

        ways = plan_ways(plan_of(from), output, &n);
        x->deliveries += (int64_t)n;
        if (x->deliveries / DELIVERIES_A_STEP > x->config.limits.steps) {
                executor_fail(x, "The execution passes on more than %lld values",
                              (long long)x->config.limits.steps * DELIVERIES_A_STEP);
                return -ERR_TOO_LARGE;
        }
        for (size_t i = 0; i < n && r == 0; i++) {
                json_t *part =
                        ways[i].dynamic ? pin_extract(str_of(ways[i].link->source_name), value) : value;

                if (part)
                        r = accept(from->frame, &ways[i], part);
        }
        return r;
}
