#include "agents/value/tokens.h"

#include "unit.h"

static void letters_count_by_fours_and_signs_by_one(void **state) {
        assert_int_equal(tokens_estimate(STR("")), 0);
        assert_int_equal(tokens_estimate(STR(" \n\t")), 0);
        assert_int_equal(tokens_estimate(STR("a")), 1);
        assert_int_equal(tokens_estimate(STR("four")), 1);
        assert_int_equal(tokens_estimate(STR("fiver")), 2);
        assert_int_equal(tokens_estimate(STR("one two")), 2);
        assert_int_equal(tokens_estimate(STR("{\"a\": 1}")), 7);
        assert_int_equal(tokens_estimate(STR("日本語")), 3);
}

/* Models of the usual kind make some 33 tokens of it. */
static void english_comes_out_near_what_models_count(void **state) {
        size_t tokens = tokens_estimate(
                STR("The quick brown fox jumps over the lazy dog, and the dog, which had been asleep "
                    "since early in the morning, did not even lift its head to look."));

        assert_in_range(tokens, 27, 42);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(letters_count_by_fours_and_signs_by_one),
                cmocka_unit_test(english_comes_out_near_what_models_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
