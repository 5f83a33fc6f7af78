/* For whom a person signs in: the login page names the app that sent them. */
#pragma once

#include "db/tx.h"

/* The name of the active app whose authorization request is the page that follows, from the `client_id` of its query;
 * STR_NULL when there is none: whatever is wrong with the request is said by the page that follows.
 *
 * next     what next_path() gave
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int login_app_name(struct tx *tx, struct arena *arena, struct str next, struct str *ret);
