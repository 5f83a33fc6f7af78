/* A bar that grows, for people who wait at a terminal. */
#pragma once

#include <stdint.h>

/* Draws it on standard error, over the one before.
 *
 * what   that is done at the moment */
void progress_show(const char *what, int64_t done, int64_t total);

/* Takes it away, so that something else can be said. */
void progress_hide(void);
