#include "block_fixture.h"
#include "unit.h"

/* A run over a list of n nulls; the result and how much was yielded. */
static int step(size_t n, struct block_run *run, size_t *yielded) {
        json_t *list = json_array();
        int r;

        block_run_begin(run, block_named("StepThroughItemsBlock"), "{}");
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, json_null());
        json_object_set_new(run->input, "items", list);
        r = block_execute(run);
        *yielded = json_array_size(run->yield_data);
        block_run_end(run);
        return r;
}

static void steps_end_at_ten_thousand_items(void **state) {
        struct block_run run;
        size_t yielded;

        assert_int_equal(step(10000, &run, &yielded), 0);
        assert_int_equal(yielded, 20000);
        assert_true(step(10001, &run, &yielded) < 0);
        assert_int_equal(yielded, 0);
        assert_non_null(strstr(run.message, "Too many items: 10001 > 10000"));
}

static void a_text_of_items_is_at_most_a_mebibyte(void **state) {
        static char text[1024 * 1024 + 3];
        struct block_run run;

        memset(text, ' ', sizeof(text) - 1);
        text[0] = '[';
        text[sizeof(text) - 2] = ']';
        block_run_begin(&run, block_named("StepThroughItemsBlock"), "{}");
        json_object_set_new(run.input, "items_str", json_string(text));
        assert_true(block_execute(&run) < 0);
        assert_non_null(strstr(run.message, "Input too large: 1048578 bytes > 1048576 bytes"));
        block_run_end(&run);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(steps_end_at_ten_thousand_items),
                cmocka_unit_test(a_text_of_items_is_at_most_a_mebibyte),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
