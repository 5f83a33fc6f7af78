/* Checks JSON values against a JSON Schema (draft 2020-12): requests against the OpenAPI documents, inputs and outputs of
 * blocks against theirs.
 *
 * Supported: type, enum, const, properties, required, additionalProperties, patternProperties, propertyNames, minProperties,
 * maxProperties, dependentRequired, items, prefixItems, contains, minItems, maxItems, uniqueItems, minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, pattern, allOf, anyOf, oneOf, not, if/then/else,
 * $ref within the document, $defs, boolean schemas; format of uuid, date, date-time, time, email, uri. Annotations are
 * passed over; a keyword that would change the result and is not supported makes compilation fail. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/errors.h"

struct json_schema;

enum { JSON_SCHEMA_PROBLEMS_MAX = 20, JSON_SCHEMA_DEPTH_MAX = 64 };

/* One thing that is wrong with a value, in the form of the Platform's 422 (dialect: Errors). */
struct json_schema_problem {
        const char *
                type; /* "missing", "string_type", "int_parsing", "enum", "too_short", "extra_forbidden", … */
        json_t *path; /* array of member names and indexes, from the value's root */
        char message[200];
        json_t *input; /* what was found there; for "missing" the object that lacks the member. Borrowed */
};

struct json_schema_problems {
        struct json_schema_problem list[JSON_SCHEMA_PROBLEMS_MAX];
        size_t n;
};

/* Compiles a schema.
 *
 * schema       borrowed until json_schema_free()
 * document     what `$ref: "#/…"` points into; NULL for the schema itself. Borrowed likewise
 * ret_problem  on ERR_SCHEMA: what is wrong and where
 * errors       ERR_SCHEMA, ERR_NO_MEMORY
 */
_must_use_ int json_schema_new(json_t *schema, json_t *document, struct json_schema **ret,
                               char ret_problem[200]);
struct json_schema *json_schema_free(struct json_schema *schema);

/* Whether a value fits. Time and memory are bounded: patterns that take too long count as not matching.
 *
 * ret      what is wrong with it, to be released by json_schema_problems_end(); NULL when that is of no interest
 */
_must_use_ bool json_schema_fits(const struct json_schema *schema, json_t *value,
                                 struct json_schema_problems *ret);
void json_schema_problems_end(struct json_schema_problems *problems);
