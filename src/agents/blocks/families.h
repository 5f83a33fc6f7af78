/* The families of blocks: each file of this folder holds one, a table of its blocks and the functions that run them. To add
 * a family, list it in families.def. */
#pragma once

#include "agents/block.h"
#include "agents/value/value.h"
#include "base/errors.h"

struct block_family {
        const struct block *blocks;
        size_t n;
};

/* `= BLOCK_FAMILY(blocks)` of an array. */
#define BLOCK_FAMILY(array) \
        { .blocks = (array), .n = ARRAY_LENGTH(array) }

/* The two members of struct block that name an array of fields. */
#define INPUTS(array)  .inputs = (array), .n_inputs = ARRAY_LENGTH(array)
#define OUTPUTS(array) .outputs = (array), .n_outputs = ARRAY_LENGTH(array)

/* Schemas of fields that many blocks have. */
#define TYPE_ANY     "{}"
#define TYPE_STRING  "{\"type\":\"string\"}"
#define TYPE_NUMBER  "{\"type\":\"number\"}"
#define TYPE_INTEGER "{\"type\":\"integer\"}"
#define TYPE_BOOLEAN "{\"type\":\"boolean\"}"
#define TYPE_LIST    "{\"type\":\"array\",\"items\":{}}"
#define TYPE_STRINGS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define TYPE_LISTS   "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{}}}"
#define TYPE_OBJECT  "{\"type\":\"object\",\"additionalProperties\":true}"
/* One that may be null too. */
#define TYPE_OR_NULL(schema) "{\"anyOf\":[" schema ",{\"type\":\"null\"}]}"

/* Inputs as blocks read them: checked before they run, so the type is known. */
static inline json_t *input_value(const struct block_run *run, const char *name) {
        return json_object_get(run->input, name);
}

static inline struct str input_str(const struct block_run *run, const char *name) {
        return value_str(input_value(run, name));
}

static inline bool input_bool(const struct block_run *run, const char *name) {
        return json_is_true(input_value(run, name));
}

static inline json_int_t input_integer(const struct block_run *run, const char *name) {
        return json_integer_value(input_value(run, name));
}

/* False if it is absent or null. */
static inline bool input_given(const struct block_run *run, const char *name) {
        const json_t *value = input_value(run, name);

        return value && !json_is_null(value);
}

#define X(name) extern const struct block_family family_##name;
#include "agents/blocks/families.def"
#undef X
