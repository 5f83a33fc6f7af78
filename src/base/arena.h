/* A request's memory: everything allocated from an arena lives until the arena is reset, in one sweep.
 * One owner, one thread at a time. An arena has a stated maximum; an allocation past it fails like one that
 * the system refuses. What was allocated is zeroed when it is forgotten, since requests hold passwords and
 * tokens; secrets that we make ourselves do not belong here (base/secret.h). */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/str.h"

struct arena_block;

struct arena {
        struct arena_block *blocks; /* newest first */
        size_t used;                /* bytes taken of the newest block */
        size_t total;               /* bytes of all blocks */
        size_t max;
};

/* An empty arena that may grow to `max` bytes; takes no memory until the first allocation. */
void arena_init(struct arena *a, size_t max);

/* Zeroes and forgets every allocation; keeps one standard block for the next request. */
void arena_reset(struct arena *a);

/* Zeroes and frees everything; the arena may be used again. */
void arena_done(struct arena *a);

/* Zeroed memory aligned for any type, or NULL. */
_must_use_ void *arena_alloc(struct arena *a, size_t size);
_must_use_ void *arena_alloc_array(struct arena *a, size_t count, size_t size);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* A copy that ends in NUL (not counted). STR_NULL when memory runs out: check `.ptr`. */
_must_use_ struct str arena_copy(struct arena *a, struct str s);

/* Formatted text, ending in NUL. STR_NULL when memory runs out. */
_must_use_ _printf_(2, 3) struct str arena_printf(struct arena *a, const char *format, ...);
_must_use_ struct str arena_vprintf(struct arena *a, const char *format, va_list args);
