/* What the routes of integrations run (web/routes.c). */
#pragma once

#include "http/request.h"
#include "http/response.h"

/* providers */
int handle_providers_external(struct request *req, struct response *res);
int handle_providers(struct request *req, struct response *res);
int handle_provider_names(struct request *req, struct response *res);
int handle_providers_system(struct request *req, struct response *res);
int handle_provider_constants(struct request *req, struct response *res);

/* credentials; what changes something runs in a transaction */
int handle_credentials(struct request *req, struct response *res);
int handle_provider_credentials(struct request *req, struct response *res);
int handle_credential(struct request *req, struct response *res);
int handle_credential_create(struct request *req, struct response *res);
int handle_credential_create_external(struct request *req, struct response *res);
int handle_credential_rename(struct request *req, struct response *res);
int handle_credential_delete(struct request *req, struct response *res);
int handle_credential_delete_external(struct request *req, struct response *res);
/* … then, on the crew, where the provider is to be told */
int handle_credential_revoke(struct request *req, struct response *res);
int handle_credential_revoke_external(struct request *req, struct response *res);

/* connecting an account by OAuth */
int handle_connect_initiate(struct request *req, struct response *res);
int handle_connect_login(struct request *req, struct response *res);
int handle_connect_admit(struct request *req, struct response *res);
int handle_connect_complete(struct request *req, struct response *res);
int handle_connect_callback(struct request *req, struct response *res);
int handle_connect_page_admit(struct request *req, struct response *res);
int handle_connect_page(struct request *req, struct response *res);

/* pages: connect_page.c, integrations_page.c, provider_icon.c */
int handle_connect_form(struct request *req, struct response *res);   /* POST /auth/integrations/connect */
int handle_connected_page(struct request *req, struct response *res); /* GET /auth/integrations/connected */
int handle_credential_form_page(struct request *req,
                                struct response *res); /* GET /auth/integrations/credentials */
int handle_credential_form(struct request *req,
                           struct response *res); /* POST /auth/integrations/credentials */
int handle_integrations_page(struct request *req, struct response *res); /* GET /profile/integrations */
int handle_integration_rename(struct request *req,
                              struct response *res); /* POST /profile/integrations/{provider}/{id}/rename */
int handle_integration_delete(struct request *req,
                              struct response *res); /* POST /profile/integrations/{provider}/{id}/delete */
int handle_integration_revoke(struct request *req, struct response *res); /* … then, on the crew */
int handle_provider_icon(struct request *req, struct response *res);      /* GET /integrations/{name} */
