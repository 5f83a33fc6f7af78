/* The server's secret key: 32 random bytes in a file of their own, one line of hex. Made at the first start;
 * all nodes of one installation need the same. */
#pragma once

#include "base/hash.h"
#include "base/private_file.h"

/* Reads the key, or makes one where there is no file: mode 0600, in a folder that is made too (0700). Of two
 * processes that do so at once, both get the key of the one that came first. A file that others may read is
 * refused.
 *
 * ret_problem   on failure, one line for the operator with the remedy
 * errors        ERR_SETTINGS, ERR_RANDOM
 */
_must_use_ int key_file_load(const char *path, const struct random *random, struct mac_key *ret,
                             char ret_problem[PRIVATE_FILE_PROBLEM_MAX]);

/* The same for a command that needs the key of a server and makes none. Returns 1, or 0 where there is no file.
 *
 * path     without NUL at its end
 * errors   as above */
_must_use_ int key_file_find(struct str path, struct mac_key *ret,
                             char ret_problem[PRIVATE_FILE_PROBLEM_MAX]);
