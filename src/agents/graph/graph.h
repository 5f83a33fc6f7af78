/* A graph in memory: an agent's nodes and the links between them, checked, ready to run (dialect: Graphs). Immutable once
 * made, and counted: versions never change, so one copy serves all threads. */
#pragma once

#include <jansson.h>
#include <stdatomic.h>

#include "agents/block.h"

enum {
        GRAPH_BYTES_MAX = 4 * 1024 * 1024, /* JSON text of a whole graph with its sub-graphs */
        GRAPH_NODES_MAX = 100000,
        GRAPH_LINKS_MAX = 400000,
        GRAPH_SUB_GRAPHS_MAX = 50,
        GRAPH_DEPTH_MAX = 10, /* agents that run agents */

        /* bytes */
        GRAPH_ID_LENGTH = 36,    /* UUID */
        GRAPH_NAME_MAX = 500,    /* of a graph */
        GRAPH_TEXT_MAX = 20000,  /* of a description, or of instructions */
        GRAPH_NODE_ID_MAX = 200, /* of a link, too */
        GRAPH_PIN_MAX = 500,     /* of a pin's name */
        GRAPH_MESSAGE_MAX = 511,
        GRAPH_FIELD_MAX = 79,

        GRAPH_PROBLEMS_MAX = 100, /* faults of pins that are told of one graph */
};

struct graph_link {
        const char *id;
        struct graph_node *source, *sink;
        const char *source_name, *sink_name; /* pins; may hold the delimiters of dynamic pins: _$_ _#_ _@_ */
        bool is_static;
};

struct graph_node {
        const char *id;
        size_t index; /* in graph->nodes */
        const struct block *block;
        json_t *input_default;                 /* object */
        struct graph_link **outputs, **inputs; /* links from and to it, in the graph's order */
        size_t n_outputs, n_inputs;
};

struct graph {
        atomic_uint references;
        char id[GRAPH_ID_LENGTH + 1];
        int64_t version;
        const char *name, *description;
        json_t *body;    /* the document that all of this borrows from */
        json_t *nothing; /* an empty object: the input_default of nodes that have none */
        struct graph_node *nodes;
        size_t n_nodes;
        struct graph_link *links;
        size_t n_links;
        struct graph_link **ends; /* what the nodes' lists of links are parts of */
};

/* What is wrong with a graph, in the Platform's words. */
struct graph_problems {
        json_t *by_node;                     /* object: node id → object: pin → message; NULL for none */
        size_t n;                            /* messages in it */
        char message[GRAPH_MESSAGE_MAX + 1]; /* of the graph as a whole; empty if only nodes are at fault */

        /* Where the document isn't the shape of a graph: its member at fault, "nodes.3.block_id", and how the Platform's
         * validation names the fault, "missing"; `message` says it in words. Empty and NULL otherwise. */
        char field[GRAPH_FIELD_MAX + 1];
        const char *type;
};

/* Makes a graph of a document in the wire form.
 *
 * body           object; another reference is taken
 * ret_problems   on ERR_GRAPH: what is wrong, to be released by graph_problems_end()
 * errors         ERR_GRAPH, ERR_NO_MEMORY
 */
_must_use_ int graph_new(json_t *body, struct graph **ret, struct graph_problems *ret_problems);

struct graph *graph_ref(struct graph *graph);
struct graph *graph_unref(struct graph *graph);

/* What must hold before it runs, beyond what graph_new() checked: every required input has a link or a value. When it is not
 * run yet, links are also held to the types of what they connect.
 *
 * inputs         the caller's, by the names of its input nodes; NULL when it is not run yet: then only the nodes of input,
 *                output and agent blocks are held to it
 * given          inputs of nodes that are given for this run: {node id: {input: value}}; NULL for none
 * errors         ERR_GRAPH with problems, ERR_NO_MEMORY
 */
_must_use_ int graph_check_inputs(const struct graph *graph, const json_t *inputs, const json_t *given,
                                  struct graph_problems *ret_problems);

/* Notes what is wrong with a pin; the first word about it stays, and what comes after GRAPH_PROBLEMS_MAX is dropped.
 * errors   ERR_NO_MEMORY */
_must_use_ _printf_(4, 5) int graph_problems_add(struct graph_problems *problems, const char *node_id,
                                                 const char *pin, const char *format, ...);

/* "Graph validation failed: 2 issues on 1 nodes\n  node:\n    field: error" (dialect: Graphs). Writes into `out`. */
struct strbuf;
void graph_problems_write(const struct graph_problems *problems, struct strbuf *out);
void graph_problems_end(struct graph_problems *problems);

/* Whether a node can begin by itself: it has no incoming links, or takes an input of the graph. */
bool graph_node_starts(const struct graph_node *node);

#define GRAPH_NO_START                                                                              \
        "No starting nodes found for the graph, make sure an AgentInput or blocks with no inbound " \
        "links are present as starting nodes."

/* The pin that a dynamic pin is a part of: what stands before the first of the delimiters _$_ _#_ _@_ _^_. */
struct str graph_pin_base(struct str pin);
