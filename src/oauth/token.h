/* The token endpoint: which grants there are. Each is one file of grants/. */
#pragma once

#include "http/response.h"
#include "oauth/client.h"

/* POST /api/oauth/token, after client authentication; within a transaction.
 * errors   ERR_GRANT_TYPE, ERR_UNAUTHORIZED_CLIENT, those of the grant */
int handle_token(struct request *req, struct response *res);

/* One grant: exchanges what the app has for tokens, and answers. */
int grant_authorization_code(struct request *req, struct response *res, const struct app *app);
int grant_refresh_token(struct request *req, struct response *res, const struct app *app);
