/* A borrowed run of bytes with its length: text from a request, a row, a literal. Never owns what it points
 * at, need not end in NUL, may hold any byte. An absent value is `STR_NULL`; an empty one has a pointer and
 * length 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attributes.h"

struct str {
        const char *ptr;
        size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_INIT(literal) \
        { "" literal, sizeof(literal) - 1 }
#define STR_NULL ((struct str){ NULL, 0 })

/* For printf's "%.*s". */
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline struct str str_of(const char *cstr) {
        return (struct str){ cstr, cstr ? strlen(cstr) : 0 };
}

static inline struct str str_n(const void *ptr, size_t len) {
        return (struct str){ ptr, len };
}

static inline bool str_eq(struct str a, struct str b) {
        return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts_with(struct str s, struct str prefix) {
        return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends_with(struct str s, struct str ending) {
        return s.len >= ending.len &&
               (ending.len == 0 || memcmp(s.ptr + s.len - ending.len, ending.ptr, ending.len) == 0);
}

/* From byte `from` to the end; empty when `from` lies beyond it. */
static inline struct str str_from(struct str s, size_t from) {
        size_t skip = from < s.len ? from : s.len;

        return (struct str){ skip ? s.ptr + skip : s.ptr, s.len - skip };
}

static inline struct str str_first(struct str s, size_t n) {
        return (struct str){ s.ptr, n < s.len ? n : s.len };
}

static inline uint8_t str_at(struct str s, size_t i) {
        return (uint8_t)s.ptr[i];
}

/* ASCII case only: field names, schemes, hosts. */
bool str_eq_ignore_case(struct str a, struct str b);

/* Position of the first `c`, or -1. */
ptrdiff_t str_find(struct str s, char c);
bool str_contains(struct str s, struct str needle);

/* Without leading and trailing spaces and tabs (RFC 9110 §5.6.3, OWS). */
struct str str_trim(struct str s);

/* Takes the next piece before `separator` off the front of *rest. False when nothing is left; a trailing
 * separator gives one last empty piece. Start with a non-NULL *rest. */
bool str_next(struct str *rest, char separator, struct str *ret_piece);

/* Decimal digits only: no sign, no space, no leading zero but "0" itself. False on anything else or on
 * overflow. */
bool str_to_uint(struct str s, uint64_t max, uint64_t *ret);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* Bytes of the well-formed UTF-8 character at the start of a non-empty s; 0 if there is none. */
size_t str_utf8_sequence(struct str s);

/* Number of code points of well-formed UTF-8. */
size_t str_utf8_length(struct str s);

/* Any byte below 0x20, or 0x7f. */
bool str_has_control(struct str s);
