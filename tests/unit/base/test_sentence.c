#include "base/sentence.h"

#include "unit.h"

static struct arena arena;

static int set_up(void **state) {
        arena_init(&arena, 65536);
        return 0;
}

static int tear_down(void **state) {
        arena_done(&arena);
        return 0;
}

static void each_conversion_is_a_value(void **state) {
        const struct sentence *s = sentence_printf(
                &arena, "%s has " STR_FMT ", %d%% of %u, %ld, %lu, %lld and %zu", "a word",
                STR_ARG(str_first(STR("somebody's text"), 8)), -7, 4000000000u, -1L, 1UL, -2LL, (size_t)3);
        static const char *const values[] = {
                "a word", "somebody", "-7", "4000000000", "-1", "1", "-2", "3"
        };

        assert_str(s->text, "a word has somebody, -7% of 4000000000, -1, 1, -2 and 3");
        assert_str(s->pattern, "{0} has {1}, {2}% of {3}, {4}, {5}, {6} and {7}");
        assert_int_equal(s->n_values, ARRAY_LENGTH(values));
        for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
                assert_true(str_eq(s->values[i], str_of(values[i])));
                assert_int_equal(s->ours[i], i == 0);
        }
}

static void a_sentence_without_values_is_its_own_pattern(void **state) {
        const struct sentence *s = sentence_printf(&arena, "At least one is required");

        assert_str(s->text, "At least one is required");
        assert_str(s->pattern, "At least one is required");
        assert_int_equal(s->n_values, 0);
        assert_str(sentence_printf(&arena, "%s", "")->text, "");
}

static void what_cannot_be_taken_apart_is_one_text(void **state) {
        const struct sentence *s = sentence_printf(&arena, "%05d", 42);

        assert_str(s->text, "00042");
        assert_str(s->pattern, "00042");
        assert_int_equal(s->n_values, 0);
        s = sentence_printf(&arena, "%d%d%d%d%d%d%d%d%d", 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assert_str(s->pattern, "123456789");
        assert_int_equal(s->n_values, 0);
}

static void no_memory_is_no_sentence(void **state) {
        arena_done(&arena);
        arena_init(&arena, 0);
        assert_null(sentence_printf(&arena, "%d", 1));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(each_conversion_is_a_value, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_sentence_without_values_is_its_own_pattern, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(what_cannot_be_taken_apart_is_one_text, set_up, tear_down),
                cmocka_unit_test_setup_teardown(no_memory_is_no_sentence, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
