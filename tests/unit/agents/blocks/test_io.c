#include "block_fixture.h"
#include "unit.h"

static void a_format_that_fails_says_so_in_the_output(void **state) {
        struct block_run run;
        const char *text;

        block_run_begin(&run, block_named("AgentOutputBlock"),
                        "{\"name\":\"n\",\"value\":\"v\",\"format\":\"{{ n \"}");
        assert_int_equal(block_execute(&run), 0);
        assert_int_equal(json_array_size(run.yield_data), 1);
        text = json_string_value(json_array_get(json_array_get(run.yield_data, 0), 1));
        assert_true(strncmp(text, "Error: ", 7) == 0);
        assert_string_equal(text + strlen(text) - 3, ", v");
        block_run_end(&run);
}

static void every_input_is_static(void **state) {
        const struct block *const *all;
        size_t n, inputs = 0;

        all = block_all(&n);
        for (size_t i = 0; i < n; i++)
                if (all[i]->ui == BLOCK_UI_INPUT) {
                        assert_true(all[i]->static_output);
                        inputs++;
                }
        assert_true(inputs >= 9);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_format_that_fails_says_so_in_the_output),
                cmocka_unit_test(every_input_is_static),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
