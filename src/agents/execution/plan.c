#include <stdlib.h>

#include "agents/execution/executor_int.h"
#include "agents/execution/pins.h"
#include "agents/graph/graph.h"
#include "base/errors.h"

static int compare_sinks(const void *a, const void *b) {
        const struct graph_link *const *first = a, *const *second = b;

        return strcmp((*first)->sink_name, (*second)->sink_name);
}

static int compare_outputs(struct str a, struct str b) {
        int order = memcmp(a.ptr, b.ptr, MIN_OF(a.len, b.len));

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_ways(const void *a, const void *b) {
        const struct plan_way *first = a, *second = b;
        int order = compare_outputs(first->output, second->output);

        return order ? order : (first->link > second->link) - (first->link < second->link);
}

/* Numbers the pins of a node; pin_of gets each link's, by the link's place in the graph. */
static void plan_pins(const struct graph *graph, const struct graph_node *node, struct plan_node *ret,
                      const struct graph_link **sorted, size_t *pin_of) {
        for (size_t i = 0; i < node->n_inputs; i++)
                sorted[i] = node->inputs[i];
        qsort(sorted, node->n_inputs, sizeof(sorted[0]), compare_sinks);
        for (size_t i = 0; i < node->n_inputs; i++) {
                if (i == 0 || strcmp(sorted[i]->sink_name, sorted[i - 1]->sink_name) != 0)
                        ret->pins[ret->n_pins++].name = sorted[i]->sink_name;
                pin_of[sorted[i] - graph->links] = ret->n_pins - 1;
                if (sorted[i]->is_static)
                        ret->pins[ret->n_pins - 1].is_static = true;
        }
        for (size_t i = 0; i < ret->n_pins; i++)
                ret->n_static += ret->pins[i].is_static;
}

static void plan_outputs(const struct graph *graph, const struct graph_node *node, struct plan_node *ret,
                         const size_t *pin_of) {
        for (size_t i = 0; i < node->n_outputs; i++) {
                const struct graph_link *link = node->outputs[i];
                struct str pin = str_of(link->source_name), base = graph_pin_base(pin);

                ret->ways[ret->n_ways++] = (struct plan_way){
                        .output = base,
                        .link = link,
                        .pin = pin_of[link - graph->links],
                        .dynamic = base.len < pin.len,
                };
        }
        if (ret->n_ways > 1)
                qsort(ret->ways, ret->n_ways, sizeof(ret->ways[0]), compare_ways);
}

static void plan_fill(const struct graph *graph, struct plan *plan, const struct graph_link **sorted,
                      size_t *pin_of) {
        size_t n_ways = 0;

        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct plan_node *node = &plan->nodes[i];

                node->pins = plan->pins + plan->n_pins;
                node->first_pin = plan->n_pins;
                plan_pins(graph, &graph->nodes[i], node, sorted, pin_of);
                plan->n_pins += node->n_pins;
        }
        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct plan_node *node = &plan->nodes[i];

                node->ways = plan->ways + n_ways;
                plan_outputs(graph, &graph->nodes[i], node, pin_of);
                n_ways += node->n_ways;
        }
}

static bool plan_allocate(struct plan *plan, size_t n_links) {
        plan->nodes = calloc(plan->graph->n_nodes + 1, sizeof(plan->nodes[0]));
        plan->pins = calloc(n_links, sizeof(plan->pins[0]));
        plan->ways = calloc(n_links, sizeof(plan->ways[0]));
        return plan->nodes && plan->pins && plan->ways;
}

int plan_new(struct graph *graph, struct plan **ret) {
        size_t n_links = graph->n_links + 1; /* calloc() may say NULL to nothing */
        const struct graph_link **sorted = calloc(n_links, sizeof(*sorted));
        size_t *pin_of = calloc(n_links, sizeof(*pin_of));
        struct plan *plan = calloc(1, sizeof(*plan));
        int r = -ERR_NO_MEMORY;

        if (plan)
                plan->graph = graph_ref(graph);
        if (sorted && pin_of && plan && plan_allocate(plan, n_links)) {
                plan_fill(graph, plan, sorted, pin_of);
                *ret = plan;
                r = 0;
        } else {
                (void)plan_free(plan);
        }
        free(sorted);
        free(pin_of);
        return r;
}

struct plan *plan_free(struct plan *plan) {
        if (!plan)
                return NULL;
        free(plan->nodes);
        free(plan->pins);
        free(plan->ways);
        (void)graph_unref(plan->graph);
        free(plan);
        return NULL;
}

const struct plan_way *plan_ways(const struct plan_node *node, struct str output, size_t *ret_n) {
        size_t low = 0, high = node->n_ways, n = 0;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare_outputs(node->ways[middle].output, output) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        while (low + n < node->n_ways && str_eq(node->ways[low + n].output, output))
                n++;
        *ret_n = n;
        return node->ways + low;
}
