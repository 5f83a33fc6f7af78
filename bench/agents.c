/* The engine's time for graphs of calculators in a chain: from inputs to outputs, in memory. Prints a line of JSON for each
 * size: nodes, and the median of several runs in milliseconds. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/executor.h"
#include "base/clock.h"
#include "base/errors.h"

enum { RUNS = 7 };

#define CALCULATOR "b1ab9b19-67a6-406d-abf5-2dba76d00c79"
#define INPUT      "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b"
#define OUTPUT     "363ae599-353e-4804-937e-b2ee3cef3da4"

static void link_to(json_t *links, const char *from, const char *pin, const char *to, const char *sink) {
        json_array_append_new(links, json_pack("{s:s,s:s,s:s,s:s,s:s}", "id", to, "source_id", from,
                                               "source_name", pin, "sink_id", to, "sink_name", sink));
}

/* In, one after the other plus 1 each, out. */
static struct graph *make_chain(size_t calculators) {
        json_t *nodes = json_array(), *links = json_array(), *body;
        struct graph_problems problems = { 0 };
        struct graph *graph = NULL;
        char before[32] = "in", id[32];

        json_array_append_new(nodes, json_pack("{s:s,s:s,s:{s:s}}", "id", "in", "block_id", INPUT,
                                               "input_default", "name", "n"));
        for (size_t i = 0; i < calculators; i++) {
                snprintf(id, sizeof(id), "sum-%zu", i);
                json_array_append_new(nodes,
                                      json_pack("{s:s,s:s,s:{s:s,s:i}}", "id", id, "block_id", CALCULATOR,
                                                "input_default", "operation", "Add", "b", 1));
                link_to(links, before, "result", id, "a");
                memcpy(before, id, sizeof(before));
        }
        json_array_append_new(nodes, json_pack("{s:s,s:s,s:{s:s}}", "id", "out", "block_id", OUTPUT,
                                               "input_default", "name", "sum"));
        link_to(links, before, "result", "out", "value");
        body = json_pack("{s:s,s:i,s:s,s:s,s:o,s:o}", "id", "00000000-0000-4000-8000-000000000000", "version",
                         1, "name", "Chain", "description", "", "nodes", nodes, "links", links);
        if (graph_new(body, &graph, &problems) < 0)
                abort();
        json_decref(body);
        return graph;
}

struct yielding {
        struct executor *executor;
        struct node_execution *execution;
};

static int take(struct block_run *run, const char *name, json_t *value) {
        const struct yielding *y = run->yield_data;

        return executor_yield(y->executor, y->execution, name, value);
}

/* One execution: microseconds. */
static int64_t run_once(struct graph *graph, size_t calculators) {
        const struct executor_config config = { .limits = { .steps = 1000000, .bytes = (size_t)1 << 30 } };
        int64_t begun = clock_monotonic_us(), took;
        json_t *inputs = json_pack("{s:i}", "n", 0), *outputs;
        struct node_execution *e;
        struct executor *x;

        if (executor_new(graph, &config, &x) < 0 || executor_begin(x, inputs) < 0)
                abort();
        while (executor_next(x, &e) == 0 && e) {
                struct yielding y = { x, e };
                struct block_run run = {
                        .block = e->node->block, .input = e->input, .yield = take, .yield_data = &y
                };

                executor_start(x, e);
                if (block_execute(&run) < 0 || executor_end(x, e, NULL) < 0)
                        abort();
        }
        if (executor_outputs(x, &outputs) < 0)
                abort();
        took = clock_monotonic_us() - begun;
        if (json_number_value(json_object_get(json_array_get(outputs, 0), "sum")) != (double)calculators)
                abort();
        json_decref(outputs);
        json_decref(inputs);
        (void)executor_free(x);
        return took;
}

static int by_time(const void *a, const void *b) {
        const int64_t *first = a, *second = b;

        return (*first > *second) - (*first < *second);
}

int main(void) {
        static const size_t sizes[] = { 1000, 10000, GRAPH_NODES_MAX - 2 };

        for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
                struct graph *graph = make_chain(sizes[i]);
                int64_t took[RUNS];

                for (unsigned k = 0; k < RUNS; k++)
                        took[k] = run_once(graph, sizes[i]);
                qsort(took, RUNS, sizeof(took[0]), by_time);
                printf("{\"nodes\": %zu, \"ms\": %.2f}\n", sizes[i] + 2, (double)took[RUNS / 2] / 1000);
                (void)graph_unref(graph);
        }
        return 0;
}
