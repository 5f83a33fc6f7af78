/* What the files that make and check a graph share. */
#pragma once

#include "agents/graph/graph.h"
#include "base/errors.h"

/* Takes over what was found elsewhere, which is then empty. What is wrong with a graph as a whole ends the search.
 * errors   ERR_GRAPH (there is a message now), ERR_NO_MEMORY */
_must_use_ int graph_problems_merge(struct graph_problems *problems, struct graph_problems *found);

/* Says what is wrong with the graph as a whole. Gives -ERR_GRAPH, for the compiler to see. */
_printf_(2, 3) void graph_problems_note(struct graph_problems *problems, const char *format, ...);
#define graph_problems_say(problems, ...) (graph_problems_note((problems), __VA_ARGS__), -ERR_GRAPH)

/* Says that a member of the document isn't what it should be. Returns -ERR_GRAPH.
 *
 * path, name   how the member is called: "nodes.3" and "id"; path is NULL for the document's own, name for the thing itself */
struct graph_shape {
        const char *type; /* "missing" */
        const char *text; /* "Field required" */
};
extern const struct graph_shape SHAPE_MISSING, SHAPE_STRING, SHAPE_OBJECT, SHAPE_LIST, SHAPE_BOOLEAN,
        SHAPE_INTEGER, SHAPE_STRING_LONG, SHAPE_LIST_LONG, SHAPE_TWICE;
void graph_problems_note_shape(struct graph_problems *problems, const char *path, const char *name,
                               const struct graph_shape *shape);

static inline int graph_problems_shape(struct graph_problems *problems, const char *path, const char *name,
                                       const struct graph_shape *shape) {
        graph_problems_note_shape(problems, path, name, shape);
        return -ERR_GRAPH;
}

/* Fills nodes and links from the document.
 * errors   ERR_GRAPH (shapes, ids, blocks, ends and pins of links), ERR_NO_MEMORY */
_must_use_ int graph_read_nodes(struct graph *graph, json_t **ret_ids, struct graph_problems *problems);
_must_use_ int graph_read_links(struct graph *graph, const json_t *ids, struct graph_problems *problems);

/* Members of the document.
 *
 * path   how a message names the object: "nodes.3"; NULL for the document itself
 * max    bytes, or items
 * ret    NULL when it is absent or null
 */
_must_use_ int graph_member_text(const json_t *object, const char *path, const char *name, size_t max,
                                 const char **ret, struct graph_problems *problems);
_must_use_ int graph_member_array(const json_t *object, const char *name, size_t max, json_t **ret,
                                  struct graph_problems *problems);

/* Looks for nodes that can never run, as far as links can tell, since they wait for a cycle that nothing starts, and notes
 * the pins that it keeps waiting.
 *
 * ret_any   whether any node runs at all
 * errors    ERR_NO_MEMORY */
_must_use_ int graph_reach(const struct graph *graph, bool *ret_any, struct graph_problems *problems);

/* Whether a node has this input or output: the block's own, or of an agent's node what its schemas list. */
bool graph_node_has_input(const struct graph_node *node, struct str pin);
bool graph_node_has_output(const struct graph_node *node, struct str pin);

/* Writes the names of a node's inputs or outputs, with commas between; what doesn't fit becomes an ellipsis. */
void graph_node_pins(const struct graph_node *node, bool outputs, char *out, size_t size);

/* Appends a name to such a list. */
void graph_list_name(char *list, size_t size, const char *name);

/* Notes links whose values can't become what they lead to, whatever the conversions between types make of them: they would
 * fail at every run.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_check_types(const struct graph *graph, struct graph_problems *problems);
