/* Where in the audit trail somebody is told of. Made of the segments, behind the sealer; proves nothing, and can be made anew.
 *
 *     audit_recent   of a segment: its mentions (account/audit_mention.h)
 *     audit_blocks   of many segments in a row: all their mentions, split by the first byte, so that one person's stand in one row
 *
 * What is sealed goes into audit_recent at once; when it is many, into a block. A segment that is in neither, since another version
 * of this program sealed it, counts as one that tells of everything until it is added. */
#pragma once

#include "account/audit_mention.h"
#include "db/tx.h"

enum {
        AUDIT_BLOCK_MENTIONS = 65536, /* make a block; */
        AUDIT_BLOCK_SEGMENTS = 2048,  /* so do so many segments, if they have few each */
        AUDIT_BLOCK_SPAN = 65536, /* numbers of segments: the first and the last are nearer to each other */
        AUDIT_INDEX_AT_ONCE = 32  /* segments that were in neither */
};

/* Adds some segments that are in neither, and makes a block if it is time for one.
 *
 * returns  1 if there may be more to do, 0 if not
 * errors   ERR_BUSY (another node seals), ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int audit_index_some(struct tx *tx, struct arena *arena);

/* Forgets segments up to this one, which are gone. errors: ERR_STORAGE */
_must_use_ int audit_index_remove(struct tx *tx, struct arena *arena, int64_t last);

/* A search for segments, newest first. */
struct audit_search {
        struct tx *tx;
        struct arena *arena;
        uint32_t mention;
        int64_t from, least; /* numbers; `from` goes down as the search goes on */
};

/* The next segments that may tell of it.
 *
 * ret      room for `max`
 * ret_n    how many; fewer than `max`: `from` has gone down past all that were looked at
 * returns  1 if there may be more, 0 at the end
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int audit_search_next(struct audit_search *s, int64_t *ret, size_t max, size_t *ret_n);
