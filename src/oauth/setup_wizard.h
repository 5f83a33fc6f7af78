/* The setup wizard (dialect: Setup wizard): an app sends a person here to have accounts connected that it needs, and gets them
 * back once all are. */
#pragma once

#include "http/response.h"
#include "integrations/provider.h"
#include "oauth/app.h"

enum {
        WIZARD_PROVIDERS_MAX = 20,
        WIZARD_JSON_MAX = 6 * 1024, /* bytes of the decoded list: what an address can hold */
};

/* One provider that the app wants. A name that comes twice is one of these, with the scopes of both. */
struct wizard_slot {
        const struct provider *provider;
        struct str scopes;        /* asked for, in the provider's full form; empty for whichever */
        struct str credential_id; /* that it is connected by; STR_NULL while it is not */
};

struct wizard {
        struct str client_id, redirect_uri, state; /* as sent; STR_NULL when absent */
        struct app app;
        struct wizard_slot slots[WIZARD_PROVIDERS_MAX];
        size_t n_slots;
};

/* Takes the list of providers apart: base64 or base64url of JSON `[{"provider": …, "scopes": […]}]`.
 *
 * text         the parameter's value
 * errors       ERR_INVALID_FIELD with a text for people (nothing to read, none, unknown, too many), ERR_NO_MEMORY
 */
_must_use_ int wizard_read_providers(struct request *req, struct str text, struct wizard *ret);

/* Data of the slots, and how many are connected: each by the credential that is noted in it.
 *
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int wizard_slots_json(struct request *req, struct wizard *wizard, json_t **ret,
                                 size_t *ret_connected);

int handle_setup_wizard(struct request *req, struct response *res); /* GET /auth/integrations/setup-wizard */
/* POST there: goes on to the app, noting which credentials the person chose for it */
int handle_setup_wizard_done(struct request *req, struct response *res);
