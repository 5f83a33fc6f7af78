/* Writing down that a session was used, apart from the request, which does not wait for it. */
#pragma once

#include "base/context.h"
#include "db/database.h"
#include "http/request.h"

/* Hands the writer a note of the time if the caller's session has none of the last minute; losing it does no harm. */
void touch_session(const struct context *context, struct database *database, const struct request *req);

/* The same for an API key, and its new hash if it was stored by an old method. */
void touch_api_key(const struct context *context, struct database *database, const struct request *req);

/* The same for an app that acts for a person by an access token. */
void touch_app(const struct context *context, struct database *database, const struct request *req);
