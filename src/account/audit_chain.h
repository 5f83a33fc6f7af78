/* The chain of the audit trail: events, sealed in segments, each with a hash over itself and the one before it.
 *
 * hash   SHA-256 over the segment's row and the hash of the one before; whoever has the database can make it anew
 * mac    HMAC of the hash with the server's key, which is not in the database: whoever has the database alone cannot
 *
 * A mark is made likewise: the head names the newest segment, so that the end cannot be cut off, and the anchor the last one
 * that was removed when its time was over. */
#pragma once

#include "base/hash.h"
#include "db/statements.h"

enum { AUDIT_KEY_ID_SIZE = 8, AUDIT_SEGMENT_EVENTS = 256, AUDIT_SEGMENT_BYTES = 32 * 1024 };

#define AUDIT_HEAD   STR("head")
#define AUDIT_ANCHOR STR("anchor")

/* Tells keys apart without telling anything of them. */
struct audit_key_id {
        uint8_t bytes[AUDIT_KEY_ID_SIZE];
};

struct audit_key_id audit_key_id(const struct mac_key *key);

/* previous   the hash of the segment before; HASH_SIZE zeros for the first */
struct hash audit_segment_hash(const struct audit_segment_row *segment, struct str previous);
struct hash audit_segment_mac(const struct mac_key *key, const struct hash *hash);

/* name   AUDIT_HEAD or AUDIT_ANCHOR */
struct hash audit_mark_mac(const struct mac_key *key, struct str name, const struct audit_mark_row *mark);

/* Stores a mark with its MAC. errors: ERR_STORAGE */
_must_use_ int audit_mark_store(struct tx *tx, const struct mac_key *key, struct str name, int64_t seq,
                                int64_t events, struct str hash);
