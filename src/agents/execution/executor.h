/* The executor: a graph's execution in memory (dialect: Graph execution). It says which node runs next, takes what that
 * yields, passes it on along the links, and knows when all is done. It runs nothing itself, waits for nothing and stores
 * nothing: that is its caller's part, who may run several nodes side by side.
 *
 *     executor_new(); executor_begin();
 *     while ((e = executor_next(x))) {
 *             executor_start(x, e);
 *             … executor_yield(x, e, name, value); …
 *             executor_end(x, e, NULL);
 *     }
 *
 * One thread at a time. A node that runs another agent opens a frame: that graph's nodes are executed within the same
 * execution, and its outputs are what the node yields, as they come. */
#pragma once

#include "agents/execution/status.h"
#include "agents/graph/graph.h"

struct executor;
struct frame;

enum {
        EXECUTOR_PROBLEM_MAX = 200,
        EXECUTOR_OUTPUT_BYTES_MAX = 4 * 1024 * 1024, /* JSON text of a graph's outputs */
};

/* One run of a node. Owned by the executor until that ends; read-only for others. */
struct node_execution {
        int64_t number; /* within the execution: 1, 2, … as they were opened */
        int64_t parent; /* the node execution whose agent it is part of; 0 at the top */
        int64_t queued; /* 1, 2, … as they were queued; 0 before that */
        const struct graph_node *node;
        enum execution_status status;
        json_t *input;    /* object: what the block gets; NULL while it is INCOMPLETE */
        json_t *output;   /* object: output → array of its values; NULL when there is none yet */
        size_t n_outputs; /* values in it */
        size_t repeats; /* as many of its first outputs are there already, from a run that was cut off: they are not passed
                           on again */

        /* the executor's own */
        struct frame *frame, *child;
        struct node_execution *previous, *next; /* of its node: INCOMPLETE ones, or queued ones */
        struct node_execution *next_queued, *next_changed;
        size_t missing, missing_static; /* pins that nothing has arrived at */
        bool changed;
        json_t *pins[]; /* what has arrived, by the plan's number of the pin */
};

struct executor_limits {
        int64_t steps; /* node executions */
        size_t bytes;  /* JSON text of their inputs and outputs */
};

struct executor_config {
        struct executor_limits limits;
        json_t *given; /* inputs of nodes at the top, in place of their own: graph_credentials_place(). NULL for none; referenced */

        /* Finds the graph that an agent's node names.
         * ret      a reference
         * errors   ERR_NOT_FOUND, ERR_GRAPH (it can't be run), ERR_STORAGE, ERR_NO_MEMORY */
        int (*load)(void *data, struct str graph_id, int64_t version, struct graph **ret);
        void *data;
};

/* An execution of this graph, with nothing in it yet. The graph is referenced.
 * errors   ERR_NO_MEMORY */
_must_use_ int executor_new(struct graph *graph, const struct executor_config *config, struct executor **ret);
struct executor *executor_free(struct executor *x);

/* Queues the nodes that begin by themselves.
 *
 * inputs   object: values by the names of the graph's inputs; unknown names are ignored
 * errors   ERR_GRAPH (no node can begin), ERR_TOO_LARGE (limits: executor_problem() says which), ERR_NO_MEMORY
 */
_must_use_ int executor_begin(struct executor *x, const json_t *inputs);

/* Takes the oldest QUEUED node execution that runs a block, for executor_start(). What the executor does by itself, opening
 * agents and asking people, is done on the way.
 *
 * ret      NULL when there is none at the moment
 * errors   ERR_TOO_LARGE, ERR_NO_MEMORY, ERR_STORAGE (of `load`)
 */
_must_use_ int executor_next(struct executor *x, struct node_execution **ret);

/* It runs. */
void executor_start(struct executor *x, struct node_execution *e);

/* It was to run, and has not begun: it is QUEUED for whoever goes on with what is stored. */
void executor_put_back(struct executor *x, struct node_execution *e);

/* Takes a value that it yields, and passes it on. Steals `value`.
 * errors   ERR_TOO_LARGE, ERR_NO_MEMORY */
_must_use_ int executor_yield(struct executor *x, struct node_execution *e, const char *name, json_t *value);

/* It has ended.
 *
 * message   why it failed: its output `error`, passed on as any other; NULL when it has not
 * errors    ERR_TOO_LARGE, ERR_NO_MEMORY
 */
_must_use_ int executor_end(struct executor *x, struct node_execution *e, const char *message);

/* What a person said to a node execution in REVIEW.
 *
 * data      approved or rejected; NULL for what was shown
 * message   may be empty
 * errors    ERR_NOT_FOUND (none such waits), ERR_TOO_LARGE, ERR_NO_MEMORY
 */
_must_use_ int executor_review(struct executor *x, int64_t number, bool approved, json_t *data,
                               struct str message);

/* RUNNING while anything is queued or runs, REVIEW when only people are waited for, COMPLETED when all is done; after
 * executor_terminate() TERMINATED, and FAILED once there is a problem. */
enum execution_status executor_status(const struct executor *x);

/* Why the execution as a whole failed; empty when it has not. */
const char *executor_problem(const struct executor *x);

/* Ends it at once with a problem, in place of what still would happen. */
_printf_(2, 3) void executor_fail(struct executor *x, const char *format, ...);

/* Ends everything that has not ended: each node execution becomes TERMINATED. */
void executor_terminate(struct executor *x);

/* The graph's outputs so far: array of objects with one member each, grouped by output (dialect: Results).
 * errors   ERR_TOO_LARGE, ERR_NO_MEMORY */
_must_use_ int executor_outputs(struct executor *x, json_t **ret);

/* How many node executions there are. */
int64_t executor_steps(const struct executor *x);

/* Bytes of JSON text that its nodes got and gave so far. */
int64_t executor_bytes(const struct executor *x);

/* What has arrived for it, by the names of its pins, where that is more than its input tells: it is INCOMPLETE, has no input, or
 * later runs of its node may ask for its static pins.
 *
 * ret      a new object, or NULL when there is no need for one
 * errors   ERR_NO_MEMORY */
_must_use_ int node_execution_pins(const struct node_execution *e, json_t **ret);

/* The graph that it is part of. */
const struct graph *node_execution_graph(const struct node_execution *e);

/* How many changed since they were taken last. */
size_t executor_changes(const struct executor *x);

/* Takes one that changed since it was taken last, oldest change first; NULL when there is none. */
struct node_execution *executor_take_changed(struct executor *x);

/* A node execution as it was stored. */
struct node_execution_record {
        int64_t number, parent, queued;
        struct str node_id;
        enum execution_status status;
        json_t *pins, *input, *output; /* borrowed; NULL for none */
};

/* Puts back what was stored, instead of executor_begin(): all rows, in the order of their numbers. What was running begins
 * anew, but for blocks that act: they fail, since nobody knows whether they ran.
 *
 * errors   ERR_STORAGE (the rows contradict the graph), those of executor_next()
 */
_must_use_ int executor_restore(struct executor *x, const struct node_execution_record *rows, size_t n);
