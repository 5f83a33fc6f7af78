/* A string builder with a stated maximum. Appending past the maximum, or when memory runs out, marks the
 * builder as failed and changes nothing more; the caller checks once, at the end. Owned by whoever
 * initialised it. Memory is zeroed when it is given back, since answers hold tokens. */
#pragma once

#include <stdarg.h>

#include "base/attributes.h"
#include "base/str.h"

struct strbuf {
        char *ptr;
        size_t len;
        size_t capacity;
        size_t max;
        bool failed;
};

#define STRBUF_INIT(maximum) \
        { .max = (maximum) }

void strbuf_init(struct strbuf *b, size_t max);

/* Frees the memory; safe on NULL and on an empty builder. */
void strbuf_done(struct strbuf *b);

/* Empties the builder and clears a failure; the memory is kept. */
void strbuf_reset(struct strbuf *b);

void strbuf_append(struct strbuf *b, struct str s);
void strbuf_append_char(struct strbuf *b, char c);
void strbuf_append_uint(struct strbuf *b, uint64_t value);
void strbuf_append_int(struct strbuf *b, int64_t value);
_printf_(2, 3) void strbuf_printf(struct strbuf *b, const char *format, ...);

/* Where the room is not there yet. */
_must_use_ char *strbuf_reserve_more(struct strbuf *b, size_t n);

/* Makes room for n more bytes, whose start is returned; the caller then adds to `len` what it wrote. NULL and
 * failed when there is no room. */
_must_use_ static inline char *strbuf_reserve(struct strbuf *b, size_t n) {
        if (_unlikely_(b->failed || !b->ptr || n > b->capacity - b->len))
                return strbuf_reserve_more(b, n);
        return b->ptr + b->len;
}

/* Percent-encodes all but unreserved characters (RFC 3986 §2.3); with `form`, a space becomes `+`. */
void strbuf_append_percent(struct strbuf *b, struct str s, bool form);

/* What was built. STR_NULL if the builder failed. */
struct str strbuf_str(const struct strbuf *b);
