#include "block_fixture.h"
#include "unit.h"

/* One long list among many empty ones: padding would make billions of items of a request of a few kilobytes. */
static void padding_has_an_end(void **state) {
        json_t *lists = json_array(), *longest = json_array();
        struct block_run run;

        for (size_t i = 0; i < 100000; i++)
                json_array_append_new(longest, json_null());
        json_array_append_new(lists, longest);
        for (size_t i = 0; i < 10000; i++)
                json_array_append_new(lists, json_array());
        block_run_begin(&run, block_named("ZipListsBlock"), "{\"pad_to_longest\":true}");
        json_object_set_new(run.input, "lists", lists);
        assert_true(block_execute(&run) < 0);
        assert_non_null(strstr(run.message, "has more than"));
        block_run_end(&run);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(padding_has_an_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
