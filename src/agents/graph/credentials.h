/* Stored credentials that a graph's nodes ask for (dialect: Graphs, Graph execution). */
#pragma once

#include "agents/graph/graph.h"

/* An input of a node that takes credentials, which no link fills. Zeroed at first:
 *
 *         struct graph_credential c = { 0 };
 *
 *         while (graph_credential_next(graph, &c))
 */
struct graph_credential {
        const struct graph_node *node;
        const struct block_field *field;
        size_t next_node, next_field;
};

/* Goes on to the next. Returns false behind the last. */
bool graph_credential_next(const struct graph *graph, struct graph_credential *c);

/* Whether the node's author says that it may go without: `credentials_optional` of its metadata. */
bool graph_credential_is_optional(const struct graph *graph, const struct graph_node *node);

/* JSON Schema of all of them: a property for each kind of credentials, "http_host_scoped_credentials" of the providers and kinds
 * that are accepted, required unless all nodes can go without.
 *
 * ret      a new reference
 * errors   ERR_SCHEMA, ERR_NO_MEMORY
 */
_must_use_ int graph_credentials_schema(const struct graph *graph, json_t **ret);

/* Where credentials belong that are given for one run, in place of the nodes' own.
 *
 * given    object with some of the schema's properties; others are ignored
 * ret      a new reference: {node id: {input: credentials}}
 * errors   ERR_SCHEMA, ERR_NO_MEMORY
 */
_must_use_ int graph_credentials_place(const struct graph *graph, const json_t *given, json_t **ret);
