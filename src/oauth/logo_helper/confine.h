/* The walls around a decoder. */
#pragma once

#include <stdbool.h>

enum { CONFINE_CPU_MAX_S = 5 }; /* seconds; a large image takes a third of one */

/* Ends nearly everything that this process could do: it may use the processor for seconds, some memory, and read and write the
 * files that are open; nothing else. False when that can't be had. */
bool confine(void);
