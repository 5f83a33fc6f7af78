/* Making an API key: what the JSON endpoint and the page have in common. */
#pragma once

#include "account/token.h"
#include "db/statements.h"
#include "http/request.h"

enum { API_KEYS_MAX = 500 }; /* of one person that are not revoked; also the longest list */

/* Stores a new key of the person who is signed in, in the request's transaction, and puts it on record.
 *
 * key        name, description and permissions are set and checked; `id` too when the form had one made, else STR_NULL.
 *            The rest is filled in
 * ret_text   the key itself, told this once; the caller wipes it
 * returns    1, or 0 when a key with that id is there: the form was sent twice
 * errors     ERR_API_KEYS_FULL, ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int api_key_make(struct request *req, struct api_key_info_row *key, struct secret *ret_text);
