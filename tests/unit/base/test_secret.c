#include "base/secret.h"

#include "unit.h"

static void a_secret_is_zeroed_when_done(void **state) {
        struct secret s = SECRET_EMPTY;

        memset(s.bytes, 'x', sizeof(s.bytes));
        s.len = sizeof(s.bytes);
        secret_done(&s);
        assert_int_equal(s.len, 0);
        for (size_t i = 0; i < sizeof(s.bytes); i++)
                assert_int_equal(s.bytes[i], 0);
        secret_done(NULL);
}

static void only_equal_secrets_are_equal(void **state) {
        assert_true(secret_equal(STR("secret"), STR("secret")));
        assert_true(secret_equal(STR(""), STR_NULL));
        assert_false(secret_equal(STR("secret"), STR("secreT")));
        assert_false(secret_equal(STR("secret"), STR("secre")));
        assert_false(secret_equal(STR("secre"), STR("secret")));
        assert_false(secret_equal(STR("secret"), STR("")));
        assert_false(secret_equal(str_n("a\0b", 3), str_n("a\0c", 3)));
}

static void the_view_is_of_what_is_set(void **state) {
        _cleanup_(secret_done) struct secret s = { .len = 3, .bytes = "abc" };

        assert_str(secret_str(&s), "abc");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_secret_is_zeroed_when_done),
                cmocka_unit_test(only_equal_secrets_are_equal),
                cmocka_unit_test(the_view_is_of_what_is_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
