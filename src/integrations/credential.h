/* Credentials: people's accounts and keys elsewhere, which they lend to apps and agents (dialect: Integrations).
 *
 * What may be shown stands in columns; what is secret is sealed by the vault (integrations/vault.h) and comes out for use
 * alone, as a struct credential_secret: no answer, page, log or error holds any of it. All functions look at one person's
 * credentials only: others' are unknown. Strings of what is found are on the arena. */
#pragma once

#include "integrations/vault.h"

/* One bit each: a provider accepts several (integrations/provider.h). */
enum credential_kind {
        CREDENTIAL_OAUTH2 = 1 << 0,
        CREDENTIAL_API_KEY = 1 << 1,
        CREDENTIAL_USER_PASSWORD = 1 << 2,
        CREDENTIAL_HOST_SCOPED = 1 << 3, /* header fields for one host, or a domain and all below it */
};

enum credential_state {
        CREDENTIAL_OK,
        CREDENTIAL_RECONNECT_NEEDED, /* the provider refused to renew it: the person must connect anew */
};

enum {
        CREDENTIALS_MAX = 500, /* of one person */
        CREDENTIAL_PROVIDER_MAX = 64,
        CREDENTIAL_TITLE_MAX = 200, /* characters */
        CREDENTIAL_KEY_MAX = 8192,  /* bytes of an API key; some are documents */
        CREDENTIAL_USERNAME_MAX = 512,
        CREDENTIAL_PASSWORD_MAX = 1024,
        CREDENTIAL_TOKEN_MAX = 8192, /* of an access or a refresh token */
        CREDENTIAL_METADATA_MAX = 8192,
        CREDENTIAL_SCOPES_MAX = 4096,
        CREDENTIAL_HOST_MAX = 255, /* with "*." */
        CREDENTIAL_HEADERS_MAX = 32,
        CREDENTIAL_HEADER_NAME_MAX = 128,
        CREDENTIAL_HEADER_VALUE_MAX = 8192,
        CREDENTIAL_HEADERS_BYTES_MAX = 16 * 1024, /* names and values together */
        CREDENTIAL_TOUCH_MS = 60 * 1000,          /* how old the note of its last use may get */
};

struct credential {
        struct str id; /* UUID */
        struct str user_id;
        struct str provider;
        enum credential_kind kind;
        struct str title;           /* STR_NULL for none */
        struct str scopes;          /* oauth2: those granted, spaces between; else STR_NULL */
        struct str username;        /* oauth2: what the provider calls the account; STR_NULL for none */
        struct str host;            /* host_scoped: "api.example.com", "*.example.com"; else STR_NULL */
        int64_t expires_at;         /* of an API key or an access token; milliseconds, 0 for never */
        int64_t refresh_expires_at; /* of a refresh token; likewise */
        enum credential_state state;
        int64_t revision; /* grows with every change of the secret */
        int64_t created_at;
        int64_t updated_at;   /* when its secret was stored */
        int64_t last_used_at; /* 0 for never */
        bool is_system;       /* the server's own, the same for everybody: can't be changed */
        struct {
                int64_t failures; /* renewals that failed, since the last that did not */
                int64_t after;    /* none is tried before, milliseconds */
                struct str problem;
        } rest;
        struct vault_sealed sealed;
};

/* What is secret about it, in use. What was opened points into `bytes`; for what is to be stored the caller sets the
 * members alone. Wipe it by its cleanup:
 *
 *         _cleanup_(credential_secret_done) struct credential_secret secret;
 *
 *         credential_secret_init(&secret);
 */
struct credential_secret {
        struct str api_key;            /* api_key */
        struct str username, password; /* user_password */
        struct str access_token;       /* oauth2 */
        struct str refresh_token;      /* oauth2; STR_NULL for none */
        struct str metadata; /* oauth2: a JSON object, what the provider told besides; STR_NULL for none */
        struct credential_header {
                struct str name, value;
        } headers[CREDENTIAL_HEADERS_MAX]; /* host_scoped */
        size_t n_headers;
        size_t len; /* of `bytes` */
        char bytes[VAULT_PLAIN_MAX];
};

void credential_secret_init(struct credential_secret *s);

/* Zeroes what it held. */
void credential_secret_done(struct credential_secret *s);

/* "api_key", … as on the wire. */
struct str credential_kind_name(enum credential_kind kind);

/* False for a name that is none. */
_must_use_ bool credential_kind_find(struct str name, enum credential_kind *ret);

/* "ok", "reconnect_needed" */
struct str credential_state_name(enum credential_state state);

/* Stores a new credential.
 *
 * c        what may be shown: user_id, provider, kind, title, scopes, username, host, expires_at, refresh_expires_at.
 *          Its other members are set
 * secret   within the limits above
 * errors   ERR_CREDENTIALS_FULL, those of vault_seal()
 */
_must_use_ int credential_create(const struct context *context, struct tx *tx, struct arena *arena,
                                 struct credential *c, const struct credential_secret *secret);

/* One person's credential; also one of the server's own.
 *
 * provider   STR_NULL for whichever it is
 * returns    1, or 0 when there is none
 * errors     ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int credential_find(struct tx *tx, struct arena *arena, struct str user_id, struct str provider,
                               struct str id, struct credential *ret);

/* All of a person's, oldest first, behind them the server's own; without their secrets, which credential_find() brings.
 *
 * provider   STR_NULL for all
 */
_must_use_ int credential_list(struct tx *tx, struct arena *arena, struct str user_id, struct str provider,
                               struct credential **ret, size_t *ret_n);

/* The person's host_scoped credential for a host: one for exactly this host before one for the nearest domain above it, and the
 * newest of several.
 *
 * host      as in a URL, any case, without port
 * returns   1, or 0 when there is none
 */
_must_use_ int credential_find_for_host(struct tx *tx, struct arena *arena, struct str user_id,
                                        struct str host, struct credential *ret);

/* Gives it another title: 1, or 0 when there is none such. */
_must_use_ int credential_rename(struct tx *tx, const struct credential *c, struct str title);

/* 1, or 0 when there is none such any more. */
_must_use_ int credential_delete(struct tx *tx, const struct credential *c);

/* Replaces the secret with all that goes with it (scopes, username, both expiries), provided that nobody else did so since `c` was read;
 * its state is good again then, and whoever had reserved the refresh has it no more.
 *
 * returns   1 and c->revision, sealed, state anew; 0 when it was changed or deleted meanwhile
 * errors    those of vault_seal()
 */
_must_use_ int credential_store_secret(const struct context *context, struct tx *tx, struct arena *arena,
                                       struct credential *c, const struct credential_secret *secret);

/* Notes that only the person can make it work again, provided that the secret is still the one that was read: 1, else 0. */
_must_use_ int credential_mark_reconnect(struct tx *tx, const struct credential *c);

/* Reserves the refresh of its tokens: one request of all nodes gets it, until credential_store_secret() or the time is over.
 *
 * until_ms   when others may try in turn
 * returns    1; 0 when somebody else is at it, or the secret was changed since `c` was read
 */
_must_use_ int credential_reserve_refresh(const struct context *context, struct tx *tx,
                                          const struct credential *c, int64_t until_ms);

/* Gives the reservation back: the refresh failed, and may be tried again when c->rest says so. 1, or 0 when it was over. */
_must_use_ int credential_release_refresh(struct tx *tx, const struct credential *c, int64_t until_ms);

/* Opens its secret, for use now.
 * errors   ERR_VAULT */
_must_use_ int credential_open(const struct context *context, const struct credential *c,
                               struct credential_secret *ret);

/* Notes that it is used, also on record, once a minute at most; in a write transaction. */
_must_use_ int credential_touch(const struct context *context, struct tx *tx, const struct credential *c);
