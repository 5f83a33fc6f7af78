#include "block_cases.h"
#include "unit.h"

static void a_list_is_made_whole(void **state) {
        CHECK_BLOCKS({ "CreateListBlock", "{\"values\":[1,\"a\",null]}", "[[\"list\",[1,\"a\",null]]]" },
                     { "CreateListBlock", "{\"values\":[]}", "[[\"list\",[]]]" },
                     { "CreateListBlock", "{\"values\":[],\"max_size\":2}", "[[\"list\",[]]]" },
                     { "CreateListBlock", "{\"values\":\"a\"}", "!values: " },
                     { "CreateListBlock", "{\"values\":[1],\"max_size\":0}", "!max_size: " }, );
}

static void a_list_is_cut_up_by_size(void **state) {
        CHECK_BLOCKS({ "CreateListBlock", "{\"values\":[1,2,3,4,5],\"max_size\":2}",
                       "[[\"list\",[1,2]],[\"list\",[3,4]],[\"list\",[5]]]" },
                     { "CreateListBlock", "{\"values\":[1,2],\"max_size\":2}", "[[\"list\",[1,2]]]" }, );
}

static void a_list_is_cut_up_by_tokens(void **state) {
        CHECK_BLOCKS({ "CreateListBlock", "{\"values\":[\"four\",\"five\",\"six\"],\"max_tokens\":2}",
                       "[[\"list\",[\"four\",\"five\"]],[\"list\",[\"six\"]]]" },
                     { "CreateListBlock", "{\"values\":[\"twelve letters\",\"a\"],\"max_tokens\":2}",
                       "[[\"list\",[\"twelve letters\"]],[\"list\",[\"a\"]]]" },
                     { "CreateListBlock", "{\"values\":[\"a\",\"b\",\"c\"],\"max_tokens\":9,\"max_size\":2}",
                       "[[\"list\",[\"a\",\"b\"]],[\"list\",[\"c\"]]]" },
                     { "CreateListBlock", "{\"values\":[{\"a\":1},{\"a\":2}],\"max_tokens\":7}",
                       "[[\"list\",[{\"a\":1}]],[\"list\",[{\"a\":2}]]]" }, );
}

static void items_are_added_at_the_end_or_at_a_place(void **state) {
        CHECK_BLOCKS({ "AddToListBlock", "{\"list\":[1],\"entry\":4,\"entries\":[2,3]}",
                       "[[\"updated_list\",[1,2,3,4]]]" },
                     { "AddToListBlock", "{\"list\":[1,2],\"entry\":0,\"position\":0}",
                       "[[\"updated_list\",[0,1,2]]]" },
                     { "AddToListBlock", "{\"list\":[1,2],\"entries\":[8,9],\"position\":1}",
                       "[[\"updated_list\",[1,8,9,2]]]" },
                     { "AddToListBlock", "{\"list\":[1,2],\"entry\":9,\"position\":-1}",
                       "[[\"updated_list\",[1,9,2]]]" },
                     { "AddToListBlock", "{\"list\":[1,2],\"entry\":9,\"position\":50}",
                       "[[\"updated_list\",[1,2,9]]]" },
                     { "AddToListBlock", "{\"list\":[1,2],\"entry\":9,\"position\":-50}",
                       "[[\"updated_list\",[9,1,2]]]" },
                     { "AddToListBlock", "{\"entry\":false}", "[[\"updated_list\",[false]]]" },
                     { "AddToListBlock", "{}", "[[\"updated_list\",[]]]" },
                     { "AddToListBlock", "{\"position\":\"1\"}", "!position: " }, );
}

static void a_value_is_found_or_not(void **state) {
        CHECK_BLOCKS(
                { "FindInListBlock", "{\"list\":[1,2,2],\"value\":2}", "[[\"index\",1],[\"found\",true]]" },
                { "FindInListBlock", "{\"list\":[{\"a\":1}],\"value\":{\"a\":1.0}}",
                  "[[\"index\",0],[\"found\",true]]" },
                { "FindInListBlock", "{\"list\":[1],\"value\":\"1\"}",
                  "[[\"found\",false],[\"not_found_value\",\"1\"]]" },
                { "FindInListBlock", "{\"list\":[],\"value\":[]}",
                  "[[\"found\",false],[\"not_found_value\",[]]]" },
                { "FindInListBlock", "{\"list\":[1]}", "!value: " }, );
}

static void an_item_is_taken_from_either_end(void **state) {
        CHECK_BLOCKS({ "GetListItemBlock", "{\"list\":[1,2,3],\"index\":0}", "[[\"item\",1]]" },
                     { "GetListItemBlock", "{\"list\":[1,2,3],\"index\":-1}", "[[\"item\",3]]" },
                     { "GetListItemBlock", "{\"list\":[1,2,3],\"index\":2.0}", "[[\"item\",3]]" },
                     { "GetListItemBlock", "{\"list\":[1,2,3],\"index\":3}", "!Index out of range" },
                     { "GetListItemBlock", "{\"list\":[1,2,3],\"index\":-4}", "!Index out of range" },
                     { "GetListItemBlock", "{\"list\":[],\"index\":0}", "!Index out of range" },
                     { "GetListItemBlock", "{\"list\":[1],\"index\":-9223372036854775807}",
                       "!Index out of range" },
                     { "GetListItemBlock", "{\"list\":[1],\"index\":1e30}", "!index: " },
                     { "GetListItemBlock", "{\"list\":[1],\"index\":0.5}", "!index: " }, );
}

static void an_item_is_removed_by_index_or_value(void **state) {
        CHECK_BLOCKS(
                { "RemoveFromListBlock", "{\"list\":[1,2,1],\"value\":1}", "[[\"updated_list\",[2,1]]]" },
                { "RemoveFromListBlock", "{\"list\":[1,2,3],\"index\":-1,\"return_item\":true}",
                  "[[\"updated_list\",[1,2]],[\"removed_item\",3]]" },
                { "RemoveFromListBlock", "{\"list\":[1,2,3],\"index\":0,\"value\":3}",
                  "[[\"updated_list\",[2,3]]]" },
                { "RemoveFromListBlock", "{\"list\":[1],\"value\":2}", "!Index or value not found" },
                { "RemoveFromListBlock", "{\"list\":[1],\"index\":1}", "!Index or value not found" },
                { "RemoveFromListBlock", "{\"list\":[1]}", "!Index or value not found" }, );
}

static void an_item_is_replaced(void **state) {
        CHECK_BLOCKS({ "ReplaceListItemBlock", "{\"list\":[1,2],\"index\":1,\"value\":\"x\"}",
                       "[[\"updated_list\",[1,\"x\"]],[\"old_item\",2]]" },
                     { "ReplaceListItemBlock", "{\"list\":[1,2],\"index\":-2,\"value\":0}",
                       "[[\"updated_list\",[0,2]],[\"old_item\",1]]" },
                     { "ReplaceListItemBlock", "{\"list\":[1,2],\"index\":2,\"value\":0}",
                       "!Index out of range" }, );
}

static void emptiness_is_told(void **state) {
        CHECK_BLOCKS({ "ListIsEmptyBlock", "{\"list\":[]}", "[[\"is_empty\",true]]" },
                     { "ListIsEmptyBlock", "{\"list\":[null]}", "[[\"is_empty\",false]]" }, );
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_list_is_made_whole),
                cmocka_unit_test(a_list_is_cut_up_by_size),
                cmocka_unit_test(a_list_is_cut_up_by_tokens),
                cmocka_unit_test(items_are_added_at_the_end_or_at_a_place),
                cmocka_unit_test(a_value_is_found_or_not),
                cmocka_unit_test(an_item_is_taken_from_either_end),
                cmocka_unit_test(an_item_is_removed_by_index_or_value),
                cmocka_unit_test(an_item_is_replaced),
                cmocka_unit_test(emptiness_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
