/* Calls to a provider's OAuth endpoints: a code or refresh token for tokens, whose account it is, revocation (RFC 6749, 7009).
 * What differs from provider to provider is said by its row alone (integrations/provider.h). They block: on the crew's threads
 * only. Nothing is trusted: slow, large, redirecting and malformed answers each have their words. */
#pragma once

#include "integrations/provider.h"

enum {
        OAUTH_TOKEN_MS = 20 * 1000,     /* milliseconds that a call for tokens may take */
        OAUTH_OTHER_MS = 10 * 1000,     /* that every other one may */
        OAUTH_ANSWER_MAX = 1024 * 1024, /* bytes */
        OAUTH_PROBLEM_MAX = 400,
        OAUTH_CODE_MAX = 4096, /* bytes of a provider's code */
};

/* Why a call failed. */
struct oauth_problem {
        enum {
                OAUTH_UNAVAILABLE, /* no answer, or none that makes sense: it may work later */
                OAUTH_REFUSED,     /* the provider refuses this code or refresh token for good */
                OAUTH_OTHER,       /* it refuses something else: our client, the request */
        } kind;
        char text[OAUTH_PROBLEM_MAX]; /* for the person whose account it is; nothing secret. UTF-8 */
};

/* What a provider gave. Strings are on the arena. */
struct oauth_tokens {
        struct str access_token;
        struct str refresh_token;               /* STR_NULL for none */
        struct str scopes;                      /* granted: see integrations/provider_scopes.h */
        struct str title, username;             /* STR_NULL for none */
        struct str metadata;                    /* a JSON object; STR_NULL for none */
        int64_t expires_at, refresh_expires_at; /* milliseconds; 0 for never, or not told */
};

/* What a provider answered to being asked for an account, and what it was asked with. */
struct oauth_code {
        struct str code;
        struct str callback_url;
        struct str verifier;  /* PKCE's; used where the provider supports it */
        struct str requested; /* scopes */
};

/* Exchanges a code, and asks whose account it is; that nobody answers to this is no failure.
 *
 * errors      ERR_OUTBOUND with a problem, ERR_STOPPED, ERR_NO_MEMORY
 */
_must_use_ int oauth_exchange(const struct context *context, const struct provider *p, struct arena *arena,
                              const struct oauth_code *code, struct oauth_tokens *ret,
                              struct oauth_problem *problem);

/* Renews tokens. What the answer leaves out stays as it was: refresh_token, scopes, how long an access token lives.
 *
 * lifetime   of the access token that is replaced, milliseconds; 0 for one that never ends
 * errors     as oauth_exchange()
 */
_must_use_ int oauth_renew(const struct context *context, const struct provider *p, struct arena *arena,
                           struct str refresh_token, struct str scopes, int64_t lifetime,
                           struct oauth_tokens *ret, struct oauth_problem *problem);

/* Tells the provider that the tokens are no longer wanted.
 *
 * returns   1; 0 when it has no such endpoint, or is not configured any more
 * errors    as oauth_exchange()
 */
_must_use_ int oauth_revoke(const struct context *context, const struct provider *p, struct arena *arena,
                            const struct oauth_tokens *tokens, struct oauth_problem *problem);
