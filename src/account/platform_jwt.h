/* Verification of the Platform's user JWTs (dialect: Who calls; RFC 7519, RFC 8725). Pure: keys, time and text in, a person
 * out; nothing is fetched and nothing is stored. */
#pragma once

#include "account/jwt_keys.h"
#include "base/arena.h"

enum {
        PLATFORM_JWT_MAX = 8 * 1024,           /* characters */
        PLATFORM_JWT_LEEWAY = 60,              /* seconds that the Platform's clock may be beside ours */
        PLATFORM_USER_ID_MAX = 64,             /* bytes */
        PLATFORM_EMAIL_MAX = 320,              /* bytes */
        PLATFORM_JWT_SIGNATURE_MAX = 4096 / 8, /* bytes */
};

/* Whom a token is about, in its own words; on the arena. */
struct platform_person {
        struct str id;    /* `sub`: printable ASCII */
        struct str email; /* as claimed, unchecked; STR_NULL for none */
        struct str name;  /* user_metadata.name, unchecked; STR_NULL for none */
        bool is_admin;    /* `role` is admin */
        bool by_secret;   /* by HS256: the public keys had no say in it */
};

struct platform_jwt_check {
        const struct jwt_keys *secret; /* HS256; NULL when none is configured */
        const struct jwt_keys *public; /* RS256, ES256; NULL when none is known */
        bool public_configured;        /* a token of an unknown key is worth a look at the Platform's keys */
        int64_t now;                   /* milliseconds */
};

/* Checks a token's form, algorithm, signature, audience and times, in this order.
 *
 * token        as sent behind "Bearer "
 * ret_reason   on ERR_JWT_INVALID: what is wrong, a constant for "Invalid token: …"
 * errors       ERR_JWT_INVALID; ERR_JWKS (well-formed, but of a key that is not among `public`); ERR_JWT_EXPIRED;
 *              ERR_JWT_NO_USER; ERR_NO_MEMORY
 */
_must_use_ int platform_jwt_verify(const struct platform_jwt_check *check, struct arena *arena,
                                   struct str token, struct platform_person *ret, const char **ret_reason);
