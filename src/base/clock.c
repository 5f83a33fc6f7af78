#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t wall_us(void) {
        struct timespec t;

        clock_gettime(CLOCK_REALTIME, &t);
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_now(const struct clock *c) {
        return wall_us() / 1000 + c->offset_ms;
}

const struct clock clock_system = { .now_ms = system_now };

int64_t clock_hold(_Atomic int64_t *lead, int64_t wall, int64_t running) {
        int64_t most = atomic_load_explicit(lead, memory_order_relaxed), now = wall - running;

        while (now > most)
                if (atomic_compare_exchange_weak_explicit(lead, &most, now, memory_order_relaxed,
                                                          memory_order_relaxed))
                        return wall;
        return running + most;
}

/* There is one system clock, and one record of it for the whole process. */
static _Atomic int64_t lead = INT64_MIN;

static int64_t steady_now(const struct clock *c) {
        int64_t wall = wall_us();

        return clock_hold(&lead, wall, clock_monotonic_us()) / 1000 + c->offset_ms;
}

const struct clock clock_steady = { .now_ms = steady_now };

struct clock clock_with_offset(int64_t offset_ms) {
        return (struct clock){ .now_ms = system_now, .offset_ms = offset_ms };
}

int64_t clock_monotonic_us(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void) {
        return clock_monotonic_us() / 1000;
}

static struct tm utc(int64_t ms, int *ret_fraction) {
        int64_t fraction = ms % 1000;
        time_t seconds = (time_t)(ms / 1000);
        struct tm tm;

        /* Division rounds towards zero; the fraction counts from the second before. */
        if (fraction < 0) {
                fraction += 1000;
                seconds--;
        }
        if (!gmtime_r(&seconds, &tm))
                tm = (struct tm){ .tm_year = 70, .tm_mday = 1, .tm_wday = 4 };
        *ret_fraction = (int)fraction;
        return tm;
}

void clock_format_iso(int64_t ms, char *out) {
        char text[128];
        int fraction;
        struct tm tm = utc(ms, &fraction);

        (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
        memcpy(out, text, CLOCK_ISO_LENGTH);
}

void clock_format_http(int64_t ms, char *out) {
        static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
        static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
        char text[128];
        int fraction;
        struct tm tm = utc(ms, &fraction);

        (void)snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
                       tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
        memcpy(out, text, CLOCK_HTTP_LENGTH);
}
