/* Puts on record what a command did (account/audit.h), for those that do it in many transactions: before the first one, so that there is
 * no deed without a record. */
#pragma once

#include "account/audit.h"
#include "db/database.h"

/* who      the command's argv[0]
 * errors   those of audit_command(); what is wrong was said on standard error */
_must_use_ int command_audit(const char *who, struct database *db, const struct audit *what);
