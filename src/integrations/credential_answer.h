/* What people are told of a credential: never its secret (dialect: Integrations, meta). */
#pragma once

#include "base/json_write.h"
#include "http/request.h"
#include "integrations/credential.h"

/* The credential that the path names, of the person who calls.
 * errors   ERR_CREDENTIAL_NOT_FOUND, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int credential_named(struct request *req, struct credential *ret);

/* Gives that credential the `title` of the body, and records it.
 * errors   ERR_INVALID_FIELD, ERR_CREDENTIAL_SYSTEM, those of credential_named() and request_parse_body() */
_must_use_ int credential_rename_named(struct request *req, struct credential *ret);

void credential_write(const struct credential *c, struct json_writer *w);
