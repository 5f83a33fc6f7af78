#include "agents/execution/executor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "base/metrics_agents.h"

int executor_new(struct graph *graph, const struct executor_config *config, struct executor **ret) {
        struct executor *x = calloc(1, sizeof(*x));
        int r;

        if (!x)
                return -ERR_NO_MEMORY;
        x->config = *config;
        json_incref(x->config.given);
        r = plan_new(graph, &x->plans);
        if (r == 0)
                r = frame_new(x, x->plans, NULL, &x->root);
        if (r < 0) {
                (void)executor_free(x);
                return r;
        }
        *ret = x;
        return 0;
}

static void node_execution_free(struct node_execution *e) {
        size_t n = e->frame->plan->nodes[e->node->index].n_pins;

        for (size_t i = 0; i < n; i++)
                json_decref(e->pins[i]);
        json_decref(e->input);
        json_decref(e->output);
        free(e);
}

struct executor *executor_free(struct executor *x) {
        if (!x)
                return NULL;
        for (int64_t i = 0; i < x->steps; i++)
                node_execution_free(x->all[i]);
        free(x->all);
        while (x->frames) {
                struct frame *next = x->frames->next;

                frame_free(x->frames);
                x->frames = next;
        }
        while (x->plans) {
                struct plan *next = x->plans->next;

                (void)plan_free(x->plans);
                x->plans = next;
        }
        json_decref(x->config.given);
        free(x);
        return NULL;
}

void executor_fail(struct executor *x, const char *format, ...) {
        va_list args;

        if (x->problem[0])
                return; /* the first word counts */
        va_start(args, format);
        (void)vsnprintf(x->problem, sizeof(x->problem), format, args);
        va_end(args);
}

const char *executor_problem(const struct executor *x) {
        return x->problem;
}

int64_t executor_steps(const struct executor *x) {
        return x->steps;
}

int64_t executor_bytes(const struct executor *x) {
        return (int64_t)x->bytes;
}

static int make_room(struct executor *x) {
        struct node_execution **all;
        int64_t max;

        if (x->steps < x->max_steps)
                return 0;
        max = x->max_steps ? x->max_steps * 2 : 16;
        all = realloc(x->all, (size_t)max * sizeof(*all));
        if (!all)
                return -ERR_NO_MEMORY;
        x->all = all;
        x->max_steps = max;
        return 0;
}

int node_execution_new(struct frame *frame, const struct graph_node *node, struct node_execution **ret) {
        const struct plan_node *plan = &frame->plan->nodes[node->index];
        struct executor *x = frame->executor;
        struct node_execution *e;

        if (x->steps >= x->config.limits.steps) {
                executor_fail(x, "The execution has more than %lld steps", (long long)x->config.limits.steps);
                return -ERR_TOO_LARGE;
        }
        if (make_room(x) < 0)
                return -ERR_NO_MEMORY;
        e = calloc(1, sizeof(*e) + plan->n_pins * sizeof(e->pins[0]));
        if (!e)
                return -ERR_NO_MEMORY;
        e->number = x->steps + 1;
        e->parent = frame->parent ? frame->parent->number : 0;
        e->node = node;
        e->frame = frame;
        e->missing = plan->n_pins - plan->n_static;
        e->missing_static = plan->n_static;
        x->all[x->steps++] = e;
        executor_changed(x, e);
        *ret = e;
        return 0;
}

void executor_changed(struct executor *x, struct node_execution *e) {
        if (e->changed)
                return;
        e->changed = true;
        x->changes++;
        e->next_changed = NULL;
        if (x->last_changed)
                x->last_changed->next_changed = e;
        else
                x->first_changed = e;
        x->last_changed = e;
}

struct node_execution *executor_take_changed(struct executor *x) {
        struct node_execution *e = x->first_changed;

        if (!e)
                return NULL;
        x->first_changed = e->next_changed;
        if (!x->first_changed)
                x->last_changed = NULL;
        e->next_changed = NULL;
        e->changed = false;
        x->changes--;
        return e;
}

size_t executor_changes(const struct executor *x) {
        return x->changes;
}

void executor_push(struct executor *x, struct node_execution *e) {
        e->next_queued = NULL;
        if (x->last_queued)
                x->last_queued->next_queued = e;
        else
                x->first_queued = e;
        x->last_queued = e;
}

static struct node_execution *pop(struct executor *x) {
        struct node_execution *e = x->first_queued;

        if (e) {
                x->first_queued = e->next_queued;
                if (!x->first_queued)
                        x->last_queued = NULL;
        }
        return e;
}

int executor_begin(struct executor *x, const json_t *inputs) {
        return frame_begin(x->root, inputs);
}

void executor_start(struct executor *x, struct node_execution *e) {
        e->status = EXECUTION_RUNNING;
        executor_changed(x, e);
}

void executor_put_back(struct executor *x, struct node_execution *e) {
        e->status = EXECUTION_QUEUED;
        executor_changed(x, e);
}

static void ask_person(struct executor *x, struct node_execution *e) {
        e->status = EXECUTION_REVIEW;
        frame_count(e->frame, -1);
        e->frame->reviewing++;
        x->reviewing++;
        node_state_remove_newest(e);
        executor_changed(x, e);
}

static int run_agent(struct executor *x, struct node_execution *e) {
        struct frame *frame;
        int r;

        executor_start(x, e);
        r = agent_open(x, e, &frame);
        if (r < 0 || !frame)
                return r;
        r = frame_begin(frame, json_object_get(e->input, "inputs"));
        return r < 0 ? r : frame_settle(frame);
}

/* One whose input could not be put together. */
static int refuse_input(struct executor *x, struct node_execution *e) {
        char problem[EXECUTOR_PROBLEM_MAX] = "";
        json_t *input = NULL;
        int r;

        r = node_execution_input(e, problem, &input);
        json_decref(input);
        return r < 0 && r != -ERR_BLOCK ? r : executor_end(x, e, problem);
}

int executor_next(struct executor *x, struct node_execution **ret) {
        struct node_execution *e;
        int r = 0;

        while (r == 0 && (e = pop(x))) {
                if (!e->input) {
                        r = refuse_input(x, e);
                } else if (e->node->block->ui == BLOCK_UI_AGENT) {
                        r = run_agent(x, e);
                } else if (e->node->block->ui == BLOCK_UI_HUMAN) {
                        ask_person(x, e);
                } else if (e->node->block->ui == BLOCK_UI_NOTE) {
                        r = executor_end(x, e, NULL);
                } else {
                        *ret = e;
                        return 0;
                }
        }
        *ret = NULL;
        return r;
}

static int keep_output(struct node_execution *e, const char *name, json_t *value) {
        json_t *values;

        if (!e->output)
                e->output = json_object();
        values = json_object_get(e->output, name);
        if (!values) {
                values = json_array();
                if (json_object_set_new(e->output, name, values) < 0)
                        return -ERR_NO_MEMORY;
        }
        return json_array_append(values, value) < 0 ? -ERR_NO_MEMORY : 0;
}

static int yield(struct executor *x, struct node_execution *e, const char *name, json_t *value) {
        int r;

        r = executor_count_bytes(x, value);
        if (r < 0)
                return r;
        r = keep_output(e, name, value);
        if (r < 0)
                return r;
        e->n_outputs++;
        executor_changed(x, e);
        return deliver(e, str_of(name), value);
}

int executor_yield(struct executor *x, struct node_execution *e, const char *name, json_t *value) {
        int r;

        if (e->repeats > 0) {
                e->repeats--;
                json_decref(value);
                return 0;
        }
        r = yield(x, e, name, value);
        json_decref(value);
        return r;
}

int executor_end(struct executor *x, struct node_execution *e, const char *message) {
        int r = 0;

        if (execution_status_ended(e->status))
                return 0; /* it was terminated meanwhile */
        e->status = message ? EXECUTION_FAILED : EXECUTION_COMPLETED;
        metrics_node_run(message ? RUN_FAILED : RUN_COMPLETED);
        executor_changed(x, e);
        if (message) {
                json_auto_t *error = json_string(message);

                /* What failed serves no later run with its static pins. */
                node_state_remove_newest(e);
                r = error ? yield(x, e, "error", error) : -ERR_NO_MEMORY;
        }
        frame_count(e->frame, -1);
        return r < 0 ? r : frame_settle(e->frame);
}

int executor_review(struct executor *x, int64_t number, bool approved, json_t *data, struct str message) {
        struct node_execution *e = number >= 1 && number <= x->steps ? x->all[number - 1] : NULL;
        json_auto_t *said = NULL;
        int r;

        if (!e || e->status != EXECUTION_REVIEW)
                return -ERR_NOT_FOUND;
        e->frame->reviewing--;
        x->reviewing--;
        frame_count(e->frame, 1);
        e->status = EXECUTION_RUNNING;
        node_state_add_newest(e);
        if (!data)
                data = json_object_get(e->input, "data");
        r = yield(x, e, approved ? "approved_data" : "rejected_data", data ? data : json_null());
        if (r == 0 && message.len > 0) {
                said = value_of_str(message);
                r = said ? yield(x, e, "review_message", said) : -ERR_NO_MEMORY;
        }
        return r < 0 ? r : executor_end(x, e, NULL);
}

enum execution_status executor_status(const struct executor *x) {
        if (x->problem[0])
                return EXECUTION_FAILED;
        if (x->terminated)
                return EXECUTION_TERMINATED;
        if (x->active == 0 && x->reviewing == 0)
                return EXECUTION_COMPLETED;
        /* A node whose agent is at work goes on only as far as that does. */
        return x->active == x->open ? EXECUTION_REVIEW : EXECUTION_RUNNING;
}

void executor_terminate(struct executor *x) {
        x->terminated = true;
        x->first_queued = x->last_queued = NULL;
        for (int64_t i = 0; i < x->steps; i++) {
                struct node_execution *e = x->all[i];

                if (execution_status_ended(e->status))
                        continue;
                e->status = EXECUTION_TERMINATED;
                metrics_node_run(RUN_STOPPED);
                executor_changed(x, e);
        }
}

int node_execution_pins(const struct node_execution *e, json_t **ret) {
        const struct plan_node *plan = &e->frame->plan->nodes[e->node->index];
        json_auto_t *object = NULL;

        if (!e->input || plan->n_static > 0) {
                object = json_object();
                for (size_t i = 0; i < plan->n_pins; i++)
                        if (e->pins[i] && json_object_set(object, plan->pins[i].name, e->pins[i]) < 0)
                                return -ERR_NO_MEMORY;
                if (!object)
                        return -ERR_NO_MEMORY;
        }
        *ret = json_incref(object);
        return 0;
}

const struct graph *node_execution_graph(const struct node_execution *e) {
        return e->frame->plan->graph;
}
