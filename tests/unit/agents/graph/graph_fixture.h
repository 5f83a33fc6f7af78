/* Graphs for tests, written down briefly: single quotes stand for double ones, and names of blocks for their ids. */
#pragma once

#include "unit.h"

#include "agents/graph/graph.h"

/* The document, blocks' names replaced: {'nodes': [{'id': 'a', 'block_id': 'CalculatorBlock'}]}. Fails the test if it is no
 * JSON. A new reference. */
json_t *graph_fixture_parse(const char *text);

/* A good graph of a document. */
struct graph *graph_fixture_new(const char *text);

/* Fails the test unless graph_new() refuses the document, and says what it says of it. To be freed. */
char *graph_fixture_refused(const char *text);

/* Likewise of graph_check_inputs(), of a graph that is good so far; NULL when it says nothing. */
char *graph_fixture_lacks(const char *text, const char *inputs);
