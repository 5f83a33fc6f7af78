/* What providers answer, taken apart. */
#pragma once

#include <jansson.h>

#include "integrations/oauth_call.h"

/* What was sent for tokens, and what holds where the answer says nothing. */
struct oauth_asked {
        struct str sent;   /* the code or refresh token: repeated to nobody */
        struct str scopes; /* as requested, or as granted before */
        int64_t lifetime; /* of an access token where neither answer nor provider's row tell, milliseconds; 0: it never ends */
        bool renewal; /* the refresh token that was sent may be spent: what is wrong about scopes loses no tokens */
};

/* The tokens of an answer, or why there are none: some providers say so with status 200, and some in no JSON.
 *
 * answer      an object; NULL for what was none
 * errors      ERR_OUTBOUND with a problem, ERR_NO_MEMORY
 */
_must_use_ int oauth_answer_tokens(const struct context *context, const struct provider *p,
                                   struct arena *arena, const json_t *answer, int status,
                                   const struct oauth_asked *asked, struct oauth_tokens *ret,
                                   struct oauth_problem *problem);

/* Whether the answer to a code has the members that this provider's must have.
 * errors   ERR_OUTBOUND with a problem */
_must_use_ int oauth_answer_complete(const struct provider *p, const json_t *answer,
                                     struct oauth_problem *problem);

/* The account's name in an answer; STR_NULL for none. */
struct str oauth_answer_user(const struct provider *p, struct arena *arena, const json_t *answer);

/* Says what a refusal is about. Returns -ERR_OUTBOUND. sent: as above */
int oauth_answer_refusal(const struct provider *p, const json_t *answer, int status, struct str sent,
                         struct oauth_problem *problem);
