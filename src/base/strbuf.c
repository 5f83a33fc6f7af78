#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 512 };

void strbuf_init(struct strbuf *b, size_t max) {
        *b = (struct strbuf)STRBUF_INIT(max);
}

void strbuf_done(struct strbuf *b) {
        if (!b)
                return;
        if (b->ptr)
                memory_wipe(b->ptr, b->capacity + 1);
        free(b->ptr);
        *b = (struct strbuf)STRBUF_INIT(b->max);
}

void strbuf_reset(struct strbuf *b) {
        b->len = 0;
        b->failed = false;
}

/* Moves to memory of `capacity` bytes and one more, for the NUL that vsnprintf() writes. Not realloc(): what
 * stays behind must be zeroed. */
static bool strbuf_grow(struct strbuf *b, size_t capacity) {
        char *grown = malloc(capacity + 1);

        if (!grown)
                return false;
        if (b->ptr) {
                memcpy(grown, b->ptr, b->len);
                memory_wipe(b->ptr, b->capacity + 1);
                free(b->ptr);
        }
        b->ptr = grown;
        b->capacity = capacity;
        return true;
}

char *strbuf_reserve_more(struct strbuf *b, size_t n) {
        size_t capacity;

        if (b->failed)
                return NULL;
        if (n > b->max || b->len > b->max - n) {
                b->failed = true;
                return NULL;
        }
        capacity = MAX_OF(b->capacity * 2, (size_t)FIRST_CAPACITY);
        capacity = MIN_OF(MAX_OF(capacity, b->len + n), b->max);
        if (!strbuf_grow(b, capacity)) {
                b->failed = true;
                return NULL;
        }
        return b->ptr + b->len;
}

void strbuf_append(struct strbuf *b, struct str s) {
        char *at;

        if (s.len == 0)
                return;
        at = strbuf_reserve(b, s.len);
        if (!at)
                return;
        memcpy(at, s.ptr, s.len);
        b->len += s.len;
}

void strbuf_append_char(struct strbuf *b, char c) {
        char *at = strbuf_reserve(b, 1);

        if (!at)
                return;
        *at = c;
        b->len++;
}

void strbuf_append_uint(struct strbuf *b, uint64_t value) {
        char digits[20];
        size_t at = sizeof(digits);

        do {
                digits[--at] = (char)('0' + value % 10);
                value /= 10;
        } while (value);
        strbuf_append(b, str_n(digits + at, sizeof(digits) - at));
}

void strbuf_append_int(struct strbuf *b, int64_t value) {
        if (value < 0)
                strbuf_append_char(b, '-');
        strbuf_append_uint(b, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value);
}

void strbuf_printf(struct strbuf *b, const char *format, ...) {
        va_list args;
        char *at;
        int n;

        va_start(args, format);
        n = vsnprintf(NULL, 0, format, args);
        va_end(args);
        if (n < 0) {
                b->failed = true;
                return;
        }
        at = strbuf_reserve(b, (size_t)n);
        if (!at)
                return;
        va_start(args, format);
        (void)vsnprintf(at, (size_t)n + 1, format, args);
        va_end(args);
        b->len += (size_t)n;
}

static bool is_unreserved(uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_' || c == '~';
}

void strbuf_append_percent(struct strbuf *b, struct str s, bool form) {
        static const char hex[] = "0123456789ABCDEF";

        for (size_t i = 0; i < s.len; i++) {
                uint8_t c = str_at(s, i);

                if (is_unreserved(c)) {
                        strbuf_append_char(b, (char)c);
                } else if (form && c == ' ') {
                        strbuf_append_char(b, '+');
                } else {
                        char escape[3] = { '%', hex[c >> 4], hex[c & 15] };

                        strbuf_append(b, str_n(escape, 3));
                }
        }
}

struct str strbuf_str(const struct strbuf *b) {
        if (b->failed)
                return STR_NULL;
        return b->ptr ? str_n(b->ptr, b->len) : STR("");
}
