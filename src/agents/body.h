/* Bodies of operations on agents: JSON objects, and what their members have to be. */
#pragma once

#include <jansson.h>

#include "http/request.h"

/* The body, a JSON object.
 *
 * ret      a new reference
 * errors   ERR_MEDIA_TYPE, ERR_BAD_JSON, ERR_NO_MEMORY */
_must_use_ int body_read(struct request *req, json_t **ret);

/* Members. errors: ERR_INVALID_FIELD, ERR_NO_MEMORY */
_must_use_ int body_bool(struct request *req, const json_t *body, const char *name, bool *ret);
_must_use_ int body_int(struct request *req, const json_t *body, const char *name, int64_t min, int64_t max,
                        int64_t *ret);

/* STR_NULL when it is absent or null and need not be there; on the request's arena.
 *
 * max   characters */
_must_use_ int body_text(struct request *req, const json_t *body, const char *name, bool required, size_t max,
                         struct str *ret);

/* An object, as JSON text on the request's arena; {} when it is absent.
 *
 * max     bytes
 * errors  also ERR_TOO_LARGE */
_must_use_ int body_object(struct request *req, const json_t *body, const char *name, size_t max,
                           struct str *ret);
