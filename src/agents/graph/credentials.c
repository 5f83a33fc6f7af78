#include "agents/graph/credentials.h"

#include "agents/block_schema.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "base/strbuf.h"

enum { KEY_MAX = 1000 };

static bool is_linked(const struct graph_node *node, const char *pin) {
        for (size_t i = 0; i < node->n_inputs; i++)
                if (str_eq(graph_pin_base(str_of(node->inputs[i]->sink_name)), str_of(pin)))
                        return true;
        return false;
}

bool graph_credential_next(const struct graph *graph, struct graph_credential *c) {
        for (; c->next_node < graph->n_nodes; c->next_node++, c->next_field = 0) {
                const struct graph_node *node = &graph->nodes[c->next_node];

                while (c->next_field < node->block->n_inputs) {
                        const struct block_field *field = &node->block->inputs[c->next_field++];

                        if (!(field->flags & FIELD_CREDENTIALS) || is_linked(node, field->name))
                                continue;
                        c->node = node;
                        c->field = field;
                        return true;
                }
        }
        return false;
}

bool graph_credential_is_optional(const struct graph *graph, const struct graph_node *node) {
        const json_t *document = json_array_get(json_object_get(graph->body, "nodes"), node->index);

        return json_is_true(json_object_get(json_object_get(document, "metadata"), "credentials_optional"));
}

static void write_words(struct strbuf *out, const json_t *list) {
        const json_t *word;
        size_t i;

        json_array_foreach(list, i, word) {
                strbuf_append(out, i ? STR("-") : STR(""));
                strbuf_append(out, value_str(word));
        }
        strbuf_append(out, STR("_"));
}

/* The name that it has in the schema, and the schema's part for it. */
static int describe(const struct graph_credential *c, struct strbuf *ret_key, json_t **ret_property) {
        const struct block_schema *schema;
        json_t *property;
        int r;

        r = block_schema_of(c->node->block, &schema);
        if (r < 0)
                return r;
        property = json_object_get(json_object_get(schema->input, "properties"), c->field->name);
        write_words(ret_key, json_object_get(property, "credentials_provider"));
        write_words(ret_key, json_object_get(property, "credentials_types"));
        strbuf_append(ret_key, STR("credentials"));
        *ret_property = property;
        return ret_key->failed ? -ERR_NO_MEMORY : 0;
}

/* What was given for one; NULL if nothing was. */
static int find_given(const json_t *given, const struct graph_credential *c, json_t **ret) {
        _cleanup_(strbuf_done) struct strbuf key = STRBUF_INIT(KEY_MAX);
        json_t *property;
        int r;

        r = describe(c, &key, &property);
        if (r < 0)
                return r;
        *ret = json_object_getn(given, key.ptr, key.len);
        return 0;
}

static int place(const struct graph_credential *c, json_t *value, json_t *places) {
        json_t *inputs = json_object_get(places, c->node->id);

        if (!inputs) {
                inputs = json_object();
                if (json_object_set_new(places, c->node->id, inputs) < 0)
                        return -ERR_NO_MEMORY;
        }
        return json_object_set(inputs, c->field->name, value) < 0 ? -ERR_NO_MEMORY : 0;
}

int graph_credentials_place(const struct graph *graph, const json_t *given, json_t **ret) {
        json_auto_t *places = json_object();
        struct graph_credential c = { 0 };
        int r = places ? 0 : -ERR_NO_MEMORY;

        while (r == 0 && json_object_size(given) > 0 && graph_credential_next(graph, &c)) {
                json_t *value;

                r = find_given(given, &c, &value);
                if (r == 0 && value)
                        r = place(&c, value, places);
        }
        if (r == 0)
                *ret = json_incref(places);
        return r;
}

static int collect(const struct graph *graph, const struct graph_credential *c, json_t *properties,
                   json_t *required) {
        _cleanup_(strbuf_done) struct strbuf key = STRBUF_INIT(KEY_MAX);
        json_t *property;
        int r;

        r = describe(c, &key, &property);
        if (r < 0)
                return r;
        if (json_object_setn(properties, key.ptr, key.len, property) < 0)
                return -ERR_NO_MEMORY;
        if (graph_credential_is_optional(graph, c->node))
                return 0;
        return json_object_setn_new(required, key.ptr, key.len, json_true()) < 0 ? -ERR_NO_MEMORY : 0;
}

int graph_credentials_schema(const struct graph *graph, json_t **ret) {
        json_auto_t *properties = json_object(), *needed = json_object(), *required = json_array();
        struct graph_credential c = { 0 };
        const char *key;
        json_t *value;
        int r = 0;

        while (r == 0 && graph_credential_next(graph, &c))
                r = collect(graph, &c, properties, needed);
        if (r < 0)
                return r;
        json_object_foreach(needed, key, value) {
                if (json_array_append_new(required, json_string(key)) < 0)
                        return -ERR_NO_MEMORY;
        }
        *ret = json_pack("{s:s, s:O, s:O}", "type", "object", "properties", properties, "required", required);
        return *ret ? 0 : -ERR_NO_MEMORY;
}
