/* A file that is read as if it were in memory, however long it is. */
#pragma once

#include "base/str.h"

/* Says on standard error when it can't be read.
 *
 * who      the command's argv[0]
 * ret      its bytes, until mapped_file_close()
 * errors   ERR_BAD_REQUEST */
_must_use_ int mapped_file_open(const char *who, const char *path, struct str *ret);
void mapped_file_close(struct str text);
