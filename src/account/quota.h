/* How much one person may have: docs/limits.md. What is counted stands in the database and changes with the rows that it
 * counts (migrations/0014 and 0025), so a crash leaves it right.
 *
 * Asked before something is added, in the same transaction: others who add to the same person's wait until that has ended,
 * so that no number of them passes the limit together. */
#pragma once

#include "base/context.h"
#include "db/tx.h"

/* Whether a person may keep so many bytes more.
 * errors   ERR_STORAGE_FULL, ERR_STORAGE */
_must_use_ int quota_check_storage(struct tx *tx, const struct context *context, struct arena *arena,
                                   struct str user_id, int64_t more);

/* Whether a person may have an execution more under way that keeps so many bytes.
 * errors   ERR_EXECUTIONS_MANY, ERR_STORAGE_FULL, ERR_STORAGE */
_must_use_ int quota_check_execution(struct tx *tx, const struct context *context, struct arena *arena,
                                     struct str user_id, int64_t more);
