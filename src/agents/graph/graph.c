#include "agents/graph/graph.h"

#include <stdlib.h>

#include "agents/graph/graph_int.h"

struct graph *graph_ref(struct graph *graph) {
        atomic_fetch_add_explicit(&graph->references, 1, memory_order_relaxed);
        return graph;
}

struct graph *graph_unref(struct graph *graph) {
        if (!graph || atomic_fetch_sub_explicit(&graph->references, 1, memory_order_acq_rel) > 1)
                return NULL;
        free(graph->nodes);
        free(graph->links);
        free(graph->ends);
        json_decref(graph->nothing);
        json_decref(graph->body);
        free(graph);
        return NULL;
}

static void graph_end(struct graph **graph) {
        graph_unref(*graph);
}

static void json_end(json_t **value) {
        json_decref(*value);
}

/* Gives each node the lists of the links from and to it, all of them parts of one array. */
static int tie_links(struct graph *graph) {
        struct graph_link **at;

        at = graph->ends = calloc(2 * graph->n_links + 1, sizeof(*graph->ends));
        if (!at)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < graph->n_links; i++) {
                graph->links[i].source->n_outputs++;
                graph->links[i].sink->n_inputs++;
        }
        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct graph_node *node = &graph->nodes[i];

                node->outputs = at;
                node->inputs = at + node->n_outputs;
                at = node->inputs + node->n_inputs;
                node->n_outputs = node->n_inputs = 0;
        }
        for (size_t i = 0; i < graph->n_links; i++) {
                struct graph_link *link = &graph->links[i];

                link->source->outputs[link->source->n_outputs++] = link;
                link->sink->inputs[link->sink->n_inputs++] = link;
        }
        return 0;
}

static int read_head(struct graph *graph, struct graph_problems *problems) {
        const json_t *body = graph->body, *version = json_object_get(body, "version");
        const char *id;
        int r;

        if (!json_is_object(body))
                return graph_problems_shape(problems, NULL, NULL, &SHAPE_OBJECT);
        r = graph_member_text(body, NULL, "id", GRAPH_ID_LENGTH, &id, problems);
        if (r < 0)
                return r;
        if (id)
                memcpy(graph->id, id, strlen(id) + 1);
        if (version && !json_is_integer(version))
                return graph_problems_shape(problems, NULL, "version", &SHAPE_INTEGER);
        graph->version = version ? json_integer_value(version) : 1;
        r = graph_member_text(body, NULL, "name", GRAPH_NAME_MAX, &graph->name, problems);
        if (r < 0)
                return r;
        return graph_member_text(body, NULL, "description", GRAPH_TEXT_MAX, &graph->description, problems);
}

/* Cycles that nothing starts. Who makes the graph is told at once; what merely waits for a note is not a fault. */
static int check_reach(const struct graph *graph, struct graph_problems *problems) {
        bool any;
        int r;

        r = graph_reach(graph, &any, problems);
        if (r < 0 || problems->n == 0)
                return r;
        return any ? -ERR_GRAPH : graph_problems_say(problems, GRAPH_NO_START);
}

static int fill(struct graph *graph, struct graph_problems *problems) {
        _cleanup_(json_end) json_t *ids = NULL;
        int r;

        graph->nothing = json_object();
        if (!graph->nothing)
                return -ERR_NO_MEMORY;
        r = read_head(graph, problems);
        if (r < 0)
                return r;
        r = graph_read_nodes(graph, &ids, problems);
        if (r < 0)
                return r;
        r = graph_read_links(graph, ids, problems);
        if (r < 0)
                return r;
        r = tie_links(graph);
        if (r < 0)
                return r;
        return check_reach(graph, problems);
}

int graph_new(json_t *body, struct graph **ret, struct graph_problems *ret_problems) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        _cleanup_(graph_end) struct graph *graph = calloc(1, sizeof(*graph));
        int r;

        if (!graph)
                return -ERR_NO_MEMORY;
        atomic_init(&graph->references, 1);
        graph->body = json_incref(body);
        r = fill(graph, &problems);
        if (r == 0) {
                *ret = TAKE(graph);
        } else if (r == -ERR_GRAPH) {
                *ret_problems = problems;
                problems = (struct graph_problems){ 0 };
        }
        return r;
}
