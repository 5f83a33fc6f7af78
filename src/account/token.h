/* Tokens of every kind are `prefix + base64url(id ‖ secret)`: an 8-byte time-ordered id (big-endian), by
 * which the row is found, and 24 secret bytes; 43 characters behind the prefix. The row holds the SHA-256 of
 * the whole text, compared in constant time (hash_equal), so nothing that can be replayed is stored, and a
 * token of one kind never passes for another: the prefix is part of what is hashed. */
#pragma once

#include "base/context.h"
#include "base/secret.h"

#define TOKEN_PREFIX_SESSION STR("gh_s_")
#define TOKEN_PREFIX_LINK    STR("gh_l_")
#define TOKEN_PREFIX_DEVICE  STR("gh_d_")
#define TOKEN_PREFIX_KEY     STR("agpt_")    /* dialect: Formats */
#define TOKEN_PREFIX_ACCESS  STR("agpt_xt_") /* dialect: Formats */
#define TOKEN_PREFIX_REFRESH STR("agpt_rt_") /* dialect: Formats */
#define TOKEN_PREFIX_CODE    STR("")         /* dialect: Formats: no prefix */

enum {
        TOKEN_SECRET_SIZE = 24, /* bytes */
        TOKEN_BODY_LENGTH = 43, /* characters behind the prefix */
        TOKEN_TEXT_MAX = 64,    /* characters, prefix included */
};

/* A new token.
 *
 * prefix     of its kind, TOKEN_PREFIX_…
 * ret_text   what its holder gets; the caller wipes it (secret_done)
 * ret_id     of the row
 * ret_hash   for the row
 * errors     ERR_RANDOM
 */
_must_use_ int token_make(const struct context *context, struct str prefix, struct secret *ret_text,
                          int64_t *ret_id, struct hash *ret_hash);

/* Reads a token as its holder sent it: exact prefix, exact length, the one canonical base64url text of its
 * bytes.
 *
 * returns   false for anything else; outputs are untouched then
 */
_must_use_ bool token_parse(struct str text, struct str prefix, int64_t *ret_id, struct hash *ret_hash);

/* The text of a token whose secret was derived, not drawn: the successor of a refresh token.
 *
 * id       0 or greater
 * secret   TOKEN_SECRET_SIZE bytes
 * ret      the caller wipes it; its row's hash is hash_sha256(secret_str(ret))
 */
void token_compose(struct str prefix, int64_t id, const uint8_t secret[TOKEN_SECRET_SIZE],
                   struct secret *ret);
