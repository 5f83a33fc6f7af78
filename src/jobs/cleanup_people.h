/* What people leave behind who deleted their accounts (web/account_delete.h): agents, executions and all else that may be
 * large, or many rows. A part of the clean-up (jobs/cleanup.h). */
#pragma once

#include "base/arena.h"
#include "db/statements.h"

/* How long it is remembered that somebody is gone: a request of theirs that was under way then, or an agent that ran, may leave
 * rows behind that. Milliseconds. */
#define CLEANUP_PEOPLE_KEEP_MS INT64_C(86400000)

enum { CLEANUP_PERSON_MAX = 64 }; /* bytes of an id */

/* Goes from one of them to the next. */
struct cleanup_person {
        char id[CLEANUP_PERSON_MAX + 1]; /* whose nothing is left; "" to begin with */
};

/* Removes up to `size` rows of the next one.
 *
 * arena          of the batch; ids alone are read
 * now            milliseconds since 1970
 * ret_finished   whether there is nobody behind this one
 * returns        the number of rows
 * errors         ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int cleanup_person(struct tx *tx, struct arena *arena, struct cleanup_person *at, int64_t now,
                              int64_t size, bool *ret_finished);

/* Removes executions with the runs of their nodes, as far as the size reaches.
 *
 * left   rows that may still be removed; counted down
 * errors   ERR_STORAGE
 */
_must_use_ int cleanup_executions(struct tx *tx, const struct execution_id_row *ids, size_t n, int64_t *left);
