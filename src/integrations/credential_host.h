/* Which hosts a host_scoped credential is for, and what it may send there: header fields that carry its secret, and none
 * that say where a request goes or where it ends. */
#pragma once

#include "base/arena.h"
#include "integrations/credential.h"

/* Reads a host, or "*.domain" for a domain and all below it.
 *
 * ret           on the arena, in lower case, without a trailing dot
 * ret_problem   on ERR_INVALID_FIELD a constant sentence
 * errors        ERR_INVALID_FIELD, ERR_NO_MEMORY
 */
_must_use_ int credential_host_read(struct arena *arena, struct str text, struct str *ret,
                                    const char **ret_problem);

/* Whether a host is the one that a pattern names ("api.example.com"), or lies in its domain or is it ("*.example.com"). Any case. */
bool credential_host_matches(struct str pattern, struct str host);

/* Reads header fields from a JSON object, name to value.
 *
 * json          its text
 * ret           headers are set; their strings are on the arena
 * ret_problem   on ERR_INVALID_FIELD a sentence without any of what was sent
 * errors        ERR_INVALID_FIELD, ERR_NO_MEMORY
 */
_must_use_ int credential_headers_read(struct arena *arena, struct str json, struct credential_secret *ret,
                                       const char **ret_problem);
