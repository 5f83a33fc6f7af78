/* The vault: secrets that the server keeps for people, sealed so that a copy of the database gives none of them away.
 *
 * Each is sealed by XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha §2) under a key that is not in the database, and bound to
 * what it belongs to: moved to another row, person, provider, kind or host, it opens no more. Several keys may be at hand;
 * the table vault_keys says which of them is current: what is sealed is sealed under that one. So nodes agree on it, and a
 * key can be changed while all of them run (integrations/vault_rotation.h). */
#pragma once

#include "base/arena.h"
#include "base/context.h"
#include "db/tx.h"

/* The keys that this process holds. Thread-safe. */
struct vault;

enum {
        VAULT_KEY_SIZE = 32,
        VAULT_KEY_ID_LENGTH = 16,     /* hex digits, made from the key; not secret */
        VAULT_OVERHEAD = 1 + 24 + 16, /* bytes that sealing adds: form, nonce, tag */
        VAULT_PLAIN_MAX = 32 * 1024,  /* bytes of one secret */
};

/* What a sealed secret belongs to. Members that mean nothing for it are STR_NULL. */
struct vault_binding {
        struct str purpose; /* what the row is: "credential", "oauth state" */
        struct str row_id;
        struct str user_id;
        struct str provider;
        struct str kind;
        struct str host;
};

struct vault_sealed {
        struct str key_id;
        struct str bytes;
};

/* Seals a secret under the current key.
 *
 * tx       a write transaction, the one that stores the result: no rotation of the key ends before it does
 * plain    at most VAULT_PLAIN_MAX bytes
 * ret      on the arena
 * errors   ERR_VAULT (the current key is not at hand; logged), ERR_TOO_LARGE, ERR_RANDOM, ERR_NO_MEMORY, ERR_STORAGE
 */
_must_use_ int vault_seal(const struct context *context, struct tx *tx, struct arena *arena,
                          const struct vault_binding *to, struct str plain, struct vault_sealed *ret);

/* Opens what was sealed; needs no transaction.
 *
 * out       room for VAULT_PLAIN_MAX bytes; the caller wipes it
 * ret_len   bytes of the secret
 * errors    ERR_VAULT: its key is not at hand, or it does not belong to this row, or was changed; logged, with the row
 */
_must_use_ int vault_open(const struct context *context, const struct vault_binding *of,
                          const struct vault_sealed *sealed, void *out, size_t *ret_len);
