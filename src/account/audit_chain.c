#include "account/audit_chain.h"

enum { NUMBERS_MAX = 8 };

/* Numbers as big-endian bytes. */
static struct str numbers(const int64_t *values, size_t n, uint8_t *out) {
        for (size_t i = 0; i < n; i++)
                for (size_t b = 0; b < 8; b++)
                        out[i * 8 + b] = (uint8_t)((uint64_t)values[i] >> (56 - 8 * b));
        return str_n(out, n * 8);
}

struct audit_key_id audit_key_id(const struct mac_key *key) {
        struct hash mac = hash_mac(key, STR("audit key"), NULL, 0);
        struct audit_key_id id;

        memcpy(id.bytes, mac.bytes, sizeof(id.bytes));
        return id;
}

struct hash audit_segment_hash(const struct audit_segment_row *s, struct str previous) {
        const int64_t values[] = { s->seq, s->first_id, s->last_id, s->count, s->sealed_at };
        uint8_t bytes[8 * NUMBERS_MAX];
        struct str parts[] = { STR("audit segment"), previous, numbers(values, ARRAY_LENGTH(values), bytes),
                               s->events };

        return hash_sha256_parts(parts, ARRAY_LENGTH(parts));
}

struct hash audit_segment_mac(const struct mac_key *key, const struct hash *hash) {
        struct str parts[] = { hash_str(hash) };

        return hash_mac(key, STR("audit segment"), parts, ARRAY_LENGTH(parts));
}

struct hash audit_mark_mac(const struct mac_key *key, struct str name, const struct audit_mark_row *mark) {
        const int64_t values[] = { mark->seq, mark->events };
        uint8_t bytes[8 * NUMBERS_MAX];
        struct str parts[] = { name, numbers(values, ARRAY_LENGTH(values), bytes), mark->hash };

        return hash_mac(key, STR("audit mark"), parts, ARRAY_LENGTH(parts));
}

int audit_mark_store(struct tx *tx, const struct mac_key *key, struct str name, int64_t seq, int64_t events,
                     struct str hash) {
        struct audit_mark_row mark = { .seq = seq, .events = events, .hash = hash };
        struct hash mac = audit_mark_mac(key, name, &mark);
        struct audit_key_id id = audit_key_id(key);
        int r;

        r = db_audit_mark_put(tx, name, seq, events, hash, hash_str(&mac), str_n(id.bytes, sizeof(id.bytes)));
        return MIN_OF(r, 0);
}
