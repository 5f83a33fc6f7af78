#include "block_cases.h"
#include "unit.h"

static void a_stored_value_is_the_data_or_the_input(void **state) {
        CHECK_BLOCKS({ "StoreValueBlock", "{\"input\":1,\"data\":\"x\"}", "[[\"output\",\"x\"]]" },
                     { "StoreValueBlock", "{\"input\":1}", "[[\"output\",1]]" },
                     { "StoreValueBlock", "{\"input\":1,\"data\":0}", "[[\"output\",1]]" },
                     { "StoreValueBlock", "{\"input\":1,\"data\":\"\"}", "[[\"output\",1]]" },
                     { "StoreValueBlock", "{\"input\":1,\"data\":[0]}", "[[\"output\",[0]]]" },
                     { "StoreValueBlock", "{\"data\":1}", "!input: " }, );
        assert_true(block_named("StoreValueBlock")->static_output);
}

static void what_is_printed_goes_on(void **state) {
        CHECK_BLOCKS({ "PrintToConsoleBlock", "{\"text\":{\"a\":1}}",
                       "[[\"output\",{\"a\":1}],[\"status\",\"printed\"]]" }, );
}

static void values_are_converted_to_texts(void **state) {
        CHECK_BLOCKS({ "UniversalTypeConverterBlock", "{\"value\":{\"a\":[1,2.5,null]},\"type\":\"string\"}",
                       "[[\"value\",\"{\\\"a\\\": [1, 2.5, null]}\"]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":\"x\",\"type\":\"string\"}",
                       "[[\"value\",\"x\"]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":true,\"type\":\"string\"}",
                       "[[\"value\",\"true\"]]" }, );
}

static void values_are_converted_to_numbers_and_booleans(void **state) {
        CHECK_BLOCKS(
                { "UniversalTypeConverterBlock", "{\"value\":\"12.5\",\"type\":\"number\"}",
                  "[[\"value\",12.5]]" },
                { "UniversalTypeConverterBlock", "{\"value\":[1,2],\"type\":\"number\"}",
                  "[[\"value\",2.0]]" },
                { "UniversalTypeConverterBlock", "{\"value\":\"x\",\"type\":\"number\"}",
                  "[[\"value\",0.0]]" },
                { "UniversalTypeConverterBlock", "{\"value\":\"True\",\"type\":\"boolean\"}",
                  "[[\"value\",true]]" },
                { "UniversalTypeConverterBlock", "{\"value\":\"yes\",\"type\":\"boolean\"}",
                  "[[\"value\",false]]" },
                { "UniversalTypeConverterBlock", "{\"value\":2,\"type\":\"boolean\"}", "[[\"value\",true]]" },
                { "UniversalTypeConverterBlock", "{\"value\":1,\"type\":\"date\"}", "!type: " }, );
}

static void values_are_converted_to_collections(void **state) {
        CHECK_BLOCKS({ "UniversalTypeConverterBlock", "{\"value\":\"[1, 2]\",\"type\":\"list\"}",
                       "[[\"value\",[1,2]]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":\"a\",\"type\":\"list\"}",
                       "[[\"value\",[\"a\"]]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":{\"a\":1},\"type\":\"list\"}",
                       "[[\"value\",[[\"a\",1]]]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":\"{\\\"a\\\":1}\",\"type\":\"dictionary\"}",
                       "[[\"value\",{\"a\":1}]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":[5,6],\"type\":\"dictionary\"}",
                       "[[\"value\",{\"0\":5,\"1\":6}]]" },
                     { "UniversalTypeConverterBlock", "{\"value\":7,\"type\":\"dictionary\"}",
                       "[[\"value\",{\"value\":7}]]" }, );
}

static void a_list_is_reversed(void **state) {
        CHECK_BLOCKS({ "ReverseListOrderBlock", "{\"input_list\":[1,[2,3],null]}",
                       "[[\"reversed_list\",[null,[2,3],1]]]" },
                     { "ReverseListOrderBlock", "{\"input_list\":[]}", "[[\"reversed_list\",[]]]" },
                     { "ReverseListOrderBlock", "{\"input_list\":\"abc\"}", "!input_list: " }, );
}

static void a_review_needs_a_graph(void **state) {
        CHECK_BLOCKS({ "HumanInTheLoopBlock", "{\"data\":1,\"name\":\"x\"}",
                       "!HumanInTheLoopBlock runs only within a graph" }, );
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_stored_value_is_the_data_or_the_input),
                cmocka_unit_test(what_is_printed_goes_on),
                cmocka_unit_test(values_are_converted_to_texts),
                cmocka_unit_test(values_are_converted_to_numbers_and_booleans),
                cmocka_unit_test(values_are_converted_to_collections),
                cmocka_unit_test(a_list_is_reversed),
                cmocka_unit_test(a_review_needs_a_graph),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
