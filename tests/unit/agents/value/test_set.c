#include "agents/value/set.h"

#include "unit.h"

static void a_value_is_added_once(void **state) {
        json_t *one = json_integer(1), *real = json_real(1), *text = json_string("1");
        struct value_set set = { 0 };

        assert_false(value_set_has(&set, one));
        assert_int_equal(value_set_add(&set, one), 1);
        assert_int_equal(value_set_add(&set, one), 0);
        assert_int_equal(value_set_add(&set, real), 0);
        assert_int_equal(value_set_add(&set, text), 1);
        assert_int_equal(value_set_add(&set, json_true()), 1);
        assert_true(value_set_has(&set, real));
        assert_false(value_set_has(&set, json_false()));
        assert_int_equal(set.n, 3);
        value_set_done(&set);
        json_decref(one);
        json_decref(real);
        json_decref(text);
}

static void many_values_are_told_apart(void **state) {
        json_t *values = json_array();
        struct value_set set = { 0 };

        for (json_int_t i = 0; i < 20000; i++)
                json_array_append_new(values, json_pack("[I, s]", i / 2, "x"));
        for (size_t i = 0; i < 20000; i++)
                assert_int_equal(value_set_add(&set, json_array_get(values, i)), i % 2 == 0);
        assert_int_equal(set.n, 10000);
        for (size_t i = 0; i < 20000; i++)
                assert_true(value_set_has(&set, json_array_get(values, i)));
        value_set_done(&set);
        json_decref(values);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_value_is_added_once),
                cmocka_unit_test(many_values_are_told_apart),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
