#include "block_cases.h"
#include "unit.h"

static void lists_are_joined(void **state) {
        CHECK_BLOCKS(
                { "ConcatenateListsBlock", "{\"lists\":[[1,2],[],[2,null]]}",
                  "[[\"concatenated_list\",[1,2,2,null]],[\"length\",4]]" },
                { "ConcatenateListsBlock", "{\"lists\":[[1,2,1.0],[true,\"1\",2]],\"deduplicate\":true}",
                  "[[\"concatenated_list\",[1,2,true,\"1\"]],[\"length\",4]]" },
                { "ConcatenateListsBlock", "{\"lists\":[[null,1],[null]],\"remove_none\":true}",
                  "[[\"concatenated_list\",[1]],[\"length\",1]]" },
                { "ConcatenateListsBlock", "{\"lists\":[]}", "[[\"concatenated_list\",[]],[\"length\",0]]" },
                { "ConcatenateListsBlock", "{\"lists\":[[1],2]}", "!lists.1: " }, );
}

static void a_list_is_flattened_as_deep_as_asked(void **state) {
        CHECK_BLOCKS({ "FlattenListBlock", "{\"nested_list\":[[1,[2,3]],[4,[5,[6]]]]}",
                       "[[\"flattened_list\",[1,2,3,4,5,6]],[\"length\",6],[\"original_depth\",4]]" },
                     { "FlattenListBlock", "{\"nested_list\":[1,[2,[3,[4]]]],\"max_depth\":1}",
                       "[[\"flattened_list\",[1,2,[3,[4]]]],[\"length\",3],[\"original_depth\",4]]" },
                     { "FlattenListBlock", "{\"nested_list\":[1,[2]],\"max_depth\":0}",
                       "[[\"flattened_list\",[1,[2]]],[\"length\",2],[\"original_depth\",2]]" },
                     { "FlattenListBlock", "{\"nested_list\":[]}",
                       "[[\"flattened_list\",[]],[\"length\",0],[\"original_depth\",1]]" },
                     { "FlattenListBlock", "{\"nested_list\":[[],[[]]]}",
                       "[[\"flattened_list\",[]],[\"length\",0],[\"original_depth\",3]]" },
                     { "FlattenListBlock", "{\"nested_list\":[1],\"max_depth\":-2}", "!max_depth: " }, );
}

static void lists_are_interleaved_and_short_ones_drop_out(void **state) {
        CHECK_BLOCKS(
                { "InterleaveListsBlock", "{\"lists\":[[1,2,3],[\"a\"],[null,true]]}",
                  "[[\"interleaved_list\",[1,\"a\",null,2,true,3]],[\"length\",6]]" },
                { "InterleaveListsBlock", "{\"lists\":[]}", "[[\"interleaved_list\",[]],[\"length\",0]]" }, );
}

static void lists_are_zipped(void **state) {
        CHECK_BLOCKS({ "ZipListsBlock", "{\"lists\":[[1,2,3],[\"a\",\"b\"]]}",
                       "[[\"zipped_list\",[[1,\"a\"],[2,\"b\"]]],[\"length\",2]]" },
                     { "ZipListsBlock", "{\"lists\":[[1,2],[\"a\"]],\"pad_to_longest\":true}",
                       "[[\"zipped_list\",[[1,\"a\"],[2,null]]],[\"length\",2]]" },
                     { "ZipListsBlock", "{\"lists\":[[1,2],[]],\"pad_to_longest\":true,\"fill_value\":\"-\"}",
                       "[[\"zipped_list\",[[1,\"-\"],[2,\"-\"]]],[\"length\",2]]" },
                     { "ZipListsBlock", "{\"lists\":[[1,2],[]]}", "[[\"zipped_list\",[]],[\"length\",0]]" },
                     { "ZipListsBlock", "{\"lists\":[]}", "[[\"zipped_list\",[]],[\"length\",0]]" }, );
}

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

static void what_one_list_lacks_is_its_difference(void **state) {
        CHECK_BLOCKS({ "ListDifferenceBlock", "{\"list_a\":[1,2,2,3],\"list_b\":[3,4]}",
                       "[[\"difference\",[1,2,2]],[\"length\",3]]" },
                     { "ListDifferenceBlock", "{\"list_a\":[1,2],\"list_b\":[2,3],\"symmetric\":true}",
                       "[[\"difference\",[1,3]],[\"length\",2]]" },
                     { "ListDifferenceBlock", "{\"list_a\":[1,true,0,false],\"list_b\":[1,false]}",
                       "[[\"difference\",[true,0]],[\"length\",2]]" },
                     { "ListDifferenceBlock",
                       "{\"list_a\":[{\"a\":1,\"b\":2}],\"list_b\":[{\"b\":2,\"a\":1.0}]}",
                       "[[\"difference\",[]],[\"length\",0]]" },
                     { "ListDifferenceBlock", "{\"list_a\":[],\"list_b\":[]}",
                       "[[\"difference\",[]],[\"length\",0]]" },
                     { "ListDifferenceBlock", "{\"list_a\":[1]}", "!list_b: " }, );
}

static void what_both_lists_have_is_their_intersection(void **state) {
        CHECK_BLOCKS({ "ListIntersectionBlock", "{\"list_a\":[3,1,2,3],\"list_b\":[2,3,3]}",
                       "[[\"intersection\",[3,2]],[\"length\",2]]" },
                     { "ListIntersectionBlock", "{\"list_a\":[1,\"a\",[1]],\"list_b\":[true,\"a\",[1.0]]}",
                       "[[\"intersection\",[\"a\",[1]]],[\"length\",2]]" },
                     { "ListIntersectionBlock", "{\"list_a\":[1],\"list_b\":[]}",
                       "[[\"intersection\",[]],[\"length\",0]]" }, );
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lists_are_joined),
                cmocka_unit_test(a_list_is_flattened_as_deep_as_asked),
                cmocka_unit_test(lists_are_interleaved_and_short_ones_drop_out),
                cmocka_unit_test(lists_are_zipped),
                cmocka_unit_test(padding_has_an_end),
                cmocka_unit_test(what_one_list_lacks_is_its_difference),
                cmocka_unit_test(what_both_lists_have_is_their_intersection),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
