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

/* API keys: api_key_handlers.c and api_key_changes.c. What changes something runs in a transaction. */
int handle_api_key_create(struct request *req, struct response *res);   /* POST /api/api-keys */
int handle_api_keys(struct request *req, struct response *res);         /* GET /api/api-keys */
int handle_api_key(struct request *req, struct response *res);          /* GET /api/api-keys/{id} */
int handle_api_key_describe(struct request *req, struct response *res); /* PATCH /api/api-keys/{id} */
int handle_api_key_revoke(struct request *req, struct response *res);   /* DELETE /api/api-keys/{id} */
int handle_api_key_suspend(struct request *req, struct response *res);  /* POST /api/api-keys/{id}/suspend */
int handle_api_key_activate(struct request *req, struct response *res); /* POST /api/api-keys/{id}/activate */
int handle_api_key_permissions(struct request *req,
                               struct response *res); /* PUT /api/api-keys/{id}/permissions */

/* Pages: api_key_page.c, connected_apps.c. The forms are posts, in a transaction. */
int handle_api_keys_page(struct request *req, struct response *res);    /* GET /profile/api-keys */
int handle_api_key_new_page(struct request *req, struct response *res); /* GET /profile/api-keys/new */
int handle_api_key_new_form(struct request *req, struct response *res); /* POST /profile/api-keys/new */
int handle_api_key_suspend_form(struct request *req,
                                struct response *res); /* POST /profile/api-keys/{id}/suspend */
int handle_api_key_activate_form(struct request *req,
                                 struct response *res); /* POST /profile/api-keys/{id}/activate */
int handle_api_key_revoke_form(struct request *req,
                               struct response *res); /* POST /profile/api-keys/{id}/revoke */
int handle_connected_apps_page(struct request *req, struct response *res); /* GET /profile/connected-apps */
int handle_connected_app_remove(struct request *req,
                                struct response *res); /* POST /profile/connected-apps/{client_id}/remove */

/* /admin/apps: admin_apps.c */
int handle_admin_apps_page(struct request *req, struct response *res); /* GET /admin/apps */
int handle_admin_app_page(struct request *req, struct response *res);  /* GET /admin/apps/{id} */
int handle_admin_app_form(struct request *req,
                          struct response *res); /* POST /admin/apps/{id}, in a transaction */
