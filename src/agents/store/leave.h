/* What becomes of a person's listings when they delete their account. */
#pragma once

#include "base/arena.h"
#include "db/tx.h"

/* Takes all that is theirs out of the store. What others have in their library stays there, nobody's any more; the rest goes. A
 * username under which something has been in the store stays taken, so that nobody can put something else where links lead.
 *
 * now      milliseconds since 1970
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int store_leave(struct tx *tx, struct arena *arena, struct str user_id, int64_t now);
