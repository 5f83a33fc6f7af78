#include "account/audit_mention.h"

/* FNV-1a with 64 bits, whose last bytes hardly reach the upper bits, and what MurmurHash3 ends with, so that they do. Never 0. */
static uint32_t hash_of(enum audit_mentioned kind, struct str bytes) {
        const uint64_t offset = 0xcbf29ce484222325, prime = 0x100000001b3;
        uint64_t hash = (offset ^ (uint64_t)kind) * prime;
        uint32_t folded;

        for (size_t i = 0; i < bytes.len; i++)
                hash = (hash ^ str_at(bytes, i)) * prime;
        hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
        hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
        folded = (uint32_t)(hash >> 32);
        return folded ? folded : 1;
}

uint32_t audit_mention_id(enum audit_mentioned kind, struct str id) {
        uint8_t room[AUDIT_UUID_BYTES];

        return hash_of(kind, audit_pack_id(id, room));
}

uint32_t audit_mention_event(unsigned event) {
        const uint8_t bytes[] = { (uint8_t)(event >> 8), (uint8_t)event };

        return hash_of(AUDIT_EVENT, str_n(bytes, sizeof(bytes)));
}

static void add(struct audit_mentions *m, uint32_t mention) {
        uint8_t *out = m->bytes + m->n * AUDIT_MENTION_BYTES;
        size_t slot = mention % AUDIT_MENTION_SLOTS;

        while (m->slots[slot] && m->slots[slot] != mention)
                slot = (slot + 1) % AUDIT_MENTION_SLOTS;
        if (m->slots[slot] || m->n == AUDIT_MENTIONS_MAX)
                return;
        m->slots[slot] = mention;
        m->n++;
        for (unsigned i = 0; i < AUDIT_MENTION_BYTES; i++)
                out[i] = (uint8_t)(mention >> (24 - 8 * i));
}

void audit_mentions_add(struct audit_mentions *m, const struct audit_fields *event) {
        static const struct {
                enum audit_tag tag;
                enum audit_mentioned kind;
        } ids[] = { { AUDIT_TAG_USER, AUDIT_PERSON },
                    { AUDIT_TAG_ACTOR, AUDIT_PERSON },
                    { AUDIT_TAG_APP, AUDIT_APP },
                    { AUDIT_TAG_KEY, AUDIT_KEY } };

        for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
                if (event->fields[ids[i].tag].len)
                        add(m, hash_of(ids[i].kind, event->fields[ids[i].tag]));
        add(m, audit_mention_event(event->event));
}

void audit_mentions_reset(struct audit_mentions *m) {
        *m = (struct audit_mentions){ .n = 0 };
}

struct str audit_mentions_str(const struct audit_mentions *m) {
        return str_n(m->bytes, m->n * AUDIT_MENTION_BYTES);
}
