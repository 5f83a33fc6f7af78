#include "integrations/vault.h"

#include <sodium.h>

#include "base/errors.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/statements.h"
#include "integrations/vault_int.h"

enum {
        FORM = 1, /* the first byte of all that is sealed */
        NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
        TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
        BOUND_MAX = 2048,  /* bytes that are bound to a secret */
        CURRENT_TRIES = 3, /* of who asks for the current key while it changes */
};

_Static_assert(VAULT_OVERHEAD == 1 + NONCE + TAG, "what sealing adds");
_Static_assert(VAULT_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key");

struct bound {
        size_t len;
        bool failed;
        uint8_t bytes[BOUND_MAX];
};

static void bind(struct bound *b, struct str part) {
        uint8_t length[4];

        for (size_t i = 0; i < sizeof(length); i++)
                length[i] = (uint8_t)(part.len >> (24 - 8 * i));
        if (part.len > UINT16_MAX || sizeof(length) + part.len > sizeof(b->bytes) - b->len) {
                b->failed = true;
                return;
        }
        memcpy(b->bytes + b->len, length, sizeof(length));
        b->len += sizeof(length);
        if (part.len)
                memcpy(b->bytes + b->len, part.ptr, part.len);
        b->len += part.len;
}

/* Each part behind its length: no two bindings have the same bytes. */
static bool bind_all(struct bound *b, const struct vault_key *key, const struct vault_binding *to) {
        const uint8_t form = FORM;

        b->len = 0;
        b->failed = false;
        bind(b, str_n(&form, 1));
        bind(b, str_n(key->id, sizeof(key->id)));
        bind(b, to->purpose);
        bind(b, to->row_id);
        bind(b, to->user_id);
        bind(b, to->provider);
        bind(b, to->kind);
        bind(b, to->host);
        return !b->failed;
}

int vault_seal_under(const struct vault_key *key, const struct random *random, const struct vault_binding *to,
                     struct str plain, uint8_t *out) {
        struct bound b;
        int r;

        if (!bind_all(&b, key, to))
                return -ERR_TOO_LARGE;
        r = random_fill(random, out + 1, NONCE);
        if (r < 0)
                return r;
        out[0] = FORM;
        crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, NULL, (const uint8_t *)plain.ptr,
                                                   plain.len, b.bytes, b.len, NULL, out + 1, key->seal);
        return 0;
}

int vault_open_under(const struct vault_key *key, const struct vault_binding *of, struct str sealed,
                     void *out, size_t *ret_len) {
        const uint8_t *bytes = (const uint8_t *)sealed.ptr;
        unsigned long long len;
        struct bound b;

        if (sealed.len < VAULT_OVERHEAD || sealed.len > VAULT_OVERHEAD + VAULT_PLAIN_MAX ||
            bytes[0] != FORM || !bind_all(&b, key, of))
                return -ERR_VAULT;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &len, NULL, bytes + 1 + NONCE,
                                                       sealed.len - 1 - NONCE, b.bytes, b.len, bytes + 1,
                                                       key->seal) < 0)
                return -ERR_VAULT;
        *ret_len = (size_t)len;
        return 0;
}

static int find_current(struct vault *vault, struct tx *tx, struct arena *arena,
                        const struct vault_key **ret) {
        struct vault_key_id_row row;
        int r = 0;

        /* On PostgreSQL who waited for a rotation to commit finds the former key current no more, and nothing in its place;
         * the next statement sees the new one. */
        for (unsigned i = 0; i < CURRENT_TRIES && r == 0; i++)
                r = db_vault_key_current(tx, arena, &row);
        if (r < 0)
                return r;
        if (r == 0) {
                LOG(LOG_ERROR, "the vault has no current key");
                return -ERR_VAULT;
        }
        *ret = vault_key_find(vault, row.id);
        if (*ret)
                return 0;
        LOG(LOG_ERROR, "the vault's current key is not at hand: add it to this node's keys",
            LOG_STR("key", row.id));
        return -ERR_VAULT;
}

int vault_seal(const struct context *context, struct tx *tx, struct arena *arena,
               const struct vault_binding *to, struct str plain, struct vault_sealed *ret) {
        const struct vault_key *key;
        uint8_t *out;
        int r;

        if (plain.len > VAULT_PLAIN_MAX)
                return -ERR_TOO_LARGE;
        r = find_current(context->vault, tx, arena, &key);
        if (r < 0)
                return r;
        out = arena_alloc(arena, plain.len + VAULT_OVERHEAD);
        if (!out)
                return -ERR_NO_MEMORY;
        r = vault_seal_under(key, context->random, to, plain, out);
        if (r < 0)
                return r;
        *ret = (struct vault_sealed){ .key_id = str_n(key->id, sizeof(key->id)),
                                      .bytes = str_n(out, plain.len + VAULT_OVERHEAD) };
        return 0;
}

static int refuse_to_open(const struct vault_binding *of, struct str key_id, const char *why) {
        LOG(LOG_ERROR, why, LOG_STR("what", of->purpose), LOG_STR("id", of->row_id),
            LOG_STR("user", of->user_id), LOG_STR("provider", of->provider), LOG_STR("key", key_id));
        return -ERR_VAULT;
}

int vault_open(const struct context *context, const struct vault_binding *of,
               const struct vault_sealed *sealed, void *out, size_t *ret_len) {
        const struct vault_key *key = vault_key_find(context->vault, sealed->key_id);

        if (!key)
                return refuse_to_open(of, sealed->key_id,
                                      "a secret cannot be opened: its key is not among this node's");
        if (vault_open_under(key, of, sealed->bytes, out, ret_len) < 0)
                return refuse_to_open(of, sealed->key_id,
                                      "a secret cannot be opened: it was changed, or moved from another row");
        return 0;
}
