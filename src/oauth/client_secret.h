/* Credentials of apps: how client ids and secrets are made, and how a secret is stored and checked (dialect:
 * Formats).
 *
 * A secret is stored as scrypt (N = 2^14, r = 8, p = 1, 32-byte salt and output, lower-case hex), the
 * Platform's own format, so that apps can be moved over with their secrets. One hash takes about 40 ms and 16
 * MiB: never on an event loop or on the database's writer. */
#pragma once

#include "base/random.h"
#include "base/secret.h"

enum {
        CLIENT_ID_LENGTH = 34,     /* "agpt_client_" and 16 bytes as base64url */
        CLIENT_SECRET_LENGTH = 55, /* "agpt_secret_" and 32 bytes as base64url */
        CLIENT_SECRET_HEX_LENGTH = 64,
};

/* A new client id; writes CLIENT_ID_LENGTH characters and no NUL. Errors: those of `random`. */
_must_use_ int client_id_generate(const struct random *random, char *out);

/* A new secret. Errors: those of `random`; ret is empty then. */
_must_use_ int client_secret_generate(const struct random *random, struct secret *ret);

/* Hashes a secret under a new salt.
 *
 * ret_hash_hex, ret_salt_hex   CLIENT_SECRET_HEX_LENGTH characters each, no NUL; set only on success
 * errors                       ERR_NO_MEMORY, and those of `random`
 */
_must_use_ int client_secret_hash(struct str secret, const struct random *random,
                                  char ret_hash_hex[CLIENT_SECRET_HEX_LENGTH],
                                  char ret_salt_hex[CLIENT_SECRET_HEX_LENGTH]);

/* Whether a secret is the one that is stored. False too when there is no memory for the check: nobody gets in
 * by that.
 *
 * secret     as presented; one without the prefix "agpt_" is refused at once
 * hash_hex   STR_NULL for an app without a secret: takes as long as a wrong one and is refused
 * salt_hex   STR_NULL: hash_hex is the SHA-256 of the secret, as early versions of the Platform stored it
 */
_must_use_ bool client_secret_verify(struct str secret, struct str hash_hex, struct str salt_hex);

/* Takes as long as the check of a wrong secret: for apps that are unknown or have no secret. */
void client_secret_verify_nothing(struct str secret);
