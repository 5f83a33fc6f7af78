/* SHA-256, and a MAC under a 32-byte key.
 *
 * By nettle: every request hashes a token or two, and it uses the processor's own instructions for that, which makes it
 * five times as quick as libsodium's. */
#pragma once

#include <nettle/hmac.h>

#include "base/attributes.h"
#include "base/str.h"

enum { HASH_SIZE = 32 };

struct hash {
        uint8_t bytes[HASH_SIZE];
};

/* Ready for use: to start from the key's bytes would cost each MAC two more blocks. */
struct mac_key {
        struct hmac_sha256_ctx keyed;
};

struct hash hash_sha256(struct str data);

/* Over the parts, each preceded by its length as 8 bytes, so that no two lists of parts have the same input. */
struct hash hash_sha256_parts(const struct str *parts, size_t n_parts);

/* bytes   HASH_SIZE of them */
void mac_key_set(struct mac_key *key, const uint8_t *bytes);

/* HMAC-SHA-256 (RFC 2104) over the parts, each preceded by its length likewise. `purpose` comes first and keeps one use of a key apart from another. */
struct hash hash_mac(const struct mac_key *key, struct str purpose, const struct str *parts, size_t n_parts);

static inline struct str hash_str(const struct hash *h) {
        return str_n(h->bytes, sizeof(h->bytes));
}

/* Constant time. */
bool hash_equal(const struct hash *h, struct str bytes);
