/* What becomes of a person's credentials when they delete their account: gone here in the transaction, and told to the providers
 * after it, whose tokens nobody shall be able to use any more. */
#pragma once

#include "http/request.h"
#include "integrations/provider.h"

enum {
        CREDENTIALS_TOLD_MAX =
                100, /* providers' tokens that are revoked; 500 credentials are most of them keys */
        CREDENTIALS_TELL_MS = 30 * 1000,   /* no call begins after that */
        CREDENTIALS_LEFT_BYTES = 16 << 20, /* memory of a request that does this */
};

/* Whether its provider has an endpoint that takes its tokens back. */
bool credential_is_revocable(const struct context *context, const struct credential *c);

/* Those that a provider is to be told of, sealed as they were stored. On the request's arena. */
struct credentials_left {
        struct credential *list;
        size_t n;
        size_t more; /* revocable ones beyond the maximum */
};

/* Deletes all credentials of who calls.
 *
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int credentials_leave(struct request *req, struct credentials_left *ret);

/* Revokes what was left, one after the other; may take CREDENTIALS_TELL_MS and a call's time. On threads that may block.
 *
 * ret   the titles of providers that could not be told, each once, sorted as they come; on the arena
 * errors   ERR_NO_MEMORY
 */
_must_use_ int credentials_tell(const struct request *req, struct arena *arena,
                                const struct credentials_left *left, struct provider_names *ret);
