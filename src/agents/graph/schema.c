#include "agents/graph/schema.h"

#include "agents/block_schema.h"
#include "base/errors.h"

bool graph_has(const struct graph *graph, enum block_ui ui) {
        for (size_t i = 0; i < graph->n_nodes; i++)
                if (graph->nodes[i].block->ui == ui)
                        return true;
        return false;
}

static bool is_set(const json_t *value) {
        return value && !json_is_null(value);
}

/* A text of a node's that is there and not empty; NULL otherwise. */
static json_t *text_of(const struct graph_node *node, const char *name) {
        json_t *value = json_object_get(node->input_default, name);

        return json_string_length(value) ? value : NULL;
}

/* What there is to choose from, where the block has options; under their newer or their older name. */
static json_t *options_of(const struct graph_node *node, const json_t *properties) {
        json_t *options = json_object_get(node->input_default, "options");

        if (!json_object_get(properties, "options"))
                return NULL;
        if (json_array_size(options) == 0)
                options = json_object_get(node->input_default, "placeholder_values");
        return json_array_size(options) ? options : NULL;
}

/* A node's property: the schema of its value, and what its author says of it. */
static int describe(const struct graph_node *node, json_t **ret) {
        const struct block_schema *schema;
        json_t *value = json_object_get(node->input_default, "value"), *properties, *options, *title;
        json_auto_t *property = NULL;
        int r;

        r = block_schema_of(node->block, &schema);
        if (r < 0)
                return r;
        if (!value)
                value = json_object_get(schema->defaults, "value");
        properties = json_object_get(schema->input, "properties");
        options = options_of(node, properties);
        title = text_of(node, "title");
        property = json_copy(json_object_get(properties, "value"));
        if (!property && !(property = json_object()))
                return -ERR_NO_MEMORY;
        (void)json_object_del(property, "default");
        (void)json_object_del(property, "description");
        r = options ? json_object_set(property, "enum", options) : 0;
        r |= json_object_set_new(property, "secret",
                                 json_boolean(json_is_true(json_object_get(node->input_default, "secret"))));
        r |= json_object_set_new(property, "advanced",
                                 json_boolean(is_set(value) && json_is_true(json_object_get(
                                                                       node->input_default, "advanced"))));
        r |= json_object_set(property, "title", title ? title : text_of(node, "name"));
        if (text_of(node, "description"))
                r |= json_object_set(property, "description", text_of(node, "description"));
        if (is_set(value))
                r |= json_object_set(property, "default", value);
        if (r < 0)
                return -ERR_NO_MEMORY;
        *ret = TAKE(property);
        return 0;
}

/* Of several nodes with one name the last one counts: the list of what is required, since it has no default, is made when all
 * are known. */
static int collect(const struct graph *graph, enum block_ui ui, json_t *properties, json_t *required) {
        const char *name;
        json_t *property;
        int r;

        for (size_t i = 0; i < graph->n_nodes; i++) {
                const struct graph_node *node = &graph->nodes[i];

                if (node->block->ui != ui || !text_of(node, "name"))
                        continue;
                r = describe(node, &property);
                if (r < 0)
                        return r;
                if (json_object_set_new(properties, json_string_value(text_of(node, "name")), property) < 0)
                        return -ERR_NO_MEMORY;
        }
        json_object_foreach(properties, name,
                            property) if (!json_object_get(property, "default") &&
                                          json_array_append_new(required, json_string(name)) <
                                                  0) return -ERR_NO_MEMORY;
        return 0;
}

int graph_schema(const struct graph *graph, enum block_ui ui, json_t **ret) {
        json_auto_t *properties = json_object(), *required = json_array();
        int r;

        r = collect(graph, ui, properties, required);
        if (r < 0)
                return r;
        *ret = json_pack("{s:s, s:O, s:O}", "type", "object", "properties", properties, "required", required);
        return *ret ? 0 : -ERR_NO_MEMORY;
}
