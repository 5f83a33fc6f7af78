/* Which nodes can ever run. A node waits until each of its linked pins was given a value by at least one of the links to
 * it; nodes without links, and those that take a graph's inputs, begin (dialect: Executions). What can't be reached that
 * way waits for itself: there is a cycle that nothing starts. */
#include <stdlib.h>

#include "agents/graph/graph_int.h"

struct reach {
        const struct graph *graph;
        bool *served; /* pin: a node that runs is linked to it */
        size_t n_pins;
        size_t *pin_of; /* link → its pin */
        size_t *waits;  /* node → its pins that nothing serves yet */
        size_t *feeds;  /* node → links that lead from it to nodes that wait */
        size_t *queue;  /* nodes */
        size_t n_queue;
        bool *runs; /* node */
        bool *idle; /* node: waits, but is on no cycle */
};

static void reach_done(struct reach *reach) {
        free(reach->served);
        free(reach->pin_of);
        free(reach->waits);
        free(reach->feeds);
        free(reach->queue);
        free(reach->runs);
        free(reach->idle);
}

bool graph_node_starts(const struct graph_node *node) {
        if (node->block->ui == BLOCK_UI_NOTE)
                return false;
        return node->n_inputs == 0 || node->block->ui == BLOCK_UI_INPUT;
}

static int by_pin(const void *a, const void *b) {
        const struct graph_link *const *left = a, *const *right = b;

        return strcmp((*left)->sink_name, (*right)->sink_name);
}

/* Numbers the pins of a node; `sorted` has room for its links. */
static void number_pins(struct reach *reach, const struct graph_node *node, struct graph_link **sorted) {
        memcpy(sorted, node->inputs, node->n_inputs * sizeof(*sorted));
        qsort(sorted, node->n_inputs, sizeof(*sorted), by_pin);
        for (size_t i = 0; i < node->n_inputs; i++) {
                if (i == 0 || strcmp(sorted[i - 1]->sink_name, sorted[i]->sink_name) != 0) {
                        reach->n_pins++;
                        reach->waits[node->index]++;
                }
                reach->pin_of[sorted[i] - reach->graph->links] = reach->n_pins - 1;
        }
}

static int reach_init(struct reach *reach, const struct graph *graph) {
        size_t nodes = graph->n_nodes + 1, links = graph->n_links + 1;
        struct graph_link **sorted = calloc(links, sizeof(struct graph_link *));

        reach->graph = graph;
        reach->served = calloc(links, sizeof(*reach->served));
        reach->pin_of = calloc(links, sizeof(*reach->pin_of));
        reach->waits = calloc(nodes, sizeof(*reach->waits));
        reach->feeds = calloc(nodes, sizeof(*reach->feeds));
        reach->queue = calloc(nodes, sizeof(*reach->queue));
        reach->runs = calloc(nodes, sizeof(*reach->runs));
        reach->idle = calloc(nodes, sizeof(*reach->idle));
        if (!sorted || !reach->served || !reach->pin_of || !reach->waits || !reach->feeds || !reach->queue ||
            !reach->runs || !reach->idle) {
                free(sorted);
                return -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < graph->n_nodes; i++)
                number_pins(reach, &graph->nodes[i], sorted);
        free(sorted);
        return 0;
}

static bool *served(const struct reach *reach, const struct graph_link *link) {
        return &reach->served[reach->pin_of[link - reach->graph->links]];
}

static void serve(struct reach *reach, const struct graph_link *link) {
        const struct graph_node *sink = link->sink;

        if (*served(reach, link))
                return;
        *served(reach, link) = true;
        if (--reach->waits[sink->index] > 0 || reach->runs[sink->index] || sink->block->ui == BLOCK_UI_NOTE)
                return;
        reach->runs[sink->index] = true;
        reach->queue[reach->n_queue++] = sink->index;
}

static void spread(struct reach *reach) {
        const struct graph *graph = reach->graph;

        for (size_t i = 0; i < graph->n_nodes; i++)
                if (graph_node_starts(&graph->nodes[i])) {
                        reach->runs[i] = true;
                        reach->queue[reach->n_queue++] = i;
                }
        for (size_t at = 0; at < reach->n_queue; at++) {
                const struct graph_node *node = &graph->nodes[reach->queue[at]];

                for (size_t i = 0; i < node->n_outputs; i++)
                        serve(reach, node->outputs[i]);
        }
}

/* Whether a link keeps its sink waiting for a node that itself waits. */
static bool blocks(const struct reach *reach, const struct graph_link *link) {
        return !*served(reach, link) && !reach->runs[link->source->index] &&
               !reach->runs[link->sink->index] && link->sink->block->ui != BLOCK_UI_NOTE &&
               link->source->block->ui != BLOCK_UI_NOTE;
}

/* Lays aside the nodes that wait without anything waiting for them, over and over: what is left leads into cycles. */
static void lay_aside(struct reach *reach) {
        const struct graph *graph = reach->graph;

        for (size_t i = 0; i < graph->n_links; i++)
                if (blocks(reach, &graph->links[i]))
                        reach->feeds[graph->links[i].source->index]++;
        reach->n_queue = 0;
        for (size_t i = 0; i < graph->n_nodes; i++)
                if (reach->feeds[i] == 0) {
                        reach->idle[i] = true;
                        reach->queue[reach->n_queue++] = i;
                }
        for (size_t at = 0; at < reach->n_queue; at++) {
                const struct graph_node *node = &graph->nodes[reach->queue[at]];

                for (size_t i = 0; i < node->n_inputs; i++) {
                        size_t source = node->inputs[i]->source->index;

                        if (!blocks(reach, node->inputs[i]) || --reach->feeds[source] > 0)
                                continue;
                        reach->idle[source] = true;
                        reach->queue[reach->n_queue++] = source;
                }
        }
}

static int name_cycles(const struct reach *reach, struct graph_problems *problems) {
        const struct graph *graph = reach->graph;
        int r;

        for (size_t i = 0; i < graph->n_links; i++) {
                const struct graph_link *link = &graph->links[i];

                if (!blocks(reach, link) || reach->idle[link->source->index] ||
                    reach->idle[link->sink->index])
                        continue;
                r = graph_problems_add(
                        problems, link->sink->id, link->sink_name,
                        "This input can never arrive: its links come from a cycle that nothing starts");
                if (r < 0)
                        return r;
        }
        return 0;
}

static int look(struct reach *reach, const struct graph *graph, bool *ret_any,
                struct graph_problems *problems) {
        int r;

        r = reach_init(reach, graph);
        if (r < 0)
                return r;
        spread(reach);
        *ret_any = reach->n_queue > 0;
        if (reach->n_queue == graph->n_nodes)
                return 0;
        lay_aside(reach);
        return name_cycles(reach, problems);
}

int graph_reach(const struct graph *graph, bool *ret_any, struct graph_problems *problems) {
        struct reach reach = { 0 };
        int r;

        r = look(&reach, graph, ret_any, problems);
        reach_done(&reach);
        return r;
}
