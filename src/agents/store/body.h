/* Bodies of the store's own operations. */
#pragma once

#include <jansson.h>

#include "agents/store/offer.h"
#include "http/request.h"

/* The body, a JSON object.
 *
 * ret      a new reference
 * errors   ERR_MEDIA_TYPE, ERR_BAD_JSON, ERR_NO_MEMORY */
_must_use_ int store_body_read(struct request *req, json_t **ret);

/* Refuses the request for what is wrong with a member. */
_must_use_ int store_body_refuse(struct request *req, const struct store_fault *fault);

/* Members. errors: ERR_INVALID_FIELD */
_must_use_ int store_body_bool(struct request *req, const json_t *body, const char *name, bool *ret);
_must_use_ int store_body_int(struct request *req, const json_t *body, const char *name, int64_t min,
                              int64_t max, int64_t *ret);

/* STR_NULL when it is absent or null; on the request's arena.
 *
 * max   characters */
_must_use_ int store_body_text(struct request *req, const json_t *body, const char *name, size_t max,
                               struct str *ret);
