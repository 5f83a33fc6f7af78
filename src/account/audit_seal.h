/* Seals what was put on record: takes rows out of the journal, whatever order they were committed in, and adds their events to the
 * chain (audit_chain.h). One node at a time; what another node commits meanwhile is sealed the next time. */
#pragma once

#include "base/context.h"
#include "db/tx.h"

enum { AUDIT_SEAL_ARENA_MAX = 64 * 1024 * 1024, AUDIT_SEAL_ROWS_MAX = 512 };

/* rows       of the journal, at most
 * returns    how many there were
 * errors     ERR_BUSY (another node is at it), ERR_STORAGE, ERR_NO_MEMORY (fewer rows may do)
 */
_must_use_ int audit_seal(const struct context *context, struct tx *tx, struct arena *arena, int64_t rows);

/* The names under which audit_index has an event: of the people, the app, the key, the kind. As a JSON array of all the names
 * of a segment's events, each once, on the arena.
 *
 * count    of the events
 * errors   ERR_INTERNAL (the bytes are no events), ERR_NO_MEMORY */
_must_use_ int audit_index_names(struct arena *arena, struct str events, size_t count, struct str *ret);

enum { AUDIT_NAME_MAX = 128 /* bytes of one of these names, with NUL */, AUDIT_NAMES = 5 /* of one event */ };

struct audit_entry;

/* Writes an event's names, each NUL-terminated; returns how many. */
unsigned audit_names(const struct audit_entry *entry, char names[AUDIT_NAMES][AUDIT_NAME_MAX]);
