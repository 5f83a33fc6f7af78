/* The executor's inside. */
#pragma once

#include "agents/execution/executor.h"

/* --- plan.c: what a graph's links come to, worked out once for each frame's graph --- */

struct plan_pin {
        const char *name;
        bool is_static; /* some link to it is */
};

/* Where a node's output goes. */
struct plan_way {
        struct str output; /* base name of the source pin */
        const struct graph_link *link;
        size_t pin; /* of the sink */
        bool dynamic;
};

struct plan_node {
        struct plan_pin *pins; /* that links lead to, each once */
        size_t n_pins, n_static;
        size_t first_pin;      /* of all pins of the graph */
        struct plan_way *ways; /* in the order of their outputs' names; of one output, in the graph's order */
        size_t n_ways;
};

struct plan {
        struct plan *next;   /* of the executor's */
        struct graph *graph; /* a reference */
        struct plan_node *nodes;
        struct plan_pin *pins;
        struct plan_way *ways;
        size_t n_pins;
};

/* graph   another reference is taken */
_must_use_ int plan_new(struct graph *graph, struct plan **ret);
struct plan *plan_free(struct plan *plan);

/* The ways of an output: the first, and how many. */
const struct plan_way *plan_ways(const struct plan_node *node, struct str output, size_t *ret_n);

/* --- frames --- */

struct node_state {
        struct node_execution *incomplete, *last_incomplete; /* oldest first */
        struct node_execution
                *newest; /* of those that were queued and did not fail; they hang together by `previous` */
};

/* One run of a graph: the execution's own, or that of an agent within it. */
struct frame {
        struct frame *next; /* of the executor's */
        struct executor *executor;
        struct node_execution *parent; /* NULL at the top */
        const struct plan *plan;
        struct node_state *states; /* by the node's index */
        struct node_execution *
                *lacking; /* by pin: the oldest INCOMPLETE one that nothing has arrived for there */
        struct node_execution **outputs;         /* runs of output nodes, as they were queued */
        size_t n_outputs, max_outputs, n_passed; /* n_passed: as many of them the parent has */
        size_t active, reviewing; /* node executions that are queued or run; that wait for a person */
        unsigned depth;
        bool settled; /* all in it has ended, and was told to the parent */
};

struct executor {
        struct executor_config config;
        struct plan *plans; /* of all graphs that were opened */
        struct frame *root, *frames;
        size_t active, reviewing, open; /* of all frames; open: nodes whose agent is at work */
        struct node_execution **all;    /* by number - 1 */
        int64_t steps, max_steps, queued, deliveries;
        size_t bytes;
        struct node_execution *first_queued, *last_queued, *first_changed, *last_changed;
        size_t changes;
        bool terminated;
        char problem[EXECUTOR_PROBLEM_MAX + 1];
};

_must_use_ int frame_new(struct executor *x, const struct plan *plan, struct node_execution *parent,
                         struct frame **ret);
void frame_free(struct frame *frame);
_must_use_ int frame_begin(struct frame *frame, const json_t *inputs);

/* When nothing goes on in it any more, the parent has ended. */
_must_use_ int frame_settle(struct frame *frame);

/* The parent yields the outputs that have come since. */
_must_use_ int frame_pass_on(struct frame *frame);

/* Finds out how many the parent has, in what was restored. */
void frame_resume(struct frame *frame);

/* Notes a run of an output node, in the order in which they were queued. */
_must_use_ int frame_note_output(struct node_execution *e);

/* Notes that a node execution more, or less, goes on in it. */
void frame_count(struct frame *frame, int more);

/* Opens the agent that a running node names: finds its graph, makes its frame. What is wrong with it is the node's failure.
 * ret   NULL when it failed */
_must_use_ int agent_open(struct executor *x, struct node_execution *e, struct frame **ret);

void executor_changed(struct executor *x, struct node_execution *e);
void executor_push(struct executor *x, struct node_execution *e); /* to the end of the queue */

/* A new one of this node, not yet in any list. */
_must_use_ int node_execution_new(struct frame *frame, const struct graph_node *node,
                                  struct node_execution **ret);

/* --- executor_deliver.c --- */

/* Passes a value on along every link of an output. */
_must_use_ int deliver(struct node_execution *from, struct str output, json_t *value);

/* Gives it its input and queues it; without one if that can't be put together.
 * value   of a graph's input; NULL for none */
_must_use_ int node_execution_queue(struct node_execution *e, json_t *value);

/* Makes an input of what has arrived.
 * errors   ERR_BLOCK with a problem, ERR_NO_MEMORY */
_must_use_ int node_execution_input(const struct node_execution *e, char ret_problem[EXECUTOR_PROBLEM_MAX],
                                    json_t **ret);

/* Holds a value against the limits. errors: ERR_TOO_LARGE */
_must_use_ int executor_count_bytes(struct executor *x, const json_t *value);

/* Into the lists of its node, as its status says. */
void node_state_add_incomplete(struct node_execution *e);
void node_state_add_newest(struct node_execution *e);
void node_state_remove_newest(struct node_execution *e);
