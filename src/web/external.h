/* The External API's own endpoints (contract §3). */
#pragma once

#include "http/response.h"

int handle_me(struct request *req, struct response *res); /* GET /external-api/v1/me */
