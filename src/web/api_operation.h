/* What the OpenAPI documents of api/ say of a route's requests, which are held against it. */
#pragma once

#include "base/json_schema.h"
#include "web/route.h"

enum api_place { API_PATH, API_QUERY };

/* A parameter of a path or query. */
struct api_parameter {
        const char *name;
        enum api_place place;
        bool required;
        unsigned segment; /* of the path: its number among the variable ones */
        const char *type; /* "integer", "number", "boolean": what its text is read as; else NULL */
        struct json_schema *schema;
};

enum { API_PARAMETERS_MAX = 16 };

struct api_operation {
        struct api_parameter parameters[API_PARAMETERS_MAX];
        size_t n_parameters;
        bool body_required;
        bool has_secrets;           /* of the body nothing is said back, whatever is wrong with it */
        struct json_schema *schema; /* of the body's JSON; NULL without one */
        json_t *text;               /* what all this points into */
};

/* Holds routes and documents against each other, at start-up; further calls do nothing. What differs goes to the log.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int api_operations_init(void);

/* What the documents say of a route; NULL if there is nothing to hold a request against. Made when it is wanted first, by
 * any thread, and kept to the end.
 * errors   ERR_NO_MEMORY (the next call tries again), ERR_SCHEMA (the unit tests make all) */
_must_use_ int api_operation_of(const struct route *route, const struct api_operation **ret);
