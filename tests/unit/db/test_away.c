#include "db/away.h"

#include "unit.h"

#include "base/clock.h"

static int setup(void **state) {
        static struct away away;

        away_init(&away);
        *state = &away;
        return 0;
}

static int teardown(void **state) {
        away_done(*state);
        return 0;
}

static void all_may_connect_while_it_is_there(void **state) {
        struct away *a = *state;

        for (int i = 0; i < 3; i++)
                assert_true(away_may_try(a, 0));
        assert_false(away_refuses(a));
}

static void one_at_a_time_tries_while_it_is_away(void **state) {
        struct away *a = *state;

        assert_true(away_failed(a, 1000, 1001, "test"));
        assert_false(away_may_try(a, 1001 + AWAY_FIRST_MS - 1));
        assert_true(away_may_try(a, 1001 + AWAY_FIRST_MS));
        assert_false(away_may_try(a, 1001 + AWAY_FIRST_MS));
        /* one who gets no answer doesn't keep the others from finding it */
        assert_true(away_may_try(a, 1001 + AWAY_FIRST_MS + AWAY_HANGS_MS));
}

static void pauses_grow_to_their_maximum_and_begin_anew(void **state) {
        struct away *a = *state;
        int64_t now = 1000;

        for (int i = 0; i < 10; i++) {
                assert_true(away_failed(a, now, now, "test"));
                now += AWAY_MAX_MS;
        }
        assert_true(away_may_try(a, now));
        away_reached(a, now);
        assert_true(away_failed(a, now + 1, now + 1, "test"));
        assert_true(away_may_try(a, now + 1 + AWAY_FIRST_MS));
}

static void those_who_fail_together_count_once(void **state) {
        struct away *a = *state;

        for (int i = 0; i < 8; i++)
                assert_true(away_failed(a, 1000, 1001, "test"));
        assert_true(away_may_try(a, 1001 + AWAY_FIRST_MS));
}

static void who_fails_late_does_not_take_away_what_others_reached(void **state) {
        struct away *a = *state;

        assert_true(away_failed(a, 1000, 1001, "test"));
        assert_true(away_may_try(a, 1100));
        away_reached(a, 1200);
        assert_false(away_failed(a, 1100, 1300, "test")); /* it had begun before */
        assert_true(away_may_try(a, 1300));
        assert_true(away_may_try(a, 1300));
        assert_true(away_failed(a, 1201, 1301, "test"));
        assert_false(away_may_try(a, 1301));
}

static void nobody_is_refused_while_a_connection_stands(void **state) {
        struct away *a = *state;
        int64_t now = clock_monotonic_ms();

        away_count(a, 1);
        assert_true(away_failed(a, now + 10000, now + 10000, "test"));
        assert_false(away_refuses(a));
        away_count(a, -1);
        assert_true(away_refuses(a));
        away_reached(a, now + 10001);
        assert_false(away_refuses(a));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(all_may_connect_while_it_is_there),
                TEST(one_at_a_time_tries_while_it_is_away),
                TEST(pauses_grow_to_their_maximum_and_begin_anew),
                TEST(those_who_fail_together_count_once),
                TEST(who_fails_late_does_not_take_away_what_others_reached),
                TEST(nobody_is_refused_while_a_connection_stands),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
