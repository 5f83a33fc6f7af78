#include "base/json_depth.h"

#include "unit.h"

static void depth_is_counted_through_both_kinds(void **state) {
        assert_false(json_deeper_than(STR("{\"a\":[{}]}"), 3));
        assert_true(json_deeper_than(STR("{\"a\":[{}]}"), 2));
        assert_false(json_deeper_than(STR("[[],[],[]]"), 2));
        assert_false(json_deeper_than(STR("1"), 0));
        assert_true(json_deeper_than(STR("[]"), 0));
}

static void brackets_in_texts_do_not_count(void **state) {
        assert_false(json_deeper_than(STR("[\"[[[{{{\"]"), 1));
        assert_false(json_deeper_than(STR("[\"\\\"[[\"]"), 1));
        assert_true(json_deeper_than(STR("[\"\\\\\",[]]"), 1));
}

static void malformed_texts_end(void **state) {
        assert_false(json_deeper_than(STR("]]]}}[\"\\"), 1));
        assert_false(json_deeper_than(STR(""), 0));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(depth_is_counted_through_both_kinds),
                cmocka_unit_test(brackets_in_texts_do_not_count),
                cmocka_unit_test(malformed_texts_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
