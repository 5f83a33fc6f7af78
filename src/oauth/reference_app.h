/* The app as which the API reference signs people in (RFC 6749 §2.1: a public client, by PKCE): part of the program, one row
 * like any app's, so that consents, tokens and disabling work as for all others. */
#pragma once

#include "base/context.h"
#include "db/tx.h"

/* The page, and where a sign-in leads back to; below the public address. */
#define REFERENCE_PATH        "/external-api/docs"
#define REFERENCE_RETURN_PATH REFERENCE_PATH "/oauth2-redirect"

#define REFERENCE_CLIENT_ID "agpt_client_api_reference"

/* Adds the app, or makes its row agree with settings and program: the redirect URI follows the public address, the scopes are
 * all that there are. Writes nothing when it agrees already.
 *
 * errors   ERR_RANDOM, ERR_NO_MEMORY, ERR_STORAGE
 */
_must_use_ int reference_app_put(const struct context *context, struct tx *tx);
