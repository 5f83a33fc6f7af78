/* What becomes of changes to listings and creators: what is live, what is found, what is counted. All within the transaction of
 * the change. */
#pragma once

#include "base/context.h"
#include "db/statements.h"

/* Shows the version of a listing that is to be live, or takes it out when there is none.
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_listing_publish(struct tx *tx, struct arena *arena, int64_t listing_id);

/* Sums up what a creator has in the store, and has them found by their present texts. */
_must_use_ int store_profile_refresh(struct tx *tx, struct arena *arena, int64_t profile_id);

/* Ends the generation: to be called once after all of that. */
_must_use_ int store_changed(struct tx *tx);
