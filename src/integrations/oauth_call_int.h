/* Requests to providers, between oauth_call.c, which says what is asked, and oauth_send.c, which says how. */
#pragma once

#include <jansson.h>

#include "base/strbuf.h"
#include "integrations/oauth_call.h"
#include "outbound/outbound.h"

enum { OAUTH_PARAMS_MAX = 8 };

/* A request as it is put together. */
struct oauth_call {
        const struct context *context;
        const struct provider *provider;
        struct arena *arena;
        const char *method;
        struct str url;   /* {client_id} and {token} are filled in */
        struct str token; /* for {token} and `Bearer` */
        int auth;         /* enum provider_auth */
        int body;         /* enum provider_body */
        int64_t timeout_ms;
        struct provider_pair params[OAUTH_PARAMS_MAX]; /* of the body; without a value: left out */
        size_t n_params;
};

/* Sends it.
 *
 * ret          the answer, if it is a JSON object: to be released by the caller; NULL for any other
 * ret_status   its HTTP status
 * errors       ERR_OUTBOUND with a problem (no answer), ERR_STOPPED, ERR_NO_MEMORY
 */
_must_use_ int oauth_send(struct oauth_call *call, json_t **ret, int *ret_status,
                          struct oauth_problem *problem);

/* Writes a problem; what a stranger said is cut and cleaned. Returns -ERR_OUTBOUND. */
_printf_(2, 3) int oauth_fail(struct oauth_problem *problem, const char *format, ...);
