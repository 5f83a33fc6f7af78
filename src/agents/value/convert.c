#include "agents/value/convert.h"

#include <math.h>

#include "agents/block_schema.h"
#include "agents/value/value.h"

static int give(json_t *made, json_t **ret) {
        if (!made)
                return -ERR_NO_MEMORY;
        *ret = made;
        return 0;
}

static double to_number(const json_t *value) {
        double number;

        if (json_is_array(value))
                return (double)json_array_size(value);
        if (json_is_object(value))
                return (double)json_object_size(value);
        if (value_number(value, &number))
                return number;
        if (json_is_string(value) && value_text_number(value_str(value), &number))
                return number;
        return 0;
}

static int convert_number(json_t *value, json_t **ret) {
        if (json_is_number(value))
                return give(json_incref(value), ret);
        return give(value_real(to_number(value)), ret);
}

static int convert_integer(json_t *value, json_t **ret) {
        double number;

        if (json_is_integer(value))
                return give(json_incref(value), ret);
        number = trunc(to_number(value));
        if (!(number >= -0x1p63 && number < 0x1p63))
                return give(json_incref(value), ret);
        return give(json_integer((json_int_t)number), ret);
}

static int convert_boolean(const json_t *value, json_t **ret) {
        struct str text = value_str(value);
        bool yes = text.ptr ? str_eq_ignore_case(text, STR("true")) || str_eq(text, STR("1"))
                            : value_truthy(value);

        return give(json_boolean(yes), ret);
}

/* The pairs of a dictionary, as Python's dict.items() lists them. */
static json_t *pairs_of(json_t *object) {
        json_auto_t *list = json_array();
        const char *name;
        json_t *member;

        json_object_foreach(object, name, member) {
                if (json_array_append_new(list, json_pack("[s, O]", name, member)) < 0)
                        return NULL;
        }
        return json_incref(list);
}

static json_t *list_of_one(json_t *value) {
        json_t *list = json_array();

        if (json_array_append(list, value) == 0)
                return list;
        json_decref(list);
        return NULL;
}

static struct str trimmed(struct str text) {
        static const char spaces[] = " \t\r\n\v\f";

        while (text.len && strchr(spaces, text.ptr[0]))
                text = str_from(text, 1);
        while (text.len && strchr(spaces, text.ptr[text.len - 1]))
                text.len--;
        return text;
}

static int convert_list(json_t *value, json_t **ret) {
        struct str text = trimmed(value_str(value));
        char problem[VALUE_PROBLEM_MAX];
        int r;

        if (json_is_array(value))
                return give(json_incref(value), ret);
        if (json_is_object(value))
                return give(pairs_of(value), ret);
        if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
                r = value_parse(text, false, ret, problem);
                if (r != -ERR_BAD_JSON)
                        return r;
        }
        return give(list_of_one(value), ret);
}

static json_t *dictionary_by_index(json_t *list) {
        json_auto_t *object = json_object();
        char name[24];

        for (size_t i = 0; i < json_array_size(list); i++) {
                (void)snprintf(name, sizeof(name), "%zu", i);
                if (json_object_set(object, name, json_array_get(list, i)) < 0)
                        return NULL;
        }
        return json_incref(object);
}

static int convert_dictionary(json_t *value, json_t **ret) {
        json_auto_t *parsed = NULL;
        char problem[VALUE_PROBLEM_MAX];
        int r;

        if (json_is_object(value))
                return give(json_incref(value), ret);
        if (json_is_array(value))
                return give(dictionary_by_index(value), ret);
        if (json_is_string(value)) {
                r = value_parse(value_str(value), false, &parsed, problem);
                if (r < 0 && r != -ERR_BAD_JSON)
                        return r;
                if (json_is_object(parsed))
                        return give(json_incref(parsed), ret);
        }
        return give(json_pack("{s:O}", "value", parsed ? parsed : value), ret);
}

int convert_value(json_t *value, enum convert_to to, json_t **ret) {
        switch (to) {
        case CONVERT_STRING:
                return give(value_text(value), ret);
        case CONVERT_NUMBER:
                return convert_number(value, ret);
        case CONVERT_INTEGER:
                return convert_integer(value, ret);
        case CONVERT_BOOLEAN:
                return convert_boolean(value, ret);
        case CONVERT_LIST:
                return convert_list(value, ret);
        default:
                return convert_dictionary(value, ret);
        }
}

static const struct {
        const char *name; /* of JSON Schema's `type` */
        enum convert_to to;
        json_type type;
} types[] = {
        { "string", CONVERT_STRING, JSON_STRING },    { "number", CONVERT_NUMBER, JSON_REAL },
        { "integer", CONVERT_INTEGER, JSON_INTEGER }, { "boolean", CONVERT_BOOLEAN, JSON_TRUE },
        { "array", CONVERT_LIST, JSON_ARRAY },        { "object", CONVERT_DICTIONARY, JSON_OBJECT },
};

/* The row of a schema's `type`, or -1. */
static int type_of_schema(const json_t *schema) {
        const char *name = json_string_value(json_object_get(schema, "type"));

        for (int i = 0; name && i < (int)ARRAY_LENGTH(types); i++)
                if (strcmp(name, types[i].name) == 0)
                        return i;
        return -1;
}

static bool is_of_type(const json_t *value, int row) {
        if (types[row].to == CONVERT_NUMBER)
                return json_is_number(value);
        if (types[row].to == CONVERT_BOOLEAN)
                return json_is_boolean(value);
        return json_typeof(value) == types[row].type;
}

/* Of `anyOf` the alternative that the value is of already, else the first that has a type; NULL if one of them takes
 * anything. */
static const json_t *choose(const json_t *value, const json_t *alternatives) {
        const json_t *first = NULL;

        for (size_t i = 0; i < json_array_size(alternatives); i++) {
                const json_t *schema = json_array_get(alternatives, i);
                int row = type_of_schema(schema);

                if (row < 0 && !json_object_get(schema, "type"))
                        return NULL;
                if (row >= 0 && is_of_type(value, row))
                        return schema;
                if (row >= 0 && !first)
                        first = schema;
        }
        return first;
}

static int convert_items(json_t *list, const json_t *schema, json_t **ret) {
        json_auto_t *made = json_array();
        int r;

        for (size_t i = 0; i < json_array_size(list); i++) {
                json_t *item;

                r = convert_to_schema(json_array_get(list, i), schema, &item);
                if (r < 0)
                        return r;
                if (json_array_append_new(made, item) < 0)
                        return -ERR_NO_MEMORY;
        }
        return give(json_incref(made), ret);
}

static int convert_members(json_t *object, const json_t *schema, json_t **ret) {
        json_auto_t *made = json_object();
        const char *name;
        json_t *member;
        int r;

        json_object_foreach(object, name, member) {
                json_t *item;

                r = convert_to_schema(member, schema, &item);
                if (r < 0)
                        return r;
                if (json_object_set_new(made, name, item) < 0)
                        return -ERR_NO_MEMORY;
        }
        return give(json_incref(made), ret);
}

int convert_to_schema(json_t *value, const json_t *schema, json_t **ret) {
        const json_t *any_of = json_object_get(schema, "anyOf"), *within;
        json_auto_t *made = NULL;
        int row, r;

        if (json_is_array(any_of))
                schema = choose(value, any_of);
        row = type_of_schema(schema);
        if (row < 0 || json_is_null(value))
                return give(json_incref(value), ret);
        r = convert_value(value, types[row].to, &made);
        if (r < 0)
                return r;
        within = json_object_get(schema, json_is_array(made) ? "items" : "additionalProperties");
        if (json_is_array(made) && json_is_object(within))
                return convert_items(made, within, ret);
        if (json_is_object(made) && json_is_object(within))
                return convert_members(made, within, ret);
        return give(json_incref(made), ret);
}

int convert_input(const struct block *block, json_t *input, json_t **ret) {
        const struct block_schema *schema;
        json_auto_t *made = json_object();
        const char *name;
        json_t *member;
        int r;

        r = block_schema_of(block, &schema);
        if (r < 0)
                return r;
        json_object_foreach(input, name, member) {
                const json_t *field = json_object_get(json_object_get(schema->input, "properties"), name);
                json_t *converted;

                r = convert_to_schema(member, field, &converted);
                if (r < 0)
                        return r;
                if (json_object_set_new(made, name, converted) < 0)
                        return -ERR_NO_MEMORY;
        }
        return give(json_incref(made), ret);
}
