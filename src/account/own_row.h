/* The row of who is signed in. */
#pragma once

#include "db/statements.h"
#include "http/request.h"

/* ret      on the arena
 * errors   ERR_NOT_SIGNED_IN (no such person any more), ERR_NOT_FOUND (came by a user JWT and is not stored yet), ERR_STORAGE,
 *          ERR_NO_MEMORY
 */
_must_use_ int own_row(struct request *req, struct user_row *ret);
