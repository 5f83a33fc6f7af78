/* Ends the time of what is old: removes the oldest segments of the audit trail and leaves the seal of the last of them as the anchor
 * (account/audit_chain.h), on which the rest hangs: audit_verify() holds as before, and shows what else is gone.
 *
 * What does not hold against its seal is evidence: it stays, with all that came later, and the log says so. */
#pragma once

#include "account/audit_chain.h"

/* Removes segments that have no event from `before` on, the oldest first. One caller at a time, who holds the clean-up's lock.
 *
 * keys      the server's, then those that it had before: where the anchor is one of these it becomes the server's
 * before    milliseconds since 1970
 * limit     segments, at most
 * returns   how many; fewer than `limit` when the rest stays
 * errors    ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int audit_remove_before(struct tx *tx, const struct mac_key *keys, size_t n_keys, int64_t before,
                                   int64_t limit);
