/* What a graph's document tells of itself beyond its nodes and links: computed, never taken from who sent it (dialect:
 * Graphs). All functions give new references. */
#pragma once

#include "agents/graph.h"

/* JSON Schema of the values that the graph takes (BLOCK_UI_INPUT) or gives (BLOCK_UI_OUTPUT): a property for each node of
 * that kind, by its name.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_schema(const struct graph *graph, enum block_ui ui, json_t **ret);

/* JSON Schema of the credentials that these graphs need: a property for each set of providers and kinds,
 * "openai_api_key_credentials".
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_credentials_schema(struct graph *const *graphs, size_t n, json_t **ret);

/* Whether it has a node of that kind. */
bool graph_has(const struct graph *graph, enum block_ui ui);

/* The schema of a node's input if it is one for credentials, else NULL; borrowed for ever.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_credentials_field(const struct block *block, size_t input, json_t **ret);

/* Whether a node was made to run without credentials, too. */
bool graph_credentials_optional(const struct graph *graph, const struct graph_node *node);
