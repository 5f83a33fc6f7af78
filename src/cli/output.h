/* What a command prints: text for people, or JSON for programs. */
#pragma once

#include <argp.h>

#include "base/json_write.h"

/* Child for a command's argp, whose input is a bool: --json. */
extern const struct argp output_argp;

/* Writes it all to standard output, and releases it. Where that fails, as on a disk that is full, it says so.
 *
 * who       the command's argv[0]
 * out       may have failed itself
 * returns   an exit status
 */
_must_use_ int output_print(const char *who, struct strbuf *out);
