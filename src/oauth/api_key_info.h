/* What the endpoints for API keys have in common: APIKeyInfo, and the members of their requests (dialect: API keys). */
#pragma once

#include "base/json_write.h"
#include "db/statements.h"
#include "http/response.h"

enum { API_KEY_NAME_MAX = 200, API_KEY_DESCRIPTION_MAX = 2000 }; /* bytes */

void api_key_info_write(const struct api_key_info_row *key, struct json_writer *w);

/* 200 with the key. Returns STEP_DONE. */
_must_use_ int api_key_info_answer(struct response *res, const struct api_key_info_row *key);

/* `permissions` of a parsed body, a list of scopes, which may be empty; their text form on the arena.
 * errors   ERR_INVALID_FIELD, ERR_NO_MEMORY */
_must_use_ int api_key_read_permissions(struct request *req, struct str *ret);
