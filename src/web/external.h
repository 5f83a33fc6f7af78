/* The External API's own endpoints (dialect: External API). */
#pragma once

#include "http/response.h"

int handle_me(struct request *req, struct response *res); /* GET /external-api/v1/me */
