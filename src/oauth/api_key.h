/* API keys at the External API (dialect: API keys): `X-API-Key: agpt_…`.
 *
 * A key is found by its first and last eight characters. One that was made here is a token (account/token.h) and checked by
 * SHA-256 at once. An imported one is checked by scrypt, which blocks: so in two parts, with the worker pool between them;
 * once it was right it is remembered as client secrets are (oauth/secret_memo.h), and skips the second. One whose row holds
 * a SHA-256 without salt, as early versions of the Platform stored it, is hashed anew. */
#pragma once

#include "account/scope.h"
#include "base/context.h"
#include "db/statements.h"
#include "http/request.h"
#include "oauth/client_secret.h"

enum { API_KEY_TEXT_MAX = 256, API_KEY_PART = 8, API_KEY_TOUCH_MS = 60 * 1000 };

/* A key that was sent. Lives in the request's arena. */
struct api_key {
        struct str text;           /* as sent; borrowed from the request */
        struct api_key_row *alike; /* those that it could be */
        size_t n_alike;
        const struct api_key_row *row; /* the one that it is; NULL until that is known */
        bool rehashed;                 /* new_hash and new_salt are to be stored: web/touch does */
        char new_hash[CLIENT_SECRET_HEX_LENGTH], new_salt[CLIENT_SECRET_HEX_LENGTH];
};

enum { API_KEY_KNOWN = 0, API_KEY_VERIFY = 1 };

/* Finds the rows that a key could be; may be called again after api_key_verify(), and then sees whether the row that was
 * verified is still good.
 *
 * key       text is set; zeroed before the first call
 * returns   API_KEY_KNOWN: key->row is set; API_KEY_VERIFY: to be verified first
 * errors    ERR_API_KEY (unknown, suspended, revoked, or of a disabled person), ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int api_key_find(struct request *req, struct api_key *key);

/* Whose a key is that was refused: suspended, revoked, or of a disabled person. For the audit trail, and for nothing else. Of an imported
 * key that is known only while it is remembered: nobody waits for scrypt here.
 *
 * returns   1: *ret is set; 0: nobody's who is known
 * errors    ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int api_key_find_ended(struct request *req, const struct api_key *key,
                                  const struct api_key_row **ret);

/* Checks the key against the rows that were found; on the worker pool, without a transaction.
 * errors   ERR_API_KEY */
_must_use_ int api_key_verify(struct request *req, struct api_key *key);

/* Whether something about the key's use is to be written down. */
bool api_key_needs_touch(const struct context *context, const struct api_key *key);
