/* What is left of apps that went with their makers' accounts: people's answers to them, approvals, and the credentials that were chosen
 * for them. A part of the clean-up (jobs/cleanup.h). */
#pragma once

#include "base/arena.h"
#include "db/statements.h"

enum { CLEANUP_APP_ID_MAX = 64 }; /* bytes of an id */

/* How far a round has come. */
struct cleanup_apps {
        int64_t authorization; /* the last that was looked at */
        bool authorizations_done;
        char user_id[CLEANUP_APP_ID_MAX + 1],
                app_id[CLEANUP_APP_ID_MAX + 1]; /* of the last answer; "" to begin with */
};

/* Looks at up to `size` rows. Where no app is gone there is nothing to do; which are, is forgotten once a round has passed over all
 * rows a day after.
 *
 * arena          of the batch
 * now            milliseconds since 1970
 * ret_finished   whether there is nothing behind these rows
 * returns        the number of rows that were removed
 * errors         ERR_STORAGE, ERR_NO_MEMORY, ERR_INTERNAL
 */
_must_use_ int cleanup_apps(struct tx *tx, struct arena *arena, struct cleanup_apps *at, int64_t now,
                            int64_t size, bool *ret_finished);
