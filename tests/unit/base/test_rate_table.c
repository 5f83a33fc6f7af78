#include "base/rate_table.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rate.h"
#include "unit.h"

#define SECOND INT64_C(1000000000)

enum { BURST = 600, THREADS = 4, TAKES = 2000 };

static const struct rate_pace pace = { .interval_ns = 100000000, .burst = BURST }; /* 600 a minute */
static const uint8_t key[RATE_TABLE_KEY_SIZE] = "a key for tests";

static int setup(void **state) {
        *state = rate_table_new(key);
        return *state ? 0 : -1;
}

static int teardown(void **state) {
        rate_table_free(*state);
        return 0;
}

static uint64_t name(struct rate_table *table, unsigned caller) {
        return rate_table_name(table, 0, str_n(&caller, sizeof(caller)), STR_NULL);
}

/* How many of n single units are had. */
static int takes(struct rate_table *table, uint64_t who, int n, int64_t now) {
        struct rate_taken taken;
        int good = 0;

        for (int i = 0; i < n; i++)
                good += rate_table_take(table, who, &pace, 1, now, &taken);
        return good;
}

static void as_many_as_allowed_and_then_one_each_interval(void **state) {
        uint64_t who = name(*state, 1);
        struct rate_taken taken;

        assert_int_equal(takes(*state, who, 2 * BURST, 7 * SECOND), BURST);
        assert_false(rate_table_take(*state, who, &pace, 1, 7 * SECOND, &taken));
        assert_int_equal(taken.wait_ns, pace.interval_ns);
        assert_int_equal(taken.debt_ns, 60 * SECOND);
        assert_int_equal(takes(*state, who, 5, 7 * SECOND + pace.interval_ns - 1), 0);
        assert_int_equal(takes(*state, who, 5, 7 * SECOND + pace.interval_ns), 1);
        assert_int_equal(takes(*state, who, BURST, 17 * SECOND), 99);
        assert_int_equal(takes(*state, who, 2 * BURST, 3600 * SECOND), BURST);
}

/* Nobody is kept out until the time comes again that it was before. */
static void a_clock_that_is_set_back_costs_one_turn(void **state) {
        uint64_t who = name(*state, 100);
        struct rate_taken taken;

        assert_int_equal(takes(*state, who, BURST, 7200 * SECOND), BURST);
        assert_false(rate_table_take(*state, who, &pace, 1, 3600 * SECOND, &taken));
        assert_int_equal(taken.wait_ns, pace.interval_ns);
        assert_int_equal(takes(*state, who, 5, 3600 * SECOND + pace.interval_ns), 1);
}

static void what_is_left_is_told(void **state) {
        uint64_t who = name(*state, 2);
        struct rate_taken taken;

        assert_true(rate_table_take(*state, who, &pace, 5, SECOND, &taken));
        assert_int_equal(taken.debt_ns, 5 * pace.interval_ns);
        assert_int_equal(taken.wait_ns, 0);
        assert_true(rate_table_take(*state, who, &pace, BURST - 5, SECOND, &taken));
        assert_int_equal(taken.debt_ns, 60 * SECOND);
        assert_false(rate_table_take(*state, who, &pace, 5, SECOND, &taken));
        assert_int_equal(taken.wait_ns, 5 * pace.interval_ns);
}

static void all_of_it_or_none(void **state) {
        uint64_t who = name(*state, 3);
        struct rate_taken taken;

        assert_int_equal(takes(*state, who, BURST - 3, SECOND), BURST - 3);
        assert_false(rate_table_take(*state, who, &pace, 4, SECOND, &taken));
        assert_true(rate_table_take(*state, who, &pace, 3, SECOND, &taken));
}

/* Else nobody could ever do what costs more than a small limit. */
static void more_than_the_whole_counts_as_the_whole(void **state) {
        uint64_t who = name(*state, 4);
        struct rate_taken taken;

        assert_true(rate_table_take(*state, who, &pace, 10 * BURST, SECOND, &taken));
        assert_int_equal(takes(*state, who, 1, SECOND), 0);
        assert_int_equal(takes(*state, who, 2 * BURST, 61 * SECOND), BURST);
}

static void what_is_given_back_can_be_taken_again(void **state) {
        uint64_t who = name(*state, 5);

        assert_int_equal(takes(*state, who, 2 * BURST, SECOND), BURST);
        rate_table_give_back(*state, who, &pace, 10);
        assert_int_equal(takes(*state, who, 2 * BURST, SECOND), 10);
}

static void callers_do_not_share(void **state) {
        assert_int_equal(takes(*state, name(*state, 6), 2 * BURST, SECOND), BURST);
        assert_int_equal(takes(*state, name(*state, 7), 2 * BURST, SECOND), BURST);
        assert_true(rate_table_name(*state, 1, STR("a"), STR_NULL) !=
                    rate_table_name(*state, 2, STR("a"), STR_NULL));
}

/* A million strangers who ask once, as somebody can who has a range of IPv6 addresses, make nobody's limit forgotten. */
static void who_used_up_a_limit_is_not_forgotten_for_strangers(void **state) {
        uint64_t who = name(*state, 8);

        assert_int_equal(takes(*state, who, 2 * BURST, SECOND), BURST);
        for (unsigned i = 100; i < 1000100; i++)
                (void)takes(*state, name(*state, i), 1, SECOND);
        assert_int_equal(takes(*state, who, BURST, SECOND), 0);
}

static void whoever_has_everything_back_makes_place(void **state) {
        for (unsigned round = 0; round < 4; round++) {
                int64_t now = (1 + 100 * round) * SECOND;
                int good = 0;

                for (unsigned i = 0; i < RATE_TABLE_SETS; i++) {
                        uint64_t who = name(*state, round * RATE_TABLE_SETS + i);

                        good += takes(*state, who, 3, now);
                }
                assert_int_equal(good, 3 * RATE_TABLE_SETS);
        }
}

struct taker {
        struct rate_table *table;
        uint64_t shared, own;
        int had_shared, had_own;
};

static void *take_many(void *data) {
        struct taker *t = data;

        for (int i = 0; i < TAKES; i++) {
                t->had_shared += takes(t->table, t->shared, 1, 5 * SECOND);
                t->had_own += takes(t->table, t->own, 1, 5 * SECOND);
                (void)takes(t->table, name(t->table, 5000 + (unsigned)(rand() % 50000)), 1, 5 * SECOND);
        }
        return NULL;
}

static void threads_together_get_exactly_as_much_as_one(void **state) {
        struct taker takers[THREADS];
        pthread_t threads[THREADS];
        int shared = 0;

        for (unsigned i = 0; i < THREADS; i++) {
                takers[i] = (struct taker){ .table = *state,
                                            .shared = name(*state, 1000),
                                            .own = name(*state, 2000 + i) };
                assert_int_equal(pthread_create(&threads[i], NULL, take_many, &takers[i]), 0);
        }
        for (unsigned i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                shared += takers[i].had_shared;
                assert_int_equal(takers[i].had_own, BURST);
        }
        assert_int_equal(shared, BURST);
}

/* Hands all of one table's changes to another one. Returns how many. */
static size_t tell(struct rate_table *from, struct rate_table *to, int64_t now) {
        struct rate_change changes[8];
        size_t n, all = 0;

        while ((n = rate_table_changes(from, changes, ARRAY_LENGTH(changes))) > 0) {
                for (size_t i = 0; to && i < n; i++)
                        rate_table_add(to, &changes[i], now);
                all += n;
        }
        return all;
}

struct pair {
        struct rate_table *a, *b;
};

static int setup_pair(void **state) {
        static struct pair pair;

        pair = (struct pair){ rate_table_new(key), rate_table_new(key) };
        *state = &pair;
        return pair.a && pair.b && rate_table_share(pair.a) == 0 && rate_table_share(pair.b) == 0 ? 0 : -1;
}

static int teardown_pair(void **state) {
        const struct pair *pair = *state;

        rate_table_free(pair->a);
        rate_table_free(pair->b);
        return 0;
}

static void tables_that_tell_one_another_count_as_one(void **state) {
        const struct pair *p = *state;
        uint64_t who = name(p->a, 1);

        assert_int_equal(takes(p->a, who, 200, SECOND), 200);
        assert_int_equal(tell(p->a, p->b, SECOND), 1);
        assert_int_equal(tell(p->a, p->b, SECOND), 0);
        assert_int_equal(tell(p->b, p->a, SECOND), 0); /* what one was told is not told again */
        assert_int_equal(takes(p->b, who, 2 * BURST, SECOND), BURST - 200);
        assert_int_equal(tell(p->b, p->a, SECOND), 1);
        assert_int_equal(takes(p->a, who, BURST, SECOND), 0);
        assert_int_equal(takes(p->a, who, BURST, 11 * SECOND), 100);
}

static void what_was_too_much_comes_back_first(void **state) {
        const struct pair *p = *state;
        uint64_t who = name(p->a, 2);
        struct rate_taken taken;

        assert_int_equal(takes(p->a, who, BURST, SECOND) + takes(p->b, who, BURST, SECOND), 2 * BURST);
        assert_int_equal(tell(p->a, p->b, SECOND), 1);
        assert_false(rate_table_take(p->b, who, &pace, 1, SECOND, &taken));
        assert_int_equal(taken.wait_ns, 60 * SECOND + pace.interval_ns);
        assert_int_equal(takes(p->b, who, BURST, 60 * SECOND), 0);
        assert_int_equal(takes(p->b, who, 2 * BURST, 71 * SECOND), 100);
}

static void less_than_a_grain_is_told_once_it_is_one(void **state) {
        const struct pair *p = *state;
        uint64_t who = name(p->a, 3);
        const int grain = BURST / RATE_TABLE_GRAIN;

        for (int i = 1; i < grain; i++) {
                assert_int_equal(takes(p->a, who, 1, SECOND), 1);
                assert_int_equal(tell(p->a, p->b, SECOND), 0);
        }
        assert_int_equal(takes(p->a, who, 1, SECOND), 1);
        assert_int_equal(tell(p->a, p->b, SECOND), 1);
        assert_int_equal(takes(p->b, who, BURST, SECOND), BURST - grain);
}

static void what_is_given_back_is_told(void **state) {
        const struct pair *p = *state;
        uint64_t who = name(p->a, 4);

        assert_int_equal(takes(p->a, who, 20, SECOND), 20);
        assert_int_equal(tell(p->a, p->b, SECOND), 1);
        rate_table_give_back(p->a, who, &pace, 20);
        assert_int_equal(tell(p->a, p->b, SECOND), 1);
        assert_int_equal(takes(p->b, who, 2 * BURST, SECOND), BURST);
        assert_int_equal(takes(p->a, who, 10, SECOND), 10);
        rate_table_give_back(p->a, who, &pace, 10);
        assert_int_equal(tell(p->a, p->b, SECOND), 0); /* nothing is left of it */
}

/* More callers than there is room for at a time: each is told of once it asks again. */
static void of_many_callers_none_is_left_out(void **state) {
        const struct pair *p = *state;
        const unsigned many = RATE_TABLE_CHANGES_MAX + 1000;

        for (unsigned i = 0; i < many; i++)
                assert_int_equal(takes(p->a, name(p->a, i), 10, SECOND), 10);
        assert_int_equal(tell(p->a, p->b, SECOND), RATE_TABLE_CHANGES_MAX);
        for (unsigned i = 0; i < many; i++)
                assert_int_equal(takes(p->a, name(p->a, i), 1, SECOND), 1);
        assert_int_equal(tell(p->a, p->b, SECOND), 1000);
        assert_int_equal(takes(p->b, name(p->a, many - 1), BURST, SECOND), BURST - 11);
}

static void *take_and_tell(void *data) {
        struct taker *t = data;

        for (int i = 0; i < TAKES; i++) {
                t->had_shared += takes(t->table, t->shared, 1, 5 * SECOND);
                (void)takes(t->table, name(t->table, (unsigned)(rand() % 100000)), 10, 5 * SECOND);
        }
        return NULL;
}

static void what_threads_took_meanwhile_is_told_exactly(void **state) {
        const struct pair *p = *state;
        struct taker takers[THREADS] = { 0 };
        pthread_t threads[THREADS];
        int taken = 0;

        for (unsigned i = 0; i < THREADS; i++) {
                takers[i] = (struct taker){ .table = p->a, .shared = name(p->a, 1000000) };
                assert_int_equal(pthread_create(&threads[i], NULL, take_and_tell, &takers[i]), 0);
        }
        for (unsigned i = 0; i < 1000; i++)
                (void)tell(p->a, p->b, 5 * SECOND);
        for (unsigned i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                taken += takers[i].had_shared;
        }
        (void)tell(p->a, p->b, 5 * SECOND);
        assert_int_equal(taken, BURST);
        assert_in_range(takes(p->b, takers[0].shared, BURST, 5 * SECOND), 0, BURST / RATE_TABLE_GRAIN - 1);
}

static void rates_are_a_number_and_a_unit(void **state _unused_) {
        static const char *const wrong[] = {
                "",           "600",     "600/",        "/minute",      "0/minute", "-1/minute",
                "1.5/second", "600/day", "600 /minute", "1000001/hour", "OFF",      "600/minutes"
        };
        struct rate rate;

        assert_true(rate_parse(STR("600/minute"), &rate));
        assert_true(rate.count == 600 && rate.seconds == 60);
        assert_true(rate_parse(STR("1000000/second"), &rate));
        assert_true(rate.count == 1000000 && rate.seconds == 1);
        assert_true(rate_parse(STR("1/hour"), &rate));
        assert_string_equal(rate_unit(&rate), "hour");
        assert_true(rate_parse(STR("off"), &rate));
        assert_int_equal(rate.count, 0);
        for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
                assert_false(rate_parse(str_of(wrong[i]), &rate));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(as_many_as_allowed_and_then_one_each_interval, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_clock_that_is_set_back_costs_one_turn, setup, teardown),
                cmocka_unit_test_setup_teardown(what_is_left_is_told, setup, teardown),
                cmocka_unit_test_setup_teardown(all_of_it_or_none, setup, teardown),
                cmocka_unit_test_setup_teardown(more_than_the_whole_counts_as_the_whole, setup, teardown),
                cmocka_unit_test_setup_teardown(what_is_given_back_can_be_taken_again, setup, teardown),
                cmocka_unit_test_setup_teardown(callers_do_not_share, setup, teardown),
                cmocka_unit_test_setup_teardown(who_used_up_a_limit_is_not_forgotten_for_strangers, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(whoever_has_everything_back_makes_place, setup, teardown),
                cmocka_unit_test_setup_teardown(threads_together_get_exactly_as_much_as_one, setup, teardown),
                cmocka_unit_test_setup_teardown(tables_that_tell_one_another_count_as_one, setup_pair,
                                                teardown_pair),
                cmocka_unit_test_setup_teardown(what_was_too_much_comes_back_first, setup_pair,
                                                teardown_pair),
                cmocka_unit_test_setup_teardown(less_than_a_grain_is_told_once_it_is_one, setup_pair,
                                                teardown_pair),
                cmocka_unit_test_setup_teardown(what_is_given_back_is_told, setup_pair, teardown_pair),
                cmocka_unit_test_setup_teardown(of_many_callers_none_is_left_out, setup_pair, teardown_pair),
                cmocka_unit_test_setup_teardown(what_threads_took_meanwhile_is_told_exactly, setup_pair,
                                                teardown_pair),
                cmocka_unit_test(rates_are_a_number_and_a_unit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
