/* Questions to the person at the terminal, or to whatever stands behind standard input. They go to standard
 * error, so that standard output holds the result alone. */
#pragma once

#include "base/arena.h"

enum { PROMPT_LINE_MAX = 4096 }; /* bytes of an answer */

/* Asks "question: " and reads one line, without spaces around it.
 *
 * ret      on the arena; may be empty
 * errors   ERR_BAD_REQUEST (the input is at its end, or the line is too long), ERR_NO_MEMORY
 */
_must_use_ int prompt_line(struct arena *arena, const char *question, struct str *ret);
