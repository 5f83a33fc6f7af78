#include "base/hash.h"

#include <sodium.h>

#include "base/secret.h"

struct hash hash_sha256(struct str data) {
        struct hash h;

        crypto_hash_sha256(h.bytes, (const unsigned char *)data.ptr, data.len);
        return h;
}

static void mac_part(crypto_generichash_state *state, struct str part) {
        uint8_t length[8];

        for (size_t i = 0; i < sizeof(length); i++)
                length[i] = (uint8_t)((uint64_t)part.len >> (56 - 8 * i));
        crypto_generichash_update(state, length, sizeof(length));
        if (part.len)
                crypto_generichash_update(state, (const unsigned char *)part.ptr, part.len);
}

struct hash hash_mac(const struct mac_key *key, struct str purpose, const struct str *parts, size_t n_parts) {
        crypto_generichash_state state;
        struct hash h;

        crypto_generichash_init(&state, key->bytes, sizeof(key->bytes), sizeof(h.bytes));
        mac_part(&state, purpose);
        for (size_t i = 0; i < n_parts; i++)
                mac_part(&state, parts[i]);
        crypto_generichash_final(&state, h.bytes, sizeof(h.bytes));
        memory_wipe(&state, sizeof(state));
        return h;
}

bool hash_equal(const struct hash *h, struct str bytes) {
        return secret_equal(hash_str(h), bytes);
}
