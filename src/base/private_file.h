/* Files with keys in them: readable by nobody else, written whole or not at all, and on the disk before anybody relies on
 * them. What is wrong is told in one line for the operator, with the remedy. */
#pragma once

#include "base/attributes.h"
#include "base/random.h"
#include "base/str.h"

enum { PRIVATE_FILE_PROBLEM_MAX = 512 };

struct private_file {
        const char *path;
        const char *what;     /* "key file": in messages */
        const char *variable; /* the setting that names it */
};

/* Reads the file. One that others may read, or that is none, is refused.
 *
 * out       room for `capacity` bytes; the caller wipes it
 * ret_len   its bytes; `capacity` if there may be more
 * returns   1, or 0 when there is no such file
 * errors    ERR_SETTINGS
 */
_must_use_ int private_file_read(const struct private_file *file, char *out, size_t capacity, size_t *ret_len,
                                 char problem[PRIVATE_FILE_PROBLEM_MAX]);

/* Makes the file (mode 0600), and the folders above it (0700): nobody ever sees half of it. Of two processes that do so at
 * once, the one that came first has it its way, and both succeed.
 * errors    ERR_SETTINGS, ERR_RANDOM */
_must_use_ int private_file_create(const struct private_file *file, const struct random *random,
                                   struct str text, char problem[PRIVATE_FILE_PROBLEM_MAX]);

/* The same in place of the one that is there. */
_must_use_ int private_file_replace(const struct private_file *file, const struct random *random,
                                    struct str text, char problem[PRIVATE_FILE_PROBLEM_MAX]);
