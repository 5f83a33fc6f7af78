/* Switching an app on and off: what the JSON endpoint and the page have in common. */
#pragma once

#include "db/statements.h"
#include "http/request.h"

/* Switches the app that path_params[0] names, if it is the caller's, and puts it on record.
 *
 * ret      the app as it then is
 * errors   ERR_APP_NOT_YOURS, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int app_set_status(struct request *req, bool is_active, struct app_row *ret);
