#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/cron.h"
#include "base/errors.h"

static struct cron read_line(const char *line) {
        char problem[CRON_PROBLEM_MAX + 1] = "";
        struct cron cron;

        if (cron_parse(str_of(line), &cron, problem) < 0)
                fail_msg("%s: %s", line, problem);
        return cron;
}

static const struct timezone_data *zone_of(const char *name) {
        const struct timezone_data *zone;

        assert_int_equal(timezone_find(str_of(name), &zone), 0);
        return zone;
}

static int64_t utc(int year, int month, int day, int hour, int minute) {
        const struct civil c = { .year = year, .month = month, .day = day, .hour = hour, .minute = minute };

        return civil_to_seconds(&c);
}

/* --- the reference --- */

static bool check_case(const json_t *one) {
        const char *line = json_string_value(json_object_get(one, "cron"));
        const char *name = json_string_value(json_object_get(one, "zone"));
        const json_t *runs = json_object_get(one, "runs");
        int64_t until = json_integer_value(json_object_get(one, "until"));
        int64_t at = json_integer_value(json_object_get(one, "from")) - 1;
        const struct timezone_data *zone = zone_of(name);
        char problem[CRON_PROBLEM_MAX + 1];
        struct cron cron;
        size_t n = 0;

        if (cron_parse(str_of(line), &cron, problem) <
            0) /* the 30th of February: the reference finds none either */
                return strstr(problem, "none of these days comes") && json_array_size(runs) == 0;
        while (cron_next(&cron, zone, at, &at) && at < until) {
                int64_t expected = json_integer_value(json_array_get(runs, n));

                if (n == json_array_size(runs) || at != expected) {
                        print_error("%s in %s: run %zu at %lld, not at %lld\n", line, name, n, (long long)at,
                                    (long long)expected);
                        return false;
                }
                n++;
        }
        if (n < json_array_size(runs))
                print_error("%s in %s: %zu runs of %zu\n", line, name, n, json_array_size(runs));
        return n == json_array_size(runs);
}

static void agrees_with_a_walk_through_the_minutes(void **state) {
        json_t *cases = json_load_file(getenv("CRON_CASES"), 0, NULL);
        size_t bad = 0;

        assert_non_null(cases);
        assert_true(json_array_size(cases) > 5000);
        for (size_t i = 0; i < json_array_size(cases); i++)
                bad += !check_case(json_array_get(cases, i));
        json_decref(cases);
        assert_int_equal(bad, 0);
}

/* --- the rules, by hand --- */

static void assert_runs(const char *line, const char *zone, int64_t after, const int64_t *expected,
                        size_t n) {
        const struct cron cron = read_line(line);
        int64_t at = after;

        for (size_t i = 0; i < n; i++) {
                assert_true(cron_next(&cron, zone_of(zone), at, &at));
                assert_int_equal(at, expected[i]);
        }
}

#define ASSERT_RUNS(line, zone, after, ...)                              \
        assert_runs(line, zone, after, (const int64_t[]){ __VA_ARGS__ }, \
                    sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static void a_fixed_time_that_is_left_out_runs_when_the_clocks_are_set(void **state) {
        /* Berlin, 29 March 2026: from 02:00 to 03:00, at 01:00 UTC. */
        ASSERT_RUNS("30 2 * * *", "Europe/Berlin", utc(2026, 3, 28, 2, 0), utc(2026, 3, 29, 1, 0),
                    utc(2026, 3, 30, 0, 30));
        ASSERT_RUNS("0,30 2,3 * * *", "Europe/Berlin", utc(2026, 3, 29, 0, 0), utc(2026, 3, 29, 1, 0),
                    utc(2026, 3, 29, 1, 30), utc(2026, 3, 30, 0, 0));
        /* Samoa had no 30 December 2011. */
        ASSERT_RUNS("0 9 30 12 *", "Pacific/Apia", utc(2011, 12, 29, 0, 0), utc(2011, 12, 30, 10, 0),
                    utc(2012, 12, 29, 19, 0));
}

static void a_fixed_time_that_comes_twice_runs_once(void **state) {
        /* Berlin, 25 October 2026: from 03:00 back to 02:00, at 01:00 UTC. */
        ASSERT_RUNS("30 2 * * *", "Europe/Berlin", utc(2026, 10, 24, 12, 0), utc(2026, 10, 25, 0, 30),
                    utc(2026, 10, 26, 1, 30));
        /* Also when asked in between the two. */
        ASSERT_RUNS("30 2 * * *", "Europe/Berlin", utc(2026, 10, 25, 0, 45), utc(2026, 10, 26, 1, 30));
}

static void a_star_follows_the_clock(void **state) {
        ASSERT_RUNS("30 * * * *", "Europe/Berlin", utc(2026, 3, 29, 0, 0), utc(2026, 3, 29, 0, 30),
                    utc(2026, 3, 29, 1, 30));
        ASSERT_RUNS("30 * * * *", "Europe/Berlin", utc(2026, 10, 24, 23, 45), utc(2026, 10, 25, 0, 30),
                    utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 2, 30));
        /* The hour that is left out has no runs, the one that comes twice has them twice. */
        ASSERT_RUNS("*/30 2 * * *", "Europe/Berlin", utc(2026, 3, 28, 12, 0), utc(2026, 3, 30, 0, 0));
        ASSERT_RUNS("*/30 2 * * *", "Europe/Berlin", utc(2026, 10, 25, 0, 0) - 1, utc(2026, 10, 25, 0, 0),
                    utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 0), utc(2026, 10, 25, 1, 30),
                    utc(2026, 10, 26, 1, 0));
}

static void one_of_two_restricted_day_fields_is_enough(void **state) {
        ASSERT_RUNS("0 0 13 * fri", "UTC", utc(2026, 11, 1, 0, 0), utc(2026, 11, 6, 0, 0),
                    utc(2026, 11, 13, 0, 0), utc(2026, 11, 20, 0, 0), utc(2026, 11, 27, 0, 0),
                    utc(2026, 12, 4, 0, 0), utc(2026, 12, 11, 0, 0), utc(2026, 12, 13, 0, 0));
        ASSERT_RUNS("0 0 13 * */1", "UTC", utc(2026, 11, 1, 0, 0), utc(2026, 11, 13, 0, 0),
                    utc(2026, 12, 13, 0, 0));
        ASSERT_RUNS("0 0 */2 * mon", "UTC", utc(2026, 11, 1, 0, 0), utc(2026, 11, 9, 0, 0),
                    utc(2026, 11, 23, 0, 0));
}

static void sunday_is_0_and_7_and_ends_a_week(void **state) {
        assert_int_equal(read_line("0 0 * * 0").weekdays, 1);
        assert_int_equal(read_line("0 0 * * 7").weekdays, 1);
        assert_int_equal(read_line("0 0 * * SUN").weekdays, 1);
        assert_int_equal(read_line("0 0 * * 5-7").weekdays, 0x61);
        assert_int_equal(read_line("0 0 * * fri-sun").weekdays, 0x61);
        assert_int_equal(read_line("0 0 * * sun-tue").weekdays, 0x07);
        assert_int_equal(read_line("0 0 * * 1-5").weekdays, 0x3e);
        assert_int_equal(read_line("0 0 * * 0-7").weekdays, 0x7f);
}

static void rare_days_are_found(void **state) {
        ASSERT_RUNS("0 0 29 2 *", "UTC", utc(2096, 3, 1, 0, 0), utc(2104, 2, 29, 0, 0));
        /* A 29 February that is a Sunday, beyond 2100: forty years. */
        ASSERT_RUNS("0 0 29 2 */7", "UTC", utc(2088, 3, 1, 0, 0), utc(2128, 2, 29, 0, 0));
}

/* --- what is refused --- */

static void faults_name_the_field_and_what_it_may_be(void **state) {
        static const struct {
                const char *line, *problem;
        } cases[] = {
                { "", "a cron line has 5 fields: minute, hour, day of month, month, day of week; this one "
                      "has 0" },
                { "* * * *", "this one has 4" },
                { "* * * * * *", "this one has 6" },
                { "@daily", "this one has 1" },
                { "60 * * * *", "minute: 60 is not 0 to 59" },
                { "-1 * * * *", "minute: nothing is not 0 to 59" },
                { "* 24 * * *", "hour: 24 is not 0 to 23" },
                { "* * 0 * *", "day of month: 0 is not 1 to 31" },
                { "* * 32 * *", "day of month: 32 is not 1 to 31" },
                { "* * L * *", "day of month: L is not 1 to 31" },
                { "* * * 13 *", "month: 13 is not 1 to 12 or jan to dec" },
                { "* * * janu *", "month: janu is not" },
                { "* * * * 8", "day of week: 8 is not 0 to 7 or sun to sat" },
                { "* * * * feb", "day of week: feb is not" },
                { "5-1 * * * *", "minute: the range 5-1 ends before it begins" },
                { "* * * * 5-2", "day of week: the range 5-2 ends before it begins" },
                { "*/0 * * * *", "minute: the step 0 is not 1 to 60" },
                { "*/61 * * * *", "minute: the step 61 is not 1 to 60" },
                { "*/ * * * *", "minute: the step nothing is not 1 to 60" },
                { "1, * * * *", "minute: nothing is not 0 to 59" },
                { ",1 * * * *", "minute: nothing is not 0 to 59" },
                { "001 * * * *", "minute: 001 is not" },
                { "1.5 * * * *", "minute: 1.5 is not" },
                { "** * * * *", "minute: ** is not" },
                { "*-5 * * * *", "minute: * is not" },
                { "1-2-3 * * * *", "minute: 2-3 is not" },
                { "\xc3\xa4\"\x01 * * * *", "minute: ??\"? is not 0 to 59" },
                { "abcdefghijklmnopqrstuvwxyz * * * *", "minute: abcdefghijklmnopqrst is not" },
                { "0 0 30 2 *", "day of month: none of these days comes in any of the months" },
                { "0 0 31 4,6,9,11 *", "day of month: none of these days comes" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char problem[CRON_PROBLEM_MAX + 1] = "";
                struct cron cron;

                assert_int_equal(cron_parse(str_of(cases[i].line), &cron, problem), -ERR_CRON);
                if (!strstr(problem, cases[i].problem))
                        fail_msg("%s: %s", cases[i].line, problem);
        }
}

static void longest_line_and_one_beyond(void **state) {
        char line[CRON_MAX + 2], problem[CRON_PROBLEM_MAX + 1];
        struct cron cron;

        memset(line, ' ', sizeof(line));
        memcpy(line + CRON_MAX - 9, "* * * * *", 9);
        assert_int_equal(cron_parse(str_n(line, CRON_MAX), &cron, problem), 0);
        assert_int_equal(cron_parse(str_n(line, CRON_MAX + 1), &cron, problem), -ERR_CRON);
        assert_string_equal(problem, "a cron line has at most 200 characters");
}

static void a_day_that_never_comes_is_fine_beside_a_day_of_the_week(void **state) {
        ASSERT_RUNS("0 0 30 2 mon", "UTC", utc(2026, 1, 1, 0, 0), utc(2026, 2, 2, 0, 0),
                    utc(2026, 2, 9, 0, 0));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(agrees_with_a_walk_through_the_minutes),
                cmocka_unit_test(a_fixed_time_that_is_left_out_runs_when_the_clocks_are_set),
                cmocka_unit_test(a_fixed_time_that_comes_twice_runs_once),
                cmocka_unit_test(a_star_follows_the_clock),
                cmocka_unit_test(one_of_two_restricted_day_fields_is_enough),
                cmocka_unit_test(sunday_is_0_and_7_and_ends_a_week),
                cmocka_unit_test(rare_days_are_found),
                cmocka_unit_test(faults_name_the_field_and_what_it_may_be),
                cmocka_unit_test(longest_line_and_one_beyond),
                cmocka_unit_test(a_day_that_never_comes_is_fine_beside_a_day_of_the_week),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
