/* Checks JSON values against a JSON Schema (draft 2020-12): requests against the OpenAPI documents, inputs and outputs of
 * blocks against theirs.
 *
 * Supported: type, enum, const, properties, required, additionalProperties, patternProperties, propertyNames, minProperties,
 * maxProperties, dependentRequired, dependentSchemas, items, prefixItems, contains, minContains, maxContains, minItems,
 * maxItems, uniqueItems, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, pattern,
 * allOf, anyOf, oneOf, not, if/then/else, $ref within the document by JSON pointer, boolean schemas; format of uuid, date,
 * date-time, time, email, uri. Annotations are passed over; a keyword that would change the result and is not supported
 * makes compilation fail.
 *
 * A compiled schema is immutable and serves all threads. */
#pragma once

#include <jansson.h>

#include "base/attributes.h"
#include "base/errors.h"

struct json_schema;

enum {
        JSON_SCHEMA_PROBLEMS_MAX = 20,
        JSON_SCHEMA_DEPTH_MAX = 256,           /* schemas within schemas that one value may lead through */
        JSON_SCHEMA_STEPS_MAX = 20 * 1000000,  /* schemas that one check may go through */
        JSON_SCHEMA_NODES_MAX = 100000,        /* schemas within one schema */
        JSON_SCHEMA_MESSAGE_MAX = 400,         /* bytes with NUL */
        JSON_SCHEMA_PATTERN_BUDGET_US = 50000, /* microseconds for one pattern on one text */
};

/* One thing that is wrong with a value, in the form of the Platform's 422 (dialect: Errors). */
struct json_schema_problem {
        const char *
                type; /* "missing", "string_type", "int_parsing", "enum", "too_short", "extra_forbidden", … */
        json_t *path; /* array of member names and indexes, from the value's root */
        char message[JSON_SCHEMA_MESSAGE_MAX];
        json_t *context; /* object: the numbers and names of the message; NULL when it has none */
        json_t *input;   /* what was found there; for "missing" the object that lacks the member. Borrowed */
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

/* Whether a value fits. Time and memory are bounded: patterns that take too long count as not matching, and what leads
 * through more than JSON_SCHEMA_STEPS_MAX or is deeper than JSON_SCHEMA_DEPTH_MAX does not fit.
 *
 * ret      what is wrong with it, to be released by json_schema_problems_end(); set in both cases, empty when it fits.
 *          NULL when that is of no interest
 */
_must_use_ bool json_schema_fits(const struct json_schema *schema, json_t *value,
                                 struct json_schema_problems *ret);
void json_schema_problems_end(struct json_schema_problems *problems);
