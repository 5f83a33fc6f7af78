/* Frames: the runs of graphs that one execution consists of. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "agents/graph/graph.h"
#include "agents/value/value.h"
#include "base/errors.h"

int frame_new(struct executor *x, const struct plan *plan, struct node_execution *parent,
              struct frame **ret) {
        struct frame *frame = calloc(1, sizeof(*frame));

        if (!frame)
                return -ERR_NO_MEMORY;
        frame->executor = x;
        frame->parent = parent;
        frame->depth = parent ? parent->frame->depth + 1 : 0;
        frame->plan = plan;
        frame->states = calloc(plan->graph->n_nodes + 1, sizeof(frame->states[0]));
        frame->lacking = calloc(plan->n_pins + 1, sizeof(frame->lacking[0]));
        if (!frame->states || !frame->lacking) {
                frame_free(frame);
                return -ERR_NO_MEMORY;
        }
        frame->next = x->frames;
        x->frames = frame;
        if (parent) {
                parent->child = frame;
                x->open++;
        }
        *ret = frame;
        return 0;
}

void frame_free(struct frame *frame) {
        free(frame->states);
        free(frame->lacking);
        free(frame->outputs);
        free(frame);
}

void frame_count(struct frame *frame, int more) {
        frame->active += (size_t)more;
        frame->executor->active += (size_t)more;
}

int frame_note_output(struct node_execution *e) {
        struct frame *f = e->frame;

        if (e->node->block->ui != BLOCK_UI_OUTPUT)
                return 0;
        if (f->n_outputs == f->max_outputs) {
                size_t max = f->max_outputs ? f->max_outputs * 2 : 16;
                struct node_execution **outputs = realloc(f->outputs, max * sizeof(*outputs));

                if (!outputs)
                        return -ERR_NO_MEMORY;
                f->outputs = outputs;
                f->max_outputs = max;
        }
        f->outputs[f->n_outputs++] = e;
        return 0;
}

static int begin_node(struct frame *frame, const struct graph_node *node, const json_t *inputs) {
        struct node_execution *e;
        json_t *value = NULL;
        int r;

        if (node->block->ui == BLOCK_UI_INPUT)
                value = json_object_get(inputs,
                                        json_string_value(json_object_get(node->input_default, "name")));
        r = node_execution_new(frame, node, &e);
        return r < 0 ? r : node_execution_queue(e, value);
}

int frame_begin(struct frame *frame, const json_t *inputs) {
        const struct graph *graph = frame->plan->graph;
        bool any = false;
        int r;

        for (size_t i = 0; i < graph->n_nodes; i++) {
                const struct graph_node *node = &graph->nodes[i];

                if (node->block->ui == BLOCK_UI_NOTE || !graph_node_starts(node))
                        continue;
                any = true;
                r = begin_node(frame, node, inputs);
                if (r < 0)
                        return r;
        }
        if (any)
                return 0;
        if (!frame->parent)
                return -ERR_GRAPH;
        frame->settled = true;
        frame->executor->open--;
        return executor_end(frame->executor, frame->parent, GRAPH_NO_START);
}

/* A graph that was opened before in this execution is planned already. */
static int find_plan(struct executor *x, struct str id, int64_t version, const struct plan **ret) {
        struct graph *graph = NULL;
        struct plan *plan;
        int r;

        for (plan = x->plans; plan; plan = plan->next)
                if (str_eq(str_of(plan->graph->id), id) && plan->graph->version == version) {
                        *ret = plan;
                        return 0;
                }
        r = x->config.load(x->config.data, id, version, &graph);
        if (r < 0)
                return r;
        r = plan_new(graph, &plan);
        (void)graph_unref(graph);
        if (r < 0)
                return r;
        plan->next = x->plans;
        x->plans = plan;
        *ret = plan;
        return 0;
}

int agent_open(struct executor *x, struct node_execution *e, struct frame **ret) {
        struct str id = value_str(json_object_get(e->input, "graph_id"));
        int64_t version = json_integer_value(json_object_get(e->input, "graph_version"));
        const struct plan *plan = NULL;
        char problem[EXECUTOR_PROBLEM_MAX];
        int r;

        *ret = NULL;
        if (e->frame->depth + 1 >= GRAPH_DEPTH_MAX)
                return executor_end(x, e, "Agents run one another too deep");
        r = id.ptr && x->config.load ? find_plan(x, id, version, &plan) : -ERR_NOT_FOUND;
        if (r == -ERR_NOT_FOUND || r == -ERR_GRAPH) {
                (void)snprintf(problem, sizeof(problem), "Graph #" STR_FMT " %s", STR_ARG(str_first(id, 100)),
                               r == -ERR_GRAPH ? "cannot be run." : "not found.");
                return executor_end(x, e, problem);
        }
        return r < 0 ? r : frame_new(x, plan, e, ret);
}

/* The name that an output goes by; NULL for one that has no input, or none of text. */
static const char *output_name(const struct node_execution *e) {
        return json_string_value(json_object_get(e->input, "name"));
}

static json_t *output_value(const struct node_execution *e) {
        json_t *value = json_object_get(e->input, "value");

        return value ? value : json_null();
}

int frame_pass_on(struct frame *frame) {
        int r = 0;

        while (r == 0 && frame->parent && frame->n_passed < frame->n_outputs) {
                const struct node_execution *e = frame->outputs[frame->n_passed++];

                if (output_name(e))
                        r = executor_yield(frame->executor, frame->parent, output_name(e),
                                           json_incref(output_value(e)));
        }
        return r;
}

void frame_resume(struct frame *frame) {
        size_t had = frame->parent ? frame->parent->n_outputs : 0;

        while (frame->n_passed < frame->n_outputs && (had > 0 || frame->settled))
                if (output_name(frame->outputs[frame->n_passed++]) && had > 0)
                        had--;
}

int frame_settle(struct frame *frame) {
        if (frame->active > 0 || frame->reviewing > 0 || !frame->parent || frame->settled)
                return 0;
        frame->settled = true;
        frame->executor->open--;
        return executor_end(frame->executor, frame->parent, NULL);
}

/* Its outputs by their names: object of arrays. */
static int group_outputs(const struct frame *frame, json_t **ret) {
        json_auto_t *outputs = json_object();

        for (size_t i = 0; i < frame->n_outputs; i++) {
                const char *name = output_name(frame->outputs[i]);
                json_t *values;

                if (!name)
                        continue;
                values = json_object_get(outputs, name);
                if (!values) {
                        values = json_array();
                        if (json_object_set_new(outputs, name, values) < 0)
                                return -ERR_NO_MEMORY;
                }
                if (json_array_append(values, output_value(frame->outputs[i])) < 0)
                        return -ERR_NO_MEMORY;
        }
        *ret = json_incref(outputs);
        return outputs ? 0 : -ERR_NO_MEMORY;
}

int executor_outputs(struct executor *x, json_t **ret) {
        json_auto_t *grouped = NULL, *list = json_array();
        const char *name;
        json_t *values, *value;
        size_t i, bytes;
        int r;

        r = group_outputs(x->root, &grouped);
        if (r < 0)
                return r;
        json_object_foreach(grouped, name, values) {
                json_array_foreach(values, i, value) {
                        json_t *one = json_pack("{s:O}", name, value);

                        if (!one || json_array_append_new(list, one) < 0)
                                return -ERR_NO_MEMORY;
                }
        }
        if (!value_measure(list, &bytes) || bytes > EXECUTOR_OUTPUT_BYTES_MAX) {
                executor_fail(x, "The outputs have more than %d MiB", EXECUTOR_OUTPUT_BYTES_MAX >> 20);
                return -ERR_TOO_LARGE;
        }
        *ret = json_incref(list);
        return 0;
}
