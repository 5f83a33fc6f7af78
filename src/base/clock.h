/* The time, injected: the product reads the system's clock, tests set their own. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct clock {
        int64_t (*now_ms)(const struct clock *c); /* milliseconds since 1970-01-01 UTC */
        int64_t offset_ms;                        /* added by clock_system: moved by tests, else 0 */
};

extern const struct clock clock_system;

/* The system's time, but never going back while the process runs: what has expired stays expired. A system clock that
 * jumps ahead is followed; one that is set back is not, and time goes on at its usual pace from where it was, so that
 * lifetimes keep their length. A restart begins no earlier than what clock_steady_begin() is told. For everything that decides whether something
 * is still good; logs and Date tell clock_system's time. */
extern const struct clock clock_steady;

/* From now on clock_steady is at `ms` or later; nothing happens where it is already. Thread-safe. */
void clock_steady_begin(int64_t ms);

/* What clock_steady does.
 *
 * lead      the greatest that the wall clock ever was ahead of the running one; microseconds, INT64_MIN at first
 * wall      microseconds since 1970, read before `running`: in between time passes, which must not add to the lead
 * running   microseconds of a clock that can't be set
 * returns   microseconds since 1970
 */
int64_t clock_hold(_Atomic int64_t *lead, int64_t wall, int64_t running);

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
