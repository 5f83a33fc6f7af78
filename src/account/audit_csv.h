/* The audit trail as a table for spreadsheets (RFC 4180), oldest first. */
#pragma once

#include "account/audit_read.h"
#include "http/response.h"

/* What the query of /admin/audit asks for: person, app, event, from, to.
 *
 * ret_problem   set when something in it can't be understood
 * errors        those of request_parse_query(), ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int admin_audit_filter(struct request *req, struct audit_filter *ret, struct str *ret_problem);

/* One cell, quoted. A spreadsheet takes what begins with = + - @, a tab or a line break for a formula; an apostrophe
 * before it makes it a text (OWASP, CSV Injection). */
void audit_csv_cell(struct strbuf *out, struct str value);
