/* Cross-origin access (Fetch standard): the endpoints that apps call from their own pages may be called from
 * any origin, never with cookies. Where the Platform's user JWTs count, pages of its front ends may call the JSON endpoints
 * for people, without cookies too. Pages, and everything else that a session opens, send no CORS headers at all. */
#pragma once

#include "web/route.h"

/* Access-Control-Allow-Origin on the answer of a route that has ROUTE_CORS, or that takes user JWTs. */
void cors_allow(const struct request *req, const struct route *route, struct response *res);

/* The same on the answer to a preflight, if the path has such a route for the method that is asked for.
 *
 * allow   the path's methods, as in Allow
 */
void cors_preflight(const struct request *req, struct response *res, struct str allow);
