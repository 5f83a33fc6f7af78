#include <stddef.h>
#include <stdlib.h>

#include "base/json_pointer.h"
#include "base/json_schema_compile_int.h"

static void *list_of(struct schema_compile *c, size_t n, size_t size) {
        return arena_alloc_array(&c->schema->arena, n + 1, size);
}

static int take_type(struct schema_compile *c, struct schema_node *node, json_t *value) {
        static const char *const names[] = { "null",   "boolean", "integer", "number",
                                             "string", "array",   "object" };
        size_t n = json_is_array(value) ? json_array_size(value) : 1;

        for (size_t i = 0; i < n; i++) {
                const char *name = json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
                unsigned bit = 0;

                while (name && bit < ARRAY_LENGTH(names) && strcmp(names[bit], name) != 0)
                        bit++;
                if (!name || bit == ARRAY_LENGTH(names))
                        return schema_wrong(c, "not a type");
                node->types |= 1u << bit;
        }
        return n ? 0 : schema_wrong(c, "no type would do");
}

static int take_format(struct schema_compile *c _unused_, struct schema_node *node, json_t *value) {
        static const char *const names[] = {
                [FORMAT_UUID] = "uuid", [FORMAT_DATE] = "date",   [FORMAT_DATE_TIME] = "date-time",
                [FORMAT_TIME] = "time", [FORMAT_EMAIL] = "email", [FORMAT_URI] = "uri"
        };
        const char *name = json_string_value(value);

        for (size_t i = FORMAT_UUID; name && i < ARRAY_LENGTH(names); i++)
                if (strcmp(names[i], name) == 0)
                        node->format = (enum schema_format)i;
        return 0;
}

static int take_pattern(struct schema_compile *c, struct schema_node *node, json_t *value) {
        if (!json_is_string(value))
                return schema_wrong(c, "a pattern is a string");
        return schema_pattern_of(c, json_string_value(value), &node->pattern);
}

static int take_properties(struct schema_compile *c, struct schema_node *node, json_t *value) {
        struct schema_properties *properties = &node->properties;
        const char *name;
        json_t *schema;
        int r;

        if (!json_is_object(value))
                return schema_wrong(c, "must be an object");
        properties->by_name = value;
        properties->list = list_of(c, json_object_size(value), sizeof(*properties->list));
        if (!properties->list)
                return -ERR_NO_MEMORY;
        json_object_foreach(value, name, schema) {
                struct schema_property *property = &properties->list[properties->n++];

                property->name = name;
                r = schema_node_of(c, schema, name, &property->node);
                if (r < 0)
                        return r;
        }
        return 0;
}

static struct schema_property *find_property(const struct schema_properties *properties, const char *name) {
        if (!json_object_get(properties->by_name, name))
                return NULL;
        for (size_t i = 0; i < properties->n; i++)
                if (strcmp(properties->list[i].name, name) == 0)
                        return &properties->list[i];
        return NULL;
}

/* Comes after "properties": those that are required are marked, others follow them. */
static int take_required(struct schema_compile *c, struct schema_node *node, json_t *value) {
        struct schema_properties *properties = &node->properties;
        size_t n = json_array_size(value);
        struct schema_property *list;

        if (!json_is_array(value))
                return schema_wrong(c, "must be an array of names");
        list = list_of(c, properties->n + n, sizeof(*list));
        if (!list)
                return -ERR_NO_MEMORY;
        if (properties->n > 0)
                memcpy(list, properties->list, properties->n * sizeof(*list));
        properties->list = list;
        for (size_t i = 0; i < n; i++) {
                const char *name = json_string_value(json_array_get(value, i));
                struct schema_property *property;

                if (!name)
                        return schema_wrong(c, "must be an array of names");
                property = find_property(properties, name);
                if (!property) {
                        property = &list[properties->n++];
                        property->name = name;
                }
                property->required = true;
        }
        return 0;
}

static int take_pattern_properties(struct schema_compile *c, struct schema_node *node, json_t *value) {
        const char *text;
        json_t *schema;
        int r;

        if (!json_is_object(value))
                return schema_wrong(c, "must be an object");
        node->patterns.list = list_of(c, json_object_size(value), sizeof(*node->patterns.list));
        if (!node->patterns.list)
                return -ERR_NO_MEMORY;
        json_object_foreach(value, text, schema) {
                struct schema_pattern **pattern = &node->patterns.list[node->patterns.n++];

                r = schema_pattern_of(c, text, pattern);
                if (r == 0)
                        r = schema_node_of(c, schema, text, &(*pattern)->node);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* dependentRequired: lists of names; dependentSchemas: schemas. */
static int take_dependencies(struct schema_compile *c, struct schema_node *node, json_t *value, bool names) {
        struct schema_dependency *list;
        const char *name;
        json_t *wanted;
        int r = 0;

        if (!json_is_object(value))
                return schema_wrong(c, "must be an object");
        list = list_of(c, node->dependencies.n + json_object_size(value), sizeof(*list));
        if (!list)
                return -ERR_NO_MEMORY;
        if (node->dependencies.n > 0)
                memcpy(list, node->dependencies.list, node->dependencies.n * sizeof(*list));
        node->dependencies.list = list;
        json_object_foreach(value, name, wanted) {
                struct schema_dependency *dependency = &list[node->dependencies.n++];

                dependency->name = name;
                if (!names)
                        r = schema_node_of(c, wanted, name, &dependency->node);
                else if (json_is_array(wanted))
                        dependency->names = wanted;
                else
                        r = schema_wrong(c, "must be an object of arrays of names");
                if (r < 0)
                        return r;
                for (size_t i = 0; names && i < json_array_size(wanted); i++)
                        if (!json_is_string(json_array_get(wanted, i)))
                                return schema_wrong(c, "must be an object of arrays of names");
        }
        return 0;
}

static int take_dependent_required(struct schema_compile *c, struct schema_node *node, json_t *value) {
        return take_dependencies(c, node, value, true);
}

static int take_dependent_schemas(struct schema_compile *c, struct schema_node *node, json_t *value) {
        return take_dependencies(c, node, value, false);
}

static int take_unique(struct schema_compile *c _unused_, struct schema_node *node, json_t *value) {
        node->unique = json_is_true(value);
        return 0;
}

static int take_items(struct schema_compile *c, struct schema_node *node, json_t *value) {
        if (json_is_array(value))
                return schema_wrong(c, "a list of schemas is called prefixItems");
        return schema_node_of(c, value, NULL, &node->items);
}

static int take_reference(struct schema_compile *c, struct schema_node *node, json_t *value) {
        const char *text = json_string_value(value);
        json_t *target;

        if (!text || text[0] != '#' || (text[1] && text[1] != '/'))
                return schema_wrong(c, "only references by JSON pointer within the document are supported");
        target = json_pointer_find(c->document, str_of(text + 1));
        return target ? schema_node_of(c, target, text, &node->reference) : schema_wrong(c, "points nowhere");
}

/* A base for references: only at the root, where it changes none of those that are supported. */
static int take_id(struct schema_compile *c, struct schema_node *node _unused_, json_t *value _unused_) {
        return c->now->up ? schema_wrong(c, "is not supported within a schema") : 0;
}

static int take_unsupported(struct schema_compile *c, struct schema_node *node _unused_,
                            json_t *value _unused_) {
        return schema_wrong(c, "is not supported");
}

typedef int (*take_fn)(struct schema_compile *c, struct schema_node *node, json_t *value);

/* A keyword: what its value is, and the member of the node that takes it. Without a function of its own: */
enum keyword_kind {
        KEYWORD_OWN,     /* none of these */
        KEYWORD_SCHEMA,  /* a schema */
        KEYWORD_SCHEMAS, /* an array of schemas */
        KEYWORD_NUMBER,  /* a number */
        KEYWORD_SIZE,    /* a number of characters, items or members */
        KEYWORD_VALUE,   /* any value */
        KEYWORD_CHOICES, /* an array of values */
};

static const struct keyword {
        const char *name;
        enum keyword_kind kind;
        size_t offset;
        take_fn take;
} keywords[] = {
#define OWN(name, function) \
        { name, KEYWORD_OWN, 0, function }
#define MEMBER(kind, name, member) \
        { name, KEYWORD_##kind, offsetof(struct schema_node, member), NULL }
        OWN("$id", take_id),
        OWN("$ref", take_reference),
        OWN("type", take_type),
        MEMBER(CHOICES, "enum", choices),
        MEMBER(VALUE, "const", constant),
        MEMBER(NUMBER, "minimum", minimum),
        MEMBER(NUMBER, "maximum", maximum),
        MEMBER(NUMBER, "exclusiveMinimum", above),
        MEMBER(NUMBER, "exclusiveMaximum", below),
        MEMBER(NUMBER, "multipleOf", factor),
        MEMBER(SIZE, "minLength", min_length),
        MEMBER(SIZE, "maxLength", max_length),
        OWN("pattern", take_pattern),
        OWN("format", take_format),
        MEMBER(SIZE, "minItems", min_items),
        MEMBER(SIZE, "maxItems", max_items),
        OWN("uniqueItems", take_unique),
        MEMBER(SCHEMAS, "prefixItems", prefix),
        OWN("items", take_items),
        MEMBER(SCHEMA, "contains", contains),
        MEMBER(SIZE, "minContains", min_contains),
        MEMBER(SIZE, "maxContains", max_contains),
        MEMBER(SIZE, "minProperties", min_members),
        MEMBER(SIZE, "maxProperties", max_members),
        OWN("properties", take_properties),
        OWN("required", take_required), /* after "properties" */
        OWN("patternProperties", take_pattern_properties),
        MEMBER(SCHEMA, "additionalProperties", additional),
        MEMBER(SCHEMA, "propertyNames", names),
        OWN("dependentRequired", take_dependent_required),
        OWN("dependentSchemas", take_dependent_schemas),
        MEMBER(SCHEMAS, "allOf", all),
        MEMBER(SCHEMAS, "anyOf", any),
        MEMBER(SCHEMAS, "oneOf", one),
        MEMBER(SCHEMA, "not", negated),
        MEMBER(SCHEMA, "if", condition),
        MEMBER(SCHEMA, "then", then),
        MEMBER(SCHEMA, "else", otherwise),
        OWN("$dynamicRef", take_unsupported),
        OWN("$recursiveRef", take_unsupported),
        OWN("unevaluatedItems", take_unsupported),
        OWN("unevaluatedProperties", take_unsupported),
        OWN("additionalItems", take_unsupported), /* of earlier drafts: what is meant would not happen */
        OWN("dependencies", take_unsupported),
#undef OWN
#undef MEMBER
};

static int take_schemas(struct schema_compile *c, json_t *value, struct schema_list *ret) {
        size_t n = json_array_size(value);
        int r;

        if (n == 0)
                return schema_wrong(c, "must be an array of schemas, with one at least");
        ret->list = list_of(c, n, sizeof(struct schema_node *));
        if (!ret->list)
                return -ERR_NO_MEMORY;
        for (ret->n = 0; ret->n < n; ret->n++) {
                r = schema_node_of(c, json_array_get(value, ret->n), NULL, &ret->list[ret->n]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int take_size(struct schema_compile *c, json_t *value, size_t *ret) {
        double size = json_number_value(value);

        if (!json_is_number(value) || size < 0 || size > 9007199254740992.0 ||
            !schema_type_fits(TYPE_INTEGER, value))
                return schema_wrong(c, "must be a whole number, and not negative");
        *ret = (size_t)size;
        return 0;
}

static int take_keyword(struct schema_compile *c, const struct keyword *keyword, json_t *value) {
        struct schema_node *node = c->now->node;
        void *member = (char *)node + keyword->offset;

        switch (keyword->kind) {
        case KEYWORD_SCHEMA:
                return schema_node_of(c, value, NULL, member);
        case KEYWORD_SCHEMAS:
                return take_schemas(c, value, member);
        case KEYWORD_SIZE:
                return take_size(c, value, member);
        case KEYWORD_NUMBER:
                if (!json_is_number(value) || (keyword->offset == offsetof(struct schema_node, factor) &&
                                               json_number_value(value) <= 0))
                        return schema_wrong(c, "must be a number; of multipleOf greater than 0");
                break;
        case KEYWORD_CHOICES:
                if (!json_is_array(value))
                        return schema_wrong(c, "must be an array");
                break;
        case KEYWORD_VALUE:
                break;
        default:
                return keyword->take(c, node, value);
        }
        *(json_t **)member = value;
        return 0;
}

int schema_take_keywords(struct schema_compile *c) {
        for (size_t i = 0; i < ARRAY_LENGTH(keywords); i++) {
                json_t *value = json_object_get(c->now->schema, keywords[i].name);
                int r;

                if (!value)
                        continue;
                c->keyword = keywords[i].name;
                r = take_keyword(c, &keywords[i], value);
                if (r < 0)
                        return r;
        }
        return 0;
}
