/* The body of a request that makes a schedule. */
#pragma once

#include "agents/schedule/schedule.h"
#include "http/request.h"

/* Reads and checks the body. Strings are the request's.
 *
 * ret      graph_id from the path; graph_version 0 if it is left out
 * errors   ERR_INVALID_FIELD with the member and what it may be, ERR_MEDIA_TYPE, ERR_BAD_JSON, ERR_NO_MEMORY
 */
_must_use_ int schedule_read(struct request *req, struct schedule_new *ret);

/* Parts of it, for other bodies that have the same members.
 *
 * field    the member that is named where it is wrong
 */
_must_use_ int schedule_check_cron(struct request *req, const char *field, struct str cron);
_must_use_ int schedule_check_timezone(struct request *req, const char *field, struct str timezone);
