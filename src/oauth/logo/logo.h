/* An app's logo: what is stored, and under which address. */
#pragma once

#include "db/statements.h"
#include "http/request.h"

enum { LOGO_URL_MAX = 2048 }; /* bytes */

/* Stores an image as the app's logo in place of any other, and puts it on record.
 *
 * ret      the app as it then is
 * errors   ERR_LOGO_APP_NOT_FOUND (none of the caller's), ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int logo_store(struct request *req, struct str app_id, struct str image, struct app_row *ret);

/* Sets the address of the app's logo; what was stored here is removed.
 *
 * logo_url   STR_NULL for no logo
 * errors     as above */
_must_use_ int logo_set_url(struct request *req, struct str app_id, struct str logo_url, struct app_row *ret);

/* Holds a sent file against what a logo must be, by its head alone: nothing is decoded.
 *
 * name     of the file's field
 * ret      its bytes
 * errors   ERR_LOGO_REFUSED and what is wrong in req->error_detail; ERR_INVALID_FIELD (no file), those of request_parse_body() */
_must_use_ int logo_check(struct request *req, const char *name, struct str *ret);
