/* What a segment of the audit trail is found by: a number for each person, app, API key and kind of event that it tells of, 32 bits of
 * a hash. What is found by it may tell of something else, too, and is looked at. */
#pragma once

#include "account/audit_chain.h"
#include "account/audit_codec.h"

enum {
        AUDIT_MENTION_BYTES = 4,                       /* as they are stored, big-endian */
        AUDIT_MENTIONS_MAX = AUDIT_SEGMENT_EVENTS * 5, /* of one segment */
        AUDIT_MENTION_SLOTS = 4096                     /* a power of 2 */
};

enum audit_mentioned { AUDIT_PERSON = 'u', AUDIT_APP = 'a', AUDIT_KEY = 'k', AUDIT_EVENT = 'e' };

/* Those of one segment, each once. */
struct audit_mentions {
        uint8_t bytes[AUDIT_MENTIONS_MAX * AUDIT_MENTION_BYTES];
        size_t n;
        uint32_t
                slots[AUDIT_MENTION_SLOTS]; /* to find out whether one is there: open addressing, 0 is free */
};

uint32_t audit_mention_id(enum audit_mentioned kind, struct str id);
uint32_t audit_mention_event(unsigned event);

/* Those of one event more. */
void audit_mentions_add(struct audit_mentions *m, const struct audit_fields *event);
void audit_mentions_reset(struct audit_mentions *m);
struct str audit_mentions_str(const struct audit_mentions *m);

/* The i-th of those that are stored. */
static inline uint32_t audit_mention_at(struct str bytes, size_t i) {
        const uint8_t *at = (const uint8_t *)bytes.ptr + i * AUDIT_MENTION_BYTES;

        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}
