#include "agents/graph_schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/block_schema.h"
#include "agents/value.h"

enum { KEY_MAX = 500 }; /* bytes of a name made of providers and kinds */

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

static int pack(json_t *properties, json_t *required, json_t **ret) {
        *ret = json_pack("{s:s, s:O, s:O}", "type", "object", "properties", properties, "required", required);
        return *ret ? 0 : -ERR_NO_MEMORY;
}

int graph_schema(const struct graph *graph, enum block_ui ui, json_t **ret) {
        json_auto_t *properties = json_object(), *required = json_array();
        int r;

        r = collect(graph, ui, properties, required);
        return r < 0 ? r : pack(properties, required, ret);
}

int graph_credentials_field(const struct block *block, size_t input, json_t **ret) {
        const struct block_schema *schema;
        json_t *field;
        int r;

        if (!strstr(block->inputs[input].schema, "\"credentials_provider\"")) {
                *ret = NULL;
                return 0;
        }
        r = block_schema_of(block, &schema);
        if (r < 0)
                return r;
        field = json_object_get(json_object_get(schema->input, "properties"), block->inputs[input].name);
        *ret = json_object_get(field, "credentials_provider") ? field : NULL;
        return 0;
}

bool graph_credentials_optional(const struct graph *graph, const struct graph_node *node) {
        const json_t *value = json_array_get(json_object_get(graph->body, "nodes"), node->index);

        return json_is_true(json_object_get(json_object_get(value, "metadata"), "credentials_optional"));
}

static int by_text(const void *a, const void *b) {
        const char *const *left = a, *const *right = b;

        return strcmp(*left, *right);
}

/* Appends the texts of a list in their order, with dashes between. */
static void append_sorted(struct strbuf *out, const json_t *list) {
        const char *texts[50];
        size_t n = 0;

        for (size_t i = 0; i < json_array_size(list) && n < ARRAY_LENGTH(texts); i++)
                if (json_is_string(json_array_get(list, i)))
                        texts[n++] = json_string_value(json_array_get(list, i));
        qsort(texts, n, sizeof(texts[0]), by_text);
        for (size_t i = 0; i < n; i++) {
                if (i)
                        strbuf_append_char(out, '-');
                strbuf_append(out, str_of(texts[i]));
        }
}

/* Adds what one input of a node needs to the properties; it is required as soon as one node can't do without. */
static int add_credentials(json_t *field, bool optional, json_t *properties, json_t *required) {
        _cleanup_(strbuf_done) struct strbuf key = STRBUF_INIT(KEY_MAX);

        append_sorted(&key, json_object_get(field, "credentials_provider"));
        strbuf_append_char(&key, '_');
        append_sorted(&key, json_object_get(field, "credentials_types"));
        strbuf_append(&key, STR("_credentials"));
        if (key.failed)
                return -ERR_NO_MEMORY;
        if (json_object_setn(properties, key.ptr, key.len, field) < 0)
                return -ERR_NO_MEMORY;
        if (optional)
                return 0;
        for (size_t i = 0; i < json_array_size(required); i++)
                if (str_eq(value_str(json_array_get(required, i)), strbuf_str(&key)))
                        return 0;
        return json_array_append_new(required, json_stringn(key.ptr, key.len)) < 0 ? -ERR_NO_MEMORY : 0;
}

int graph_credentials_schema(struct graph *const *graphs, size_t n, json_t **ret) {
        json_auto_t *properties = json_object(), *required = json_array();
        json_t *field;
        int r;

        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < graphs[i]->n_nodes; k++) {
                        const struct graph_node *node = &graphs[i]->nodes[k];

                        for (size_t input = 0; input < node->block->n_inputs; input++) {
                                r = graph_credentials_field(node->block, input, &field);
                                if (r == 0 && field)
                                        r = add_credentials(field,
                                                            graph_credentials_optional(graphs[i], node),
                                                            properties, required);
                                if (r < 0)
                                        return r;
                        }
                }
        return pack(properties, required, ret);
}
