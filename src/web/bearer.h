/* The Platform's user JWTs at the JSON endpoints for people: `Authorization: Bearer`, checked before the route's first
 * step. Pages, forms and the External API never look at them. */
#pragma once

#include "http/server.h"
#include "web/route.h"

/* Whether user JWTs count on a route where they are configured. */
bool route_takes_bearer(const struct route *route);

enum { BEARER_GO_ON = 0, BEARER_WAITS = 1 };

/* Checks the request's JWT, if the route takes one, one is configured and one was sent; fills req->bearer, which then
 * counts in place of any cookie. On the loop's thread; blocks on nothing.
 *
 * resume    run on the loop's thread when the Platform's keys were fetched, well or not: call again with it as NULL
 * returns   BEARER_GO_ON, BEARER_WAITS (resume will be run)
 * errors    ERR_JWT_INVALID (with its reason), ERR_JWT_EXPIRED, ERR_JWT_NO_USER, ERR_JWKS, ERR_NO_MEMORY
 */
_must_use_ int bearer_check(struct http_exchange *x, const struct route *route, struct http_task *resume);
