/* Renewing the tokens of a connected account, once for all who need it. */
#pragma once

#include "integrations/credential_use.h"

enum credential_renewed {
        CREDENTIAL_RENEWED =
                0, /* by whomever, or there is nothing to renew it with yet its token has not ended: read it again */
        CREDENTIAL_ELSEWHERE = 1, /* somebody else is at it */
};

/* Whether its token ends too soon to be used; of one that lives but for minutes, whether half of its life is over: else it
 * would be renewed with each use. */
bool credential_is_due(const struct context *context, const struct credential *c);

/* Renews its tokens, unless somebody did or does. The new ones are stored at once: a provider that gives a new refresh token
 * with each takes back the one before. After a failure the provider is left alone for a while, by all nodes.
 *
 * c        as it was read
 * returns  enum credential_renewed
 * errors   ERR_CREDENTIAL_RECONNECT, ERR_OUTBOUND with a problem; any of storage and vault
 */
_must_use_ int credential_renew(const struct context *context, const struct credential *c,
                                struct oauth_problem *problem);
