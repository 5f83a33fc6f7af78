/* Seals what was put on record: takes rows out of the journal, whatever order they were committed in, and adds their events to the
 * chain (audit_chain.h). One node at a time; what another node commits meanwhile is sealed the next time. */
#pragma once

#include "account/audit_chain.h"
#include "base/context.h"
#include "db/tx.h"

enum { AUDIT_SEAL_ARENA_MAX = 64 * 1024 * 1024, AUDIT_SEAL_ROWS_MAX = 512 };

/* rows       of the journal, at most
 * returns    how many there were
 * errors     ERR_BUSY (another node is at it), ERR_STORAGE, ERR_NO_MEMORY (fewer rows may do)
 */
_must_use_ int audit_seal(const struct context *context, struct tx *tx, struct arena *arena, int64_t rows);
