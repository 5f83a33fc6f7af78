/* Graphs written down in a few words, and a caller of the executor that runs their blocks in an order drawn by lot, several at
 * a time, and is cut off now and then. */
#pragma once

#include "unit.h"

#include "agents/execution/executor.h"

struct flow {
        json_t *nodes, *links;
        int version;
};

void flow_init(struct flow *f);

/* A node.
 *
 * block   class name: "CalculatorBlock"
 * input   JSON text of its input_default
 */
void flow_node(struct flow *f, const char *id, const char *block, const char *input);

/* A link, "node.pin" to "node.pin". */
void flow_link(struct flow *f, const char *from, const char *to);
void flow_static_link(struct flow *f, const char *from, const char *to);

/* The graph; ends the flow. */
struct graph *flow_graph(struct flow *f);

struct trial {
        /* set by the test */
        struct graph *graph;
        struct graph *const *agents; /* graphs that nodes may name by their index as version; NULL for none */
        size_t n_agents;
        unsigned parallel;             /* node executions at a time; 0 for 1 */
        unsigned seed;                 /* of the lot; 0: always the oldest */
        unsigned cut;                  /* cut off after one step in so many, on average; 0 for never */
        struct executor_limits limits; /* 0 for plenty */

        /* what came of it */
        struct executor *x;
        int result;
        unsigned cuts;
        unsigned lot;
};

void trial_run(struct trial *t, const char *inputs);

/* Goes on with what was stored, by whomever. */
void trial_restore(struct trial *t, const struct node_execution_record *rows, size_t n);

/* Goes on, after a person's answer. */
void trial_go_on(struct trial *t);
void trial_end(struct trial *t);

/* The outputs as JSON text: [{"Output":42}]; to be freed. */
char *trial_outputs(const struct trial *t);
#define assert_outputs(t, wanted)                  \
        do {                                       \
                char *got_ = trial_outputs(t);     \
                assert_string_equal(got_, wanted); \
                free(got_);                        \
        } while (0)

/* All executions of a node, by number: "COMPLETED FAILED". */
void trial_statuses(const struct trial *t, const char *node, char *out, size_t size);
#define assert_statuses(t, node, wanted)                       \
        do {                                                   \
                char text_[400];                               \
                trial_statuses(t, node, text_, sizeof(text_)); \
                assert_string_equal(text_, wanted);            \
        } while (0)

/* The n-th execution of a node. */
const struct node_execution *trial_execution(const struct trial *t, const char *node, size_t n);
