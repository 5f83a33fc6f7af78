/* Makes of a value what a block's input asks for (dialect: Graph execution, type conversion): outputs fit inputs loosely, as
 * people link them. What can't be converted stays as it is, for the schema to complain about. */
#pragma once

#include "agents/block.h"

enum convert_to {
        CONVERT_STRING,  /* JSON text of anything else */
        CONVERT_NUMBER,  /* length of a collection; 0 of what is no number */
        CONVERT_INTEGER, /* likewise, fraction cut off; beyond 64 bits left as it is */
        CONVERT_BOOLEAN, /* of texts only "true" and "1" are true */
        CONVERT_LIST,    /* "[…]" parsed; a dictionary's [key, value] pairs; else a list of the one value */
        CONVERT_DICTIONARY, /* JSON parsed; a list by its indexes; else {"value": …} */
};

/* Converts one value.
 *
 * value    borrowed, unchanged
 * ret      a new reference
 * errors   ERR_NO_MEMORY
 */
_must_use_ int convert_value(json_t *value, enum convert_to to, json_t **ret);

/* Converts one value to what a JSON Schema's `type` asks for; of several the first, unless it is one of them already; and so
 * on for the members of lists and dictionaries. Where the schema names no type, and for null, nothing is converted. */
_must_use_ int convert_to_schema(json_t *value, const json_t *schema, json_t **ret);

/* Converts the members of an input to what the block's inputs ask for. Members that the block doesn't know are kept.
 *
 * input    object, borrowed, unchanged
 * ret      a new object
 * errors   ERR_NO_MEMORY
 */
_must_use_ int convert_input(const struct block *block, json_t *input, json_t **ret);
