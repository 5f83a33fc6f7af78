#include <stdio.h>
#include <stdlib.h>

#include "agents/graph/graph_int.h"

int graph_member_text(const json_t *object, const char *path, const char *name, size_t max, const char **ret,
                      struct graph_problems *problems) {
        const json_t *value = json_object_get(object, name);

        if (value && !json_is_string(value) && !json_is_null(value))
                return graph_problems_shape(problems, path, name, &SHAPE_STRING);
        if (json_string_length(value) > max)
                return graph_problems_shape(problems, path, name, &SHAPE_STRING_LONG);
        *ret = json_string_value(value);
        return 0;
}

int graph_member_array(const json_t *object, const char *name, size_t max, json_t **ret,
                       struct graph_problems *problems) {
        json_t *value = json_object_get(object, name);

        if (value && !json_is_array(value))
                return graph_problems_shape(problems, NULL, name, &SHAPE_LIST);
        if (json_array_size(value) > max)
                return graph_problems_shape(problems, NULL, name, &SHAPE_LIST_LONG);
        *ret = value;
        return 0;
}

/* Without an id, as when it is about to be given one, a node has the empty one, and nothing can be linked to it. */
static int read_node(struct graph *graph, const json_t *value, struct graph_node *node,
                     struct graph_problems *problems) {
        const char *block_id;
        json_t *input;
        char path[32];
        int r;

        snprintf(path, sizeof(path), "nodes.%zu", node->index);
        if (!json_is_object(value))
                return graph_problems_shape(problems, path, NULL, &SHAPE_OBJECT);
        r = graph_member_text(value, path, "id", GRAPH_NODE_ID_MAX, &node->id, problems);
        if (r < 0)
                return r;
        if (!node->id)
                node->id = "";
        r = graph_member_text(value, path, "block_id", SIZE_MAX, &block_id, problems);
        if (r < 0)
                return r;
        if (!block_id)
                return graph_problems_shape(problems, path, "block_id", &SHAPE_MISSING);
        input = json_object_get(value, "input_default");
        if (input && !json_is_object(input))
                return graph_problems_shape(problems, path, "input_default", &SHAPE_OBJECT);
        node->input_default = input ? input : graph->nothing;
        node->block = block_find(str_of(block_id));
        if (!node->block)
                return graph_problems_say(problems, "Invalid block %.100s for node #%s", block_id, node->id);
        return 0;
}

static int read_all(struct graph *graph, const json_t *list, json_t *ids, struct graph_problems *problems) {
        int r;

        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct graph_node *node = &graph->nodes[i];
                char path[32];

                node->index = i;
                r = read_node(graph, json_array_get(list, i), node, problems);
                if (r < 0)
                        return r;
                if (!node->id[0])
                        continue;
                snprintf(path, sizeof(path), "nodes.%zu", i);
                if (json_object_get(ids, node->id))
                        return graph_problems_shape(problems, path, "id", &SHAPE_TWICE);
                if (json_object_set_new(ids, node->id, json_integer((json_int_t)i)) < 0)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

int graph_read_nodes(struct graph *graph, json_t **ret_ids, struct graph_problems *problems) {
        json_t *list, *ids;
        int r;

        r = graph_member_array(graph->body, "nodes", GRAPH_NODES_MAX, &list, problems);
        if (r < 0)
                return r;
        graph->n_nodes = json_array_size(list);
        graph->nodes = calloc(graph->n_nodes + 1, sizeof(*graph->nodes));
        ids = json_object();
        r = graph->nodes && ids ? read_all(graph, list, ids, problems) : -ERR_NO_MEMORY;
        if (r < 0) {
                json_decref(ids);
                return r;
        }
        *ret_ids = ids;
        return 0;
}
