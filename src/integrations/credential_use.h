/* Stored credentials at the moment of their use: opened, and of connected accounts renewed first when their tokens are about to
 * end. However many requests and nodes need a credential at that moment, one of them renews it. */
#pragma once

#include "integrations/credential.h"
#include "integrations/oauth_call.h"

enum {
        CREDENTIAL_RENEW_MS =
                300 * 1000, /* renewed when its token has less left, and less than half of its life */
        CREDENTIAL_RESERVED_MS =
                120 * 1000,              /* that whoever renews has: for the call, for storing, and 60 seconds
                                                * by which nodes' clocks may differ */
        CREDENTIAL_WAIT_MS = 150 * 1000, /* that others wait for it */
        CREDENTIAL_STORE_AGAIN_MS = 30 * 1000, /* that new tokens are tried to be stored */
        /* After a renewal that failed none is tried for so long, on no node; twice as long after each further one */
        CREDENTIAL_REST_MS = 5 * 1000,
        CREDENTIAL_REST_MAX_MS = 300 * 1000,
};

/* Gives a person's credential for use now. Blocks: on the crew's threads only.
 *
 * provider     that it must be for; STR_NULL for any
 * ret          strings on the arena
 * ret_secret   wiped by the caller, see struct credential_secret; initialised here
 * problem      on ERR_OUTBOUND: why it could not be renewed
 * errors       ERR_CREDENTIAL_NOT_FOUND; ERR_CREDENTIAL_RECONNECT (the provider refuses to renew it: the person must connect
 *              the account anew); ERR_OUTBOUND; ERR_STOPPED, ERR_VAULT, ERR_STORAGE, ERR_BUSY, ERR_NO_MEMORY
 */
_must_use_ int credential_use(const struct context *context, struct arena *arena, struct str user_id,
                              struct str provider, struct str id, struct credential *ret,
                              struct credential_secret *ret_secret, struct oauth_problem *problem);
