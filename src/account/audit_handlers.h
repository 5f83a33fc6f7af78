/* The audit trail, for people and for administrators. */
#pragma once

#include "account/audit_read.h"
#include "http/response.h"

int handle_audit(struct request *req, struct response *res);       /* GET /api/audit */
int handle_audit_admin(struct request *req, struct response *res); /* GET /api/admin/audit */

/* GET /api/admin/audit/export: JSON lines in the order of the sealing, sent in parts; runs again and again. */
int handle_audit_export(struct request *req, struct response *res);

/* `person`, `app` and `api_key` of the query, which is parsed: of an e-mail address or a client id, the id.
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int audit_read_subjects(struct request *req, struct audit_filter *f);
