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
