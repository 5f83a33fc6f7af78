/* What the OpenAPI documents of api/ say of each operation, as the build makes it of them (scripts/api_rows.py). */
#pragma once

#include "base/str.h"
#include "http/request.h"

/* The kinds of security that an operation may name. */
enum api_scheme {
        API_KEY = 1 << 0,
        API_OAUTH2 = 1 << 1,
        API_CLIENT = 1 << 2,
        API_SESSION = 1 << 3,
        API_USER_JWT = 1 << 4,
};

struct api_row {
        const char *path;
        enum http_method method;
        bool external;      /* of the External API's document, not of the other */
        unsigned security;  /* enum api_scheme: any of these; 0 for none */
        const char *scopes; /* of API_OAUTH2, apart by blanks */
        bool has_body;
        size_t body_max; /* bytes, as the document says; 0 when it says nothing */
        struct str
                request; /* JSON, empty when there is nothing to check: parameters, body, and the components that they refer
                               to */
};

/* In the order of paths, then of methods. */
extern const struct api_row api_rows[];
extern const size_t api_rows_count;
