/* A request on its way through its route's steps: each runs on its executor, one after the other, and what goes wrong in one
 * becomes the answer that its caller understands. On the loop's thread. */
#pragma once

#include "db/database.h"
#include "http/server.h"
#include "web/route.h"

/* Runs a route's steps and answers. The answer may be sent before this returns, or later.
 *
 * x          its request knows its context and its path's parameter
 * database   borrowed until the answer is sent
 */
void call_begin(struct http_exchange *x, const struct route *route, struct database *database);

/* Counts and logs an answer, and sends it.
 *
 * route   NULL where none was found
 */
void call_answer(struct http_exchange *x, const struct route *route);
