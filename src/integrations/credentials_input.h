/* What a page shows of one provider so that a person can connect it: the partial credentials_input.html. */
#pragma once

#include <jansson.h>

#include "http/request.h"
#include "integrations/provider.h"

struct credentials_input {
        const struct provider *provider;
        struct str scopes; /* to be asked for at the provider, spaces between; STR_NULL for its defaults */
        struct str
                credential_id; /* of an account to be connected anew, or with more scopes; STR_NULL: another one */
        struct str return_to; /* page of this server to go on with */
        bool show_title;      /* the person may name the credential */
};

/* What scopes of a provider allow, a text for each, in the language of the request's pages. */
json_t *scopes_in_words(const struct request *req, const struct provider *p, struct str scopes);

/* The partial's data.
 *
 * req   of who sees it: administrators are told which variables to set
 * returns   NULL when memory runs out
 */
json_t *credentials_input_json(struct request *req, const struct credentials_input *input);
