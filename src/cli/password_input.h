/* Passwords for commands: from the first line of standard input, or made. Never from the command line, where other users
 * of the machine could see them. */
#pragma once

#include "base/secret.h"

/* A password that the rules allow. What is wrong is said on standard error.
 *
 * who        the command's argv[0]
 * generate   make one; else read it, without showing it where it is typed at a terminal
 * email      of its person: no part of it may be the password
 * ret        empty; the caller wipes it (secret_done), also on failure
 * errors     ERR_INVALID_FIELD, ERR_RANDOM
 */
_must_use_ int password_input(const char *who, bool generate, struct str email, struct secret *ret);
