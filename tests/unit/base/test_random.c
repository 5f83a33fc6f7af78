#include "base/random.h"

#include "unit.h"

static void two_draws_differ(void **state) {
        unsigned char a[32] = { 0 }, b[32] = { 0 };

        assert_int_equal(random_fill(&random_system, a, sizeof(a)), 0);
        assert_int_equal(random_fill(&random_system, b, sizeof(b)), 0);
        assert_memory_not_equal(a, b, sizeof(a));
}

static void a_long_draw_is_filled_to_its_end(void **state) {
        static unsigned char bytes[100000];
        size_t zeros = 0;

        assert_int_equal(random_fill(&random_system, bytes, sizeof(bytes)), 0);
        for (size_t i = sizeof(bytes) - 1000; i < sizeof(bytes); i++)
                zeros += bytes[i] == 0;
        assert_in_range(zeros, 0, 50); /* about 4 are expected */
        assert_int_equal(random_fill(&random_system, bytes, 0), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(two_draws_differ),
                cmocka_unit_test(a_long_draw_is_filled_to_its_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
