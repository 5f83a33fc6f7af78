#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "unit.h"

static void iso_dates(void **state) {
        char out[CLOCK_ISO_LENGTH];

        clock_format_iso(0, out);
        assert_str(str_n(out, sizeof(out)), "1970-01-01T00:00:00.000Z");
        clock_format_iso(INT64_C(1769903999123), out);
        assert_str(str_n(out, sizeof(out)), "2026-01-31T23:59:59.123Z");
        clock_format_iso(INT64_C(1709164800007), out); /* a leap day */
        assert_str(str_n(out, sizeof(out)), "2024-02-29T00:00:00.007Z");
        clock_format_iso(-1, out);
        assert_str(str_n(out, sizeof(out)), "1969-12-31T23:59:59.999Z");
}

static void http_dates(void **state) {
        char out[CLOCK_HTTP_LENGTH];

        clock_format_http(INT64_C(784111777000), out); /* RFC 9110 §5.6.7 */
        assert_str(str_n(out, sizeof(out)), "Sun, 06 Nov 1994 08:49:37 GMT");
        clock_format_http(INT64_C(1769903999999), out);
        assert_str(str_n(out, sizeof(out)), "Sat, 31 Jan 2026 23:59:59 GMT");
}

/* Both formats by the C library's calendar. */
static void assert_as_by_library(int64_t ms) {
        char http[CLOCK_HTTP_LENGTH + 1] = "", iso[CLOCK_ISO_LENGTH + 1] = "", wanted[64];
        time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
        size_t n;
        struct tm tm;

        assert_non_null(gmtime_r(&seconds, &tm));
        clock_format_http(ms, http);
        n = strftime(wanted, sizeof(wanted), "%a, %d %b ", &tm);
        (void)snprintf(wanted + n, sizeof(wanted) - n, "%04d %02d:%02d:%02d GMT", tm.tm_year + 1900,
                       tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_string_equal(http, wanted);
        clock_format_iso(ms, iso);
        (void)snprintf(wanted, sizeof(wanted), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                       (int)(ms - (int64_t)seconds * 1000));
        assert_string_equal(iso, wanted);
}

static void dates_are_those_of_the_calendar(void **state) {
        const int64_t day = INT64_C(86400000), year = 365 * day + day / 4;

        for (int64_t ms = -70 * year; ms < 330 * year; ms += day - 1) /* at all times of day */
                assert_as_by_library(ms);
        for (int64_t ms = -1968 * year; ms < 8028 * year; ms += 97 * day + 1)
                assert_as_by_library(ms);
}

static void absurd_times_stay_in_their_room(void **state) {
        struct {
                char text[CLOCK_HTTP_LENGTH];
                char guard[4];
        } out = { .guard = "abc" };

        clock_format_iso(INT64_MAX, out.text);
        clock_format_iso(INT64_MIN, out.text);
        clock_format_http(INT64_MAX, out.text);
        clock_format_http(INT64_MIN, out.text);
        assert_string_equal(out.guard, "abc");
}

static void an_offset_moves_the_clock(void **state) {
        struct clock tomorrow = clock_with_offset(INT64_C(86400000));
        int64_t difference = clock_now(&tomorrow) - clock_now(&clock_system);

        assert_in_range(difference, INT64_C(86400000) - 5000, INT64_C(86400000) + 5000);
        assert_true(clock_now(&clock_system) > INT64_C(1700000000000));
}

static void monotonic_time_never_goes_back(void **state) {
        int64_t last = clock_monotonic_us();

        for (int i = 0; i < 1000; i++) {
                int64_t us = clock_monotonic_us();

                assert_true(us >= last);
                last = us;
        }
        assert_in_range(clock_monotonic_ms() - last / 1000, 0, 5000);
}

#define SECOND INT64_C(1000000)

static void held_time_follows_the_wall_forward(void **state) {
        _Atomic int64_t lead = INT64_MIN;

        assert_int_equal(clock_hold(&lead, 100 * SECOND, 7 * SECOND), 100 * SECOND);
        assert_int_equal(clock_hold(&lead, 101 * SECOND, 8 * SECOND), 101 * SECOND);
        assert_int_equal(clock_hold(&lead, 3701 * SECOND, 8 * SECOND), 3701 * SECOND);
        assert_int_equal(clock_hold(&lead, 3702 * SECOND, 9 * SECOND), 3702 * SECOND);
}

static void held_time_runs_on_when_the_wall_is_set_back(void **state) {
        _Atomic int64_t lead = INT64_MIN;

        assert_int_equal(clock_hold(&lead, 5000 * SECOND, 10 * SECOND), 5000 * SECOND);
        assert_int_equal(clock_hold(&lead, 1400 * SECOND, 10 * SECOND), 5000 * SECOND);
        assert_int_equal(clock_hold(&lead, 1430 * SECOND, 40 * SECOND), 5030 * SECOND);
        assert_int_equal(clock_hold(&lead, 5041 * SECOND, 50 * SECOND), 5041 * SECOND);
}

static void the_steady_clock_tells_the_system_s_time(void **state) {
        int64_t last = clock_now(&clock_steady);

        assert_in_range(last - clock_now(&clock_system) + 5000, 0, 10000);
        for (int i = 0; i < 1000; i++) {
                int64_t now = clock_now(&clock_steady);

                assert_true(now >= last);
                last = now;
        }
}

static void the_steady_clock_begins_where_it_is_told_and_never_earlier(void **state) {
        int64_t ahead = clock_now(&clock_system) + 7200 * INT64_C(1000);

        clock_steady_begin(ahead - 14400 * INT64_C(1000));
        assert_in_range(clock_now(&clock_steady) - clock_now(&clock_system) + 5000, 0, 10000);
        clock_steady_begin(ahead);
        assert_in_range(clock_now(&clock_steady) - ahead, 0, 5000);
        clock_steady_begin(ahead - 3600 * INT64_C(1000));
        assert_in_range(clock_now(&clock_steady) - ahead, 0, 5000);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(iso_dates),
                cmocka_unit_test(http_dates),
                cmocka_unit_test(dates_are_those_of_the_calendar),
                cmocka_unit_test(absurd_times_stay_in_their_room),
                cmocka_unit_test(an_offset_moves_the_clock),
                cmocka_unit_test(monotonic_time_never_goes_back),
                cmocka_unit_test(held_time_follows_the_wall_forward),
                cmocka_unit_test(held_time_runs_on_when_the_wall_is_set_back),
                cmocka_unit_test(the_steady_clock_tells_the_system_s_time),
                /* the last: this process's clock is ahead from here on */
                cmocka_unit_test(the_steady_clock_begins_where_it_is_told_and_never_earlier),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
