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

struct utc {
        int year, month, day, weekday; /* January and Sunday are 0 */
        int second;                    /* of the day */
        int fraction;                  /* milliseconds */
};

/* Hot: gmtime_r() looks after zones too, behind a lock that all threads share.
 *
 * A year that begins in March has its leap day at its end: then the days before each month are (153 m + 2) / 5, and whole
 * cycles of 400 years have 146,097 days. */
static struct utc utc(int64_t ms) {
        int64_t days = ms / 86400000, cycle, year;
        int rest = (int)(ms % 86400000), day, month;

        /* Division rounds towards zero; the rest counts from the day before. */
        if (rest < 0) {
                rest += 86400000;
                days--;
        }
        days += 719468; /* since the first of March of the year 0 */
        cycle = days >= 0 ? days / 146097 : (days - 146096) / 146097;
        day = (int)(days - cycle * 146097);
        year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
        day -= (int)(365 * year + year / 4 - year / 100);
        month = (5 * day + 2) / 153;
        return (struct utc){
                .year = (int)(cycle * 400 + year + (month >= 10)),
                .month = month >= 10 ? month - 10 : month + 2,
                .day = day - (153 * month + 2) / 5 + 1,
                .weekday = (int)((days % 7 + 10) % 7), /* that first of March was a Wednesday */
                .second = rest / 1000,
                .fraction = rest % 1000,
        };
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

static char *put_time(char *out, int second) {
        out = put(out, second / 3600, 2);
        *out++ = ':';
        out = put(out, second / 60 % 60, 2);
        *out++ = ':';
        return put(out, second % 60, 2);
}

void clock_format_iso(int64_t ms, char *out) {
        struct utc t = utc(ms);

        out = put(out, t.year, 4);
        *out++ = '-';
        out = put(out, t.month + 1, 2);
        *out++ = '-';
        out = put(out, t.day, 2);
        *out++ = 'T';
        out = put_time(out, t.second);
        *out++ = '.';
        out = put(out, t.fraction, 3);
        *out = 'Z';
}

void clock_format_http(int64_t ms, char *out) {
        static const char days[] = "SunMonTueWedThuFriSat";
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct utc t = utc(ms);

        out = put_text(out, days + 3 * t.weekday, 3);
        out = put_text(out, ", ", 2);
        out = put(out, t.day, 2);
        *out++ = ' ';
        out = put_text(out, months + 3 * t.month, 3);
        *out++ = ' ';
        out = put(out, t.year, 4);
        *out++ = ' ';
        out = put_time(out, t.second);
        (void)put_text(out, " GMT", 4);
}
