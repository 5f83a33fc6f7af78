#include "oauth/api_key.h"

#include "base/log.h"
#include "oauth/secret_memo.h"

/* The head shows three characters of the secret; several keys that share head and tail are next to impossible. */
enum { ALIKE_MAX = 4 };

/* As the memo knows it: a key's id is no client id. */
static struct app memo_entry(const struct api_key_row *row) {
        return (struct app){ .row = { .client_id = row->id, .secret_hash = row->hash } };
}

static bool is_remembered(const struct context *context, const struct api_key *key,
                          const struct api_key_row *row) {
        struct app entry = memo_entry(row);

        return secret_memo_has(context->client_secrets, &context->process_key, &entry, key->text);
}

/* A key that was made here: as random as an access token, and checked as quickly. */
static bool has_digest(const struct api_key *key, const struct api_key_row *row) {
        struct hash digest;

        if (!row->digest.ptr)
                return false;
        digest = hash_sha256(key->text);
        return hash_equal(&digest, row->digest);
}

/* A key's hash changes only when it is hashed anew, as another request may have done meanwhile. */
static bool was_verified(const struct api_key *key, const struct api_key_row *row) {
        return key->row && str_eq(key->row->id, row->id);
}

static bool is_well_formed(struct str text) {
        return text.len >= 2 * API_KEY_PART && text.len <= API_KEY_TEXT_MAX &&
               str_starts_with(text, STR("agpt_")) && str_is_utf8(text);
}

int api_key_find(struct request *req, struct api_key *key) {
        const struct context *context = req->context;
        const struct api_key_row *good = NULL;
        struct api_key_row *rows;
        bool slow = false; /* one may still prove to be it */
        size_t n;
        int r;

        if (!is_well_formed(key->text))
                return -ERR_API_KEY;
        r = db_api_keys_alike(req->tx, &req->arena, str_first(key->text, API_KEY_PART),
                              str_from(key->text, key->text.len - API_KEY_PART), ALIKE_MAX, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n && !good; i++)
                if (has_digest(key, &rows[i]) || was_verified(key, &rows[i]) ||
                    is_remembered(context, key, &rows[i]))
                        good = &rows[i];
                else
                        slow |= !rows[i].digest.ptr;
        if (!good && (!slow || key->row))
                return -ERR_API_KEY;
        key->alike = rows;
        key->n_alike = n;
        if (!good)
                return API_KEY_VERIFY;
        if (!good->is_active)
                return -ERR_API_KEY;
        key->row = good;
        return API_KEY_KNOWN;
}

int api_key_find_ended(struct request *req, const struct api_key *key, const struct api_key_row **ret) {
        struct str head, tail;
        struct api_key_row *rows;
        size_t n;
        int r;

        if (!is_well_formed(key->text))
                return 0;
        head = str_first(key->text, API_KEY_PART);
        tail = str_from(key->text, key->text.len - API_KEY_PART);
        for (int ended = 0; ended < 2; ended++) { /* first those of disabled people */
                r = ended ? db_api_keys_ended_alike(req->tx, &req->arena, head, tail, ALIKE_MAX, &rows, &n)
                          : db_api_keys_alike(req->tx, &req->arena, head, tail, ALIKE_MAX, &rows, &n);
                if (r < 0)
                        return r;
                for (size_t i = 0; i < n; i++)
                        if (has_digest(key, &rows[i]) || is_remembered(req->context, key, &rows[i])) {
                                *ret = &rows[i];
                                return 1;
                        }
        }
        return 0;
}

/* Scrypt in place of a plain SHA-256, now that the key's text is at hand. */
static void rehash(struct request *req, struct api_key *key) {
        if (client_secret_hash(key->text, req->context->random, key->new_hash, key->new_salt) < 0) {
                LOG(LOG_WARNING, "an API key could not be hashed anew", LOG_STR("key", key->row->id));
                return;
        }
        key->rehashed = true;
}

int api_key_verify(struct request *req, struct api_key *key) {
        const struct context *context = req->context;

        for (size_t i = 0; i < key->n_alike; i++) {
                const struct api_key_row *row = &key->alike[i];
                struct app entry = memo_entry(row);

                if (row->digest.ptr)
                        continue;
                /* Of many requests that came at once, the first may have proved it while this one waited. */
                if (!is_remembered(context, key, row)) {
                        if (!client_secret_verify(key->text, row->hash, row->salt))
                                continue;
                        secret_memo_add(context->client_secrets, &context->process_key, &entry, key->text);
                }
                key->row = row;
                if (!row->salt.ptr)
                        rehash(req, key);
                return 0;
        }
        return -ERR_API_KEY;
}

bool api_key_needs_touch(const struct context *context, const struct api_key *key) {
        return key->row &&
               (key->rehashed || clock_now(context->clock) - key->row->last_used_at > API_KEY_TOUCH_MS);
}
