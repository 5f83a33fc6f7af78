/* The database as a command uses it: opened, brought up to date, closed at the end. */
#pragma once

#include "base/settings.h"
#include "db/database.h"

/* Opens the database and applies what migrations it lacks, so that every command works on a fresh one. What
 * is changed holds on every node when it was written. What is wrong is said on standard error.
 *
 * who      the command's argv[0]
 * errors   ERR_SETTINGS, ERR_STORAGE, …
 */
_must_use_ int tool_database_open(const char *who, const struct settings *settings, struct database **ret);

/* For cleanup attributes. */
void tool_database_close(struct database **db);
