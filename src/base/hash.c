#include "base/hash.h"

#include "base/memory.h"
#include "base/secret.h"

struct hash hash_sha256(struct str data) {
        struct sha256_ctx state;
        struct hash h;

        sha256_init(&state);
        if (data.len)
                sha256_update(&state, data.len, (const uint8_t *)data.ptr);
        sha256_digest(&state, sizeof(h.bytes), h.bytes);
        memory_wipe(&state, sizeof(state));
        return h;
}

static void length_write(size_t n, uint8_t out[8]) {
        for (size_t i = 0; i < 8; i++)
                out[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
}

struct hash hash_sha256_parts(const struct str *parts, size_t n_parts) {
        struct sha256_ctx state;
        uint8_t length[8];
        struct hash h;

        sha256_init(&state);
        for (size_t i = 0; i < n_parts; i++) {
                length_write(parts[i].len, length);
                sha256_update(&state, sizeof(length), length);
                if (parts[i].len)
                        sha256_update(&state, parts[i].len, (const uint8_t *)parts[i].ptr);
        }
        sha256_digest(&state, sizeof(h.bytes), h.bytes);
        memory_wipe(&state, sizeof(state));
        return h;
}

static void mac_part(struct hmac_sha256_ctx *state, struct str part) {
        uint8_t length[8];

        length_write(part.len, length);
        hmac_sha256_update(state, sizeof(length), length);
        if (part.len)
                hmac_sha256_update(state, part.len, (const uint8_t *)part.ptr);
}

void mac_key_set(struct mac_key *key, const uint8_t *bytes) {
        *key = (struct mac_key){ 0 };
        hmac_sha256_set_key(&key->keyed, HASH_SIZE, bytes);
}

struct hash hash_mac(const struct mac_key *key, struct str purpose, const struct str *parts, size_t n_parts) {
        struct hmac_sha256_ctx state = key->keyed;
        struct hash h;

        mac_part(&state, purpose);
        for (size_t i = 0; i < n_parts; i++)
                mac_part(&state, parts[i]);
        hmac_sha256_digest(&state, sizeof(h.bytes), h.bytes);
        memory_wipe(&state, sizeof(state));
        return h;
}

bool hash_equal(const struct hash *h, struct str bytes) {
        return secret_equal(hash_str(h), bytes);
}
