/* GET /admin/health: nodes, what waits, the last clean-up, versions. */
#pragma once

#include "http/response.h"

int handle_admin_health_page(struct request *req, struct response *res);
