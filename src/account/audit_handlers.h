/* The audit trail, for people and for administrators. */
#pragma once

#include "http/response.h"

int handle_audit(struct request *req, struct response *res);       /* GET /api/audit */
int handle_audit_admin(struct request *req, struct response *res); /* GET /api/admin/audit */

/* GET /api/admin/audit/export: JSON lines in the order of the sealing, sent in parts; runs again and again. */
int handle_audit_export(struct request *req, struct response *res);
