/* Who calls: fills req->identity from the session cookie, the user JWT or the access token, and holds it against what the
 * route asks. */
#pragma once

#include "web/route.h"

/* Runs in the route's first step, within its snapshot or transaction.
 *
 * errors   ERR_NOT_SIGNED_IN, ERR_NOT_ADMINISTRATOR, those of platform_person_row(), ERR_CSRF (ROUTE_FORM without its token),
 * ERR_NO_CREDENTIAL, ERR_API_KEY, ERR_TOKEN_…, ERR_MISSING_SCOPE (with the names), ERR_TOKEN_IN_QUERY, ERR_STORAGE
 */
_must_use_ int authenticate(struct request *req, struct response *res, const struct route *route);

/* What authenticate() returns when an API key must be verified first: by authenticate_verify(), on the worker pool;
 * then the step is begun again. No step returns it. */
enum { AUTHENTICATE_VERIFY = 64 };

/* errors   ERR_API_KEY */
_must_use_ int authenticate_verify(struct request *req);
