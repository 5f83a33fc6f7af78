/* The handlers of this folder, for the route table; each is named after its endpoint. Those of ACCESS_CLIENT
 * routes run behind client_identify and client_verify (client.h). Handlers of the authorize page:
 * authorize.h; of the token endpoint: token.h. */
#pragma once

#include "http/response.h"

int handle_introspect(struct request *req, struct response *res); /* POST /api/oauth/introspect: RFC 7662 */
int handle_revoke(struct request *req,
                  struct response *res); /* POST /api/oauth/revoke: RFC 7009, in a transaction */
int handle_app_info(struct request *req, struct response *res);  /* GET /api/oauth/app/{client_id} */
int handle_apps_mine(struct request *req, struct response *res); /* GET /api/oauth/apps/mine */
int handle_app_status(struct request *req,
                      struct response *res); /* PATCH /api/oauth/apps/{id}/status, in a transaction */
int handle_metadata(struct request *req,
                    struct response *res); /* GET /.well-known/oauth-authorization-server: RFC 8414 */
