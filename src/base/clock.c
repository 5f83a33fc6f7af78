#include "base/clock.h"

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

void clock_steady_begin(int64_t ms) {
        (void)clock_hold(&lead, ms * 1000, clock_monotonic_us());
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

/* Writes a number with leading zeros. Hot: every token's answer has two times, which is why this is not snprintf. */
static char *put(char *out, int value, int digits) {
        for (int i = digits - 1; i >= 0; i--, value /= 10)
                out[i] = (char)('0' + value % 10);
        return out + digits;
}

static char *put_text(char *out, const char *text, size_t n) {
        memcpy(out, text, n);
        return out + n;
}

static char *put_time(char *out, const struct tm *tm) {
        out = put(out, tm->tm_hour, 2);
        *out++ = ':';
        out = put(out, tm->tm_min, 2);
        *out++ = ':';
        return put(out, tm->tm_sec, 2);
}

void clock_format_iso(int64_t ms, char *out) {
        int fraction;
        struct tm tm = utc(ms, &fraction);

        out = put(out, tm.tm_year + 1900, 4);
        *out++ = '-';
        out = put(out, tm.tm_mon + 1, 2);
        *out++ = '-';
        out = put(out, tm.tm_mday, 2);
        *out++ = 'T';
        out = put_time(out, &tm);
        *out++ = '.';
        out = put(out, fraction, 3);
        *out = 'Z';
}

void clock_format_http(int64_t ms, char *out) {
        static const char days[] = "SunMonTueWedThuFriSat";
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        int fraction;
        struct tm tm = utc(ms, &fraction);

        out = put_text(out, days + 3 * tm.tm_wday, 3);
        out = put_text(out, ", ", 2);
        out = put(out, tm.tm_mday, 2);
        *out++ = ' ';
        out = put_text(out, months + 3 * tm.tm_mon, 3);
        *out++ = ' ';
        out = put(out, tm.tm_year + 1900, 4);
        *out++ = ' ';
        out = put_time(out, &tm);
        (void)put_text(out, " GMT", 4);
}
