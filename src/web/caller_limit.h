/* A request held against its caller's rate limits. */
#pragma once

#include "web/route.h"

/* result    what authentication said of it
 * returns   the same; or what a limit says, where one is reached: -ERR_RATE_LIMITED */
_must_use_ int caller_limit(struct request *req, const struct route *route, int result);
