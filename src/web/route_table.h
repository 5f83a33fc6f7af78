/* Finding a request's route in the table of routes.c. */
#pragma once

#include "web/route.h"

enum { METHOD_TEXT_MAX = 64 };

/* Builds the index and checks the table: paths begin with '/', no path and method occur twice, first steps
 * don't run on the pool, API routes have scopes. Once, at start-up; what is wrong goes to the log. errors
 * ERR_INTERNAL */
_must_use_ int route_table_init(void);

/* The route of method and path.
 *
 * ret_params   the texts of the variable segments, in their order
 * errors       ERR_NOT_FOUND; ERR_METHOD when the path exists, but not with this method
 */
_must_use_ int route_find(enum http_method method, struct str path, const struct route **ret,
                          struct str ret_params[REQUEST_PATH_PARAMS]);

/* The methods that a path has, "GET, HEAD, OPTIONS", for Allow. Writes into text; STR_NULL when the path is
 * unknown. */
struct str route_methods(struct str path, char text[METHOD_TEXT_MAX]);

/* Index in routes[]: the route's number in the metrics. */
unsigned route_index(const struct route *route);
