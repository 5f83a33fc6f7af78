/* What a graph's document tells of itself beyond its nodes and links: computed, never taken from who sent it (dialect:
 * Graphs). */
#pragma once

#include "agents/graph/graph.h"

/* JSON Schema of the values that the graph takes (BLOCK_UI_INPUT) or gives (BLOCK_UI_OUTPUT): a property for each node of
 * that kind, by its name.
 *
 * ret      a new reference
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_schema(const struct graph *graph, enum block_ui ui, json_t **ret);

/* Whether it has a node of that kind. */
bool graph_has(const struct graph *graph, enum block_ui ui);
