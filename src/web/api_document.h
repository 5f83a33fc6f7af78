/* The OpenAPI documents of api/: what they say of each route. Requests are held against it, and it against the routes. */
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
        json_t *body; /* of the document */
        struct api_parameter parameters[API_PARAMETERS_MAX];
        size_t n_parameters;
        bool has_body, body_required;
        bool has_secrets;           /* of the body nothing is said back, whatever is wrong with it */
        struct json_schema *schema; /* of the body's JSON; NULL without one */
};

/* Reads the documents, once, at start-up; further calls do nothing. What is wrong with them goes to the log.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int api_document_init(void);

/* What the documents say of a route; NULL if nothing. */
const struct api_operation *api_operation_of(const struct route *route);

/* The documents as they are given out: compact JSON and a newline. */
struct str api_document_external(void);
struct str api_document_main(void);

int handle_api_document(struct request *req, struct response *res); /* GET /external-api/openapi.json */
