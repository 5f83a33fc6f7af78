/* The keys that the Platform's user JWTs are checked with. Which algorithm a key is for is settled when it is read, never
 * by a token: a secret is for HS256 alone, a key of a JWK Set for RS256 or ES256 alone (RFC 8725 §3.1).
 *
 * A set is constant once made. Its holders count themselves; the last to release it frees it. */
#pragma once

#include <cjose/jwk.h>
#include <stdatomic.h>

#include "base/errors.h"
#include "base/str.h"

enum {
        JWT_KEYS_MAX = 32,
        JWT_KID_MAX = 128,         /* bytes */
        JWKS_SIZE_MAX = 64 * 1024, /* bytes of a JWK Set */
        JWT_JSON_DEPTH_MAX = 16,
};

enum jwt_algorithm { JWT_HS256, JWT_RS256, JWT_ES256, JWT_ALGORITHMS };

struct jwt_key {
        enum jwt_algorithm algorithm;
        size_t kid_length;
        char kid[JWT_KID_MAX];
        cjose_jwk_t *jwk;
};

struct jwt_keys {
        atomic_uint holders;
        size_t n;
        struct jwt_key list[JWT_KEYS_MAX];
};

/* "HS256", …; JWT_ALGORITHMS when it is none of ours. */
enum jwt_algorithm jwt_algorithm_of(struct str name);

/* One key for HS256, without a kid. errors   ERR_NO_MEMORY */
_must_use_ int jwt_keys_from_secret(struct str secret, struct jwt_keys **ret);

/* The usable keys of a JWK Set (RFC 7517 §5): RSA of 2048 to 4096 bits for RS256, P-256 for ES256, with a kid, for
 * signatures. Others are passed over, as are those past JWT_KEYS_MAX; of a private key only its public half is read.
 *
 * errors   ERR_BAD_JSON (no JWK Set), ERR_NO_MEMORY
 */
_must_use_ int jwt_keys_from_jwks(struct str json, struct jwt_keys **ret);

/* The key for this algorithm with this kid, or NULL. HS256 has one key, whatever the kid. */
const cjose_jwk_t *jwt_keys_find(const struct jwt_keys *keys, enum jwt_algorithm algorithm, struct str kid);

struct jwt_keys *jwt_keys_hold(struct jwt_keys *keys);

/* Takes NULL; returns NULL. */
struct jwt_keys *jwt_keys_release(struct jwt_keys *keys);

/* A JSON object that could not be read in two ways: no name twice, nothing behind it, valid UTF-8, no deeper than
 * JWT_JSON_DEPTH_MAX; NULL otherwise. */
struct json_t *jwt_json_object(struct str text);
