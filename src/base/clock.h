/* The time, injected: the product reads the system's clock, tests set their own. */
#pragma once

#include <stdint.h>

struct clock {
        int64_t (*now_ms)(const struct clock *c); /* milliseconds since 1970-01-01 UTC */
        int64_t offset_ms;                        /* added by clock_system: moved by tests, else 0 */
};

extern const struct clock clock_system;

static inline int64_t clock_now(const struct clock *c) {
        return c->now_ms(c);
}

/* A clock that stands `offset_ms` beside the system's. */
struct clock clock_with_offset(int64_t offset_ms);

/* Milliseconds that only ever grow, for durations; the origin is arbitrary. */
int64_t clock_monotonic_ms(void);

/* The same in microseconds. */
int64_t clock_monotonic_us(void);

enum { CLOCK_ISO_LENGTH = 24, CLOCK_HTTP_LENGTH = 29 };

/* "2026-01-31T23:59:59.123Z"; writes CLOCK_ISO_LENGTH characters and no NUL (RFC 3339). */
void clock_format_iso(int64_t ms, char *out);

/* "Sat, 31 Jan 2026 23:59:59 GMT"; writes CLOCK_HTTP_LENGTH characters and no NUL (RFC 9110 §5.6.7). */
void clock_format_http(int64_t ms, char *out);
