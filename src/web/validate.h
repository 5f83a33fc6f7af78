/* Requests of the External API are held against its document before their handler runs (dialect: Errors). */
#pragma once

#include "web/api_operation.h"

/* Path and query.
 *
 * errors   ERR_INVALID_FIELD with all that is wrong in req->error_json; those of request_parse_query(); ERR_NO_MEMORY
 */
_must_use_ int validate_parameters(struct request *req, const struct route *route);

/* The body, which is parsed for the handlers: req->json. Takes its time with a large one.
 *
 * errors   ERR_INVALID_FIELD likewise, ERR_MEDIA_TYPE, ERR_NO_MEMORY
 */
_must_use_ int validate_body(struct request *req, const struct route *route);
