/* Connecting a person's account at a provider: off to the provider, and back with a code (RFC 6749 §4.1). */
#pragma once

#include "http/request.h"
#include "integrations/connection_state.h"
#include "integrations/credential.h"
#include "integrations/provider.h"

struct connect_request {
        const struct provider *provider;
        const struct str *scopes; /* as they were asked for */
        size_t n_scopes;
        struct str callback_url; /* where the provider leads back to; checked by the caller */
        bool external;           /* an app asks through the External API */
        struct str metadata;     /* a JSON object of the caller's; STR_NULL for none */
        struct str
                credential_id; /* of the caller's person: to be connected anew, keeping its id; STR_NULL: make one */
        struct str return_to; /* page of this server to go on with; STR_NULL for none */
};

struct connect_begun {
        struct str login_url; /* at the provider */
        struct str state_token;
        int64_t expires_at; /* milliseconds */
};

/* Whether a provider can be connected by OAuth here.
 * errors   ERR_PROVIDER_NOT_FOUND (p is NULL), ERR_PROVIDER_NO_OAUTH, ERR_PROVIDER_NOT_CONFIGURED; each with the
 *          Platform's words, about `name` */
_must_use_ int connect_possible(struct request *req, const struct provider *p, struct str name);

/* Begins, for the person who calls; in a write transaction.
 *
 * ret      on the arena
 * errors   those of connect_possible(), ERR_INVALID_FIELD (scopes), ERR_CREDENTIAL_NOT_FOUND, those of
 *          connection_state_create()
 */
_must_use_ int connect_begin(struct request *req, const struct connect_request *asked,
                             struct connect_begun *ret);

/* What came back from the provider. */
struct connect_answer {
        struct str provider; /* that it must be; STR_NULL for whichever was gone to */
        bool external;       /* as it was begun */
        struct str state_token;
        struct str code;                     /* STR_NULL when there is an error */
        struct str error, error_description; /* the provider's; STR_NULL for none */
};

struct connected {
        struct connection_state
                state; /* as it was begun; set as soon as it was found, provider.ptr then is */
        struct credential credential;
        struct str missing; /* scopes that were asked for and not granted; empty for none */
};

/* Completes, for the person who calls: spends the state, exchanges the code, stores the credential. On the crew's threads
 * only, for it waits for the provider; without a transaction.
 *
 * ret      on the arena; ret->state also on failure
 * errors   ERR_CONNECTION_STATE; ERR_CONNECTION_FAILED with what the provider said; those of connect_possible();
 *          ERR_CREDENTIAL_NOT_FOUND (it was to be connected anew), ERR_CREDENTIALS_FULL, ERR_STORAGE, ERR_BUSY (the server
 *          is about to end)
 */
_must_use_ int connect_complete(struct request *req, const struct connect_answer *answer,
                                struct connected *ret);
