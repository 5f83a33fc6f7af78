/* Memory that leaves nothing behind: zeroing that the compiler keeps, and a free() that zeroes first. */
#pragma once

#include <stddef.h>

/* Zeroes memory in a way that the compiler keeps. */
void memory_wipe(void *ptr, size_t len);

/* Zeroes all that malloc() gave for `ptr`, then frees it; safe on NULL. */
void memory_free_wiped(void *ptr);

/* As realloc(), which would leave a copy where it moves something. */
void *memory_realloc_wiped(void *ptr, size_t size);

/* Makes jansson zero what it frees: request bodies with passwords, codes and tokens pass through it. Once, at
 * start-up, before the first JSON value is made. */
void memory_wipe_json(void);
