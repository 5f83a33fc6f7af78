/* Suspending, activating and revoking an API key: what the JSON endpoints and the page have in common. */
#pragma once

#include "account/audit.h"
#include "db/statements.h"
#include "http/request.h"

/* Sets the status of the key that path_params[0] names, if it is the person's, and puts it on record.
 *
 * status   "ACTIVE", "SUSPENDED" or "REVOKED", which nothing undoes
 * event    what it is called in the audit trail
 * ret      the key as it then is
 * errors   ERR_API_KEY_NOT_FOUND, ERR_API_KEY_REVOKED, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int api_key_set_status(struct request *req, struct str status, enum audit_event event,
                                  struct api_key_info_row *ret);
