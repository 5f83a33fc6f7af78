/* Whether the values of a link's output can become what its input asks for. Outputs fit inputs loosely (agents/value/convert.h):
 * nearly everything converts. What is left are links that fail at every run: to one of a few words from what is no text, to a
 * date from a number, and into parts of what has none. */
#include <stdio.h>

#include "agents/block_schema.h"
#include "agents/graph/graph_int.h"
#include "agents/value/value.h"

/* Kinds of JSON values, a bit each. */
enum kind {
        KIND_NULL = 1 << 0,
        KIND_BOOLEAN = 1 << 1,
        KIND_NUMBER = 1 << 2,
        KIND_STRING = 1 << 3,
        KIND_ARRAY = 1 << 4,
        KIND_OBJECT = 1 << 5,
        KIND_ANY = (1 << 6) - 1,
};

static const struct {
        const char *type, *called;
        unsigned kinds;
} types[] = {
        { "boolean", "a boolean", KIND_BOOLEAN },
        { "integer", "a number", KIND_NUMBER },
        { "number", "a number", KIND_NUMBER },
        { "string", "a text", KIND_STRING },
        { "array", "a list", KIND_ARRAY },
        { "object", "a dictionary", KIND_OBJECT },
        { "null", "null", KIND_NULL },
};

static unsigned kind_of(const json_t *value) {
        switch (json_typeof(value)) {
        case JSON_NULL:
                return KIND_NULL;
        case JSON_TRUE:
        case JSON_FALSE:
                return KIND_BOOLEAN;
        case JSON_INTEGER:
        case JSON_REAL:
                return KIND_NUMBER;
        case JSON_STRING:
                return KIND_STRING;
        case JSON_ARRAY:
                return KIND_ARRAY;
        case JSON_OBJECT:
                break;
        }
        return KIND_OBJECT;
}

static unsigned kinds_of_type(const json_t *type) {
        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (str_eq(value_str(type), str_of(types[i].type)))
                        return types[i].kinds;
        return KIND_ANY;
}

/* The alternatives of a schema: its `anyOf` or `oneOf`; NULL when it has none. */
static const json_t *alternatives(const json_t *schema) {
        const json_t *list = json_object_get(schema, "anyOf");

        return json_is_array(list) ? list : json_object_get(schema, "oneOf");
}

/* What kinds of values a schema lets through, as far as it says so. Agents' schemas come from their authors, whose depth the
 * parser bounds. */
static unsigned kinds_of(const json_t *schema) {
        const json_t *type = json_object_get(schema, "type"), *any = alternatives(schema), *each;
        unsigned kinds = 0;
        size_t i;

        if (json_is_array(any)) {
                json_array_foreach(any, i, each) kinds |= kinds_of(each);
                return kinds ? kinds : KIND_ANY;
        }
        if (json_is_array(type)) {
                json_array_foreach(type, i, each) kinds |= kinds_of_type(each);
                return kinds ? kinds : KIND_ANY;
        }
        return type ? kinds_of_type(type) : KIND_ANY;
}

/* Whether a text may be what a value of these kinds converts to: it is then the value's JSON. */
static bool text_from(const json_t *text, unsigned kinds) {
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *value = NULL;

        if (kinds & KIND_STRING)
                return true;
        return value_parse(value_str(text), false, &value, problem) == 0 && (kind_of(value) & kinds);
}

static bool one_of_from(const json_t *options, unsigned kinds) {
        const json_t *option;
        size_t i;

        json_array_foreach(options, i,
                           option) if (!json_is_string(option) || text_from(option, kinds)) return true;
        return json_array_size(options) == 0;
}

/* Formats that the JSON of nothing but a text has. */
static bool needs_text(const json_t *schema) {
        static const char *const formats[] = { "date", "time", "date-time", "uuid", "email", "uri" };
        struct str format = value_str(json_object_get(schema, "format"));

        for (size_t i = 0; i < ARRAY_LENGTH(formats) && format.ptr; i++)
                if (str_eq(format, str_of(formats[i])))
                        return kinds_of(schema) == KIND_STRING;
        return false;
}

static bool may_become(const json_t *schema, unsigned kinds) {
        const json_t *any = alternatives(schema), *options = json_object_get(schema, "enum"), *each;
        size_t i;

        if (json_is_array(any)) {
                json_array_foreach(any, i, each) if (may_become(each, kinds)) return true;
                return json_array_size(any) == 0;
        }
        if (kinds_of(schema) == KIND_NULL)
                return kinds & KIND_NULL; /* nothing converts to null */
        if (json_is_array(options))
                return one_of_from(options, kinds);
        return !needs_text(schema) || (kinds & KIND_STRING);
}

static int pin_schema(const struct graph_node *node, bool output, struct str pin, const json_t **ret) {
        const struct block_schema *schema;
        const json_t *of;
        int r;

        if (node->block->ui == BLOCK_UI_AGENT) {
                of = json_object_get(node->input_default, output ? "output_schema" : "input_schema");
        } else {
                r = block_schema_of(node->block, &schema);
                if (r < 0)
                        return r;
                of = output ? schema->output : schema->input;
        }
        *ret = json_object_getn(json_object_get(of, "properties"), pin.ptr, pin.len);
        return 0;
}

static void name_kinds(unsigned kinds, char *out, size_t size) {
        unsigned named = 0;

        out[0] = '\0';
        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (types[i].kinds & kinds & ~named) {
                        size_t used = strlen(out);

                        snprintf(out + used, size - used, "%s%s", used ? " or " : "", types[i].called);
                        named |= types[i].kinds;
                }
}

/* The first part that an output's pin reaches for: of a list, or of a dictionary. 0 when it takes the whole. */
static unsigned part_of(struct str pin, struct str base) {
        if (pin.len == base.len)
                return 0;
        return pin.ptr[base.len + 1] == '$' ? KIND_ARRAY : KIND_OBJECT;
}

static int check_link(const struct graph_link *link, struct graph_problems *problems) {
        struct str source_pin = str_of(link->source_name), source_base = graph_pin_base(source_pin);
        struct str sink_pin = str_of(link->sink_name), sink_base = graph_pin_base(sink_pin);
        unsigned part = part_of(source_pin, source_base), kinds;
        const json_t *source, *sink;
        char called[100];
        int r;

        r = pin_schema(link->source, true, source_base, &source);
        if (r == 0)
                r = pin_schema(link->sink, false, sink_base, &sink);
        if (r < 0)
                return r;
        kinds = kinds_of(source);
        name_kinds(kinds, called, sizeof(called));
        if (part && !(kinds & part))
                return graph_problems_add(problems, link->sink->id, link->sink_name,
                                          "Incompatible types: `%.*s` of node #%s is %s, which has no %s",
                                          (int)MIN_OF(source_base.len, (size_t)100), source_base.ptr,
                                          link->source->id, called, part == KIND_ARRAY ? "items" : "entries");
        if (part || sink_base.len != sink_pin.len || may_become(sink, kinds))
                return 0;
        return graph_problems_add(
                problems, link->sink->id, link->sink_name,
                "Incompatible types: `%.100s` of node #%s is %s, which never becomes what `%.100s` takes",
                link->source_name, link->source->id, called, link->sink_name);
}

int graph_check_types(const struct graph *graph, struct graph_problems *problems) {
        int r;

        for (size_t i = 0; i < graph->n_links; i++) {
                r = check_link(&graph->links[i], problems);
                if (r < 0)
                        return r;
        }
        return 0;
}
