/* Proof Key for Code Exchange, method S256 alone (RFC 7636; dialect: Authorize). */
#pragma once

#include "base/str.h"

enum { PKCE_CHALLENGE_LENGTH = 43 }; /* characters */

/* 43 characters that are the base64url of 32 bytes (§4.2). */
bool pkce_challenge_valid(struct str code_challenge);

/* Whether the verifier, 43 to 128 unreserved characters (§4.1), hashes to the challenge. Constant time. */
bool pkce_verify(struct str code_verifier, struct str code_challenge);

/* The S256 challenge of any verifier; writes PKCE_CHALLENGE_LENGTH characters and no NUL. */
void pkce_challenge_of(struct str code_verifier, char out[PKCE_CHALLENGE_LENGTH]);
