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

enum { AUDIT_NAME_MAX = 128 /* bytes of one of these names, with NUL */, AUDIT_NAMES = 5 /* of one event */ };

struct audit_entry;

/* What the events of a segment are found by: "u" and a person's id, "a" an app's, "k" a key's, "e" and the number of a kind. In the
 * table audit_mentions each is a number: 31 bits of its hash, then the segment's number. */
struct audit_mentions {
        uint32_t hashes[AUDIT_SEGMENT_EVENTS * AUDIT_NAMES];
        uint32_t last[AUDIT_NAMES]; /* of the event before: mostly of the same app and kind */
        size_t n, n_last;
};

/* The number of one name in a segment, which is less than 2^32. */
int64_t audit_mention(struct str name, int64_t segment);

/* Adds those of one event; at most AUDIT_SEGMENT_EVENTS may be added. */
void audit_mentions_add(struct audit_mentions *m, const struct audit_entry *entry);

/* As a JSON array of numbers on the arena, each once; NULL when memory runs out. */
struct str audit_mentions_json(struct arena *arena, struct audit_mentions *m, int64_t segment);

/* Of a segment that was sealed: its mentions, and the names under which audit_index has it if it was sealed before there were
 * mentions. As JSON arrays on the arena.
 *
 * errors   ERR_INTERNAL (the bytes are no events), ERR_NO_MEMORY */
_must_use_ int audit_index_of(struct arena *arena, const struct audit_segment_row *segment,
                              struct str *ret_names, struct str *ret_mentions);
