/* What is remembered while a person is at a provider to connect an account. The token of it travels through the browser as
 * `state`, works once, for ten minutes, for that person and provider alone; the database holds its hash. */
#pragma once

#include "base/context.h"
#include "base/secret.h"
#include "db/tx.h"

enum {
        CONNECTION_STATE_SECONDS = 600,
        CONNECTION_STATES_MAX = 100,       /* of one person at a time: the oldest make room */
        CONNECTION_STATE_LENGTH = 43,      /* characters: 32 random bytes in base64url */
        CONNECTION_VERIFIER_LENGTH = 128,  /* characters: 96 bytes in base64url (RFC 7636 §4.1) */
        CONNECTION_METADATA_MAX = 8 * 1024 /* bytes of JSON text */
};

struct connection_state {
        struct str user_id;
        struct str provider;
        bool external;            /* begun by an app through the External API */
        struct str callback_url;  /* where the provider leads back to */
        struct str scopes;        /* that were asked for */
        struct str metadata;      /* a JSON object of the app's own */
        struct str credential_id; /* that shall be connected anew; STR_NULL: a new one is made */
        struct str return_to;     /* page of this server; STR_NULL for none */
        int64_t expires_at;       /* milliseconds; set when it is created */
};

/* Stores one.
 *
 * errors   ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int connection_state_create(const struct context *context, struct tx *tx, struct arena *arena,
                                       struct connection_state *s, struct secret *ret_token);

/* Spends one.
 *
 * provider that it must be for; STR_NULL for whichever it is
 * ret      strings on the arena
 * errors   ERR_CONNECTION_STATE (unknown, spent, expired, another person's, another
 *          provider's), ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int connection_state_take(const struct context *context, struct tx *tx, struct arena *arena,
                                     struct str token, struct str user_id, struct str provider,
                                     struct connection_state *ret);

/* The PKCE verifier that goes with a state. It is made from the token and the server's key, so that no copy of the database
 * holds it. */
void connection_state_verifier(const struct context *context, struct str token,
                               char out[CONNECTION_VERIFIER_LENGTH]);
