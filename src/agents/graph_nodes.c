#include <stdlib.h>

#include "agents/graph_int.h"

int graph_member_text(const json_t *object, const char *path, const char *name, const char **ret,
                      struct graph_problems *problems) {
        const json_t *value = json_object_get(object, name);

        if (value && !json_is_string(value) && !json_is_null(value))
                return graph_problems_say(problems, "%s%s%s: Input should be a valid string",
                                          path ? path : "", path ? "." : "", name);
        *ret = json_string_value(value);
        return 0;
}

int graph_member_array(const json_t *object, const char *name, size_t max, json_t **ret,
                       struct graph_problems *problems) {
        json_t *value = json_object_get(object, name);

        if (value && !json_is_array(value))
                return graph_problems_say(problems, "%s: Input should be a valid list", name);
        if (json_array_size(value) > max)
                return graph_problems_say(problems, "%s: List should have at most %zu items", name, max);
        *ret = value;
        return 0;
}

static int read_node(struct graph *graph, const json_t *value, struct graph_node *node,
                     struct graph_problems *problems) {
        const char *block_id;
        json_t *input;
        char path[32];
        int r;

        snprintf(path, sizeof(path), "nodes.%zu", node->index);
        if (!json_is_object(value))
                return graph_problems_say(problems, "%s: Input should be a valid dictionary", path);
        r = graph_member_text(value, path, "id", &node->id, problems);
        if (r < 0)
                return r;
        if (!node->id || !node->id[0])
                return graph_problems_say(problems, "%s.id: Field required", path);
        r = graph_member_text(value, path, "block_id", &block_id, problems);
        if (r < 0)
                return r;
        if (!block_id)
                return graph_problems_say(problems, "%s.block_id: Field required", path);
        input = json_object_get(value, "input_default");
        if (input && !json_is_object(input))
                return graph_problems_say(problems, "%s.input_default: Input should be a valid dictionary",
                                          path);
        node->input_default = input ? input : graph->nothing;
        node->block = block_find(str_of(block_id));
        if (!node->block)
                return graph_problems_say(problems, "Invalid block %.100s for node #%.100s", block_id,
                                          node->id);
        return 0;
}

static int read_all(struct graph *graph, const json_t *list, json_t *ids, struct graph_problems *problems) {
        int r;

        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct graph_node *node = &graph->nodes[i];

                node->index = i;
                r = read_node(graph, json_array_get(list, i), node, problems);
                if (r < 0)
                        return r;
                if (json_object_get(ids, node->id))
                        return graph_problems_say(problems, "nodes.%zu.id: node #%.100s is there twice", i,
                                                  node->id);
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
