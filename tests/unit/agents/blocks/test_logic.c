#include "block_cases.h"
#include "unit.h"

static void a_condition_compares_numbers_and_texts(void **state) {
        CHECK_BLOCKS({ "ConditionBlock", "{\"value1\":5,\"operator\":\">\",\"value2\":3}",
                       "[[\"result\",true],[\"yes_output\",5]]" },
                     { "ConditionBlock", "{\"value1\":5,\"operator\":\"<=\",\"value2\":3}",
                       "[[\"result\",false],[\"no_output\",3]]" },
                     { "ConditionBlock", "{\"value1\":1,\"operator\":\"==\",\"value2\":1.0}",
                       "[[\"result\",true],[\"yes_output\",1]]" },
                     { "ConditionBlock", "{\"value1\":2,\"operator\":\">=\",\"value2\":2}",
                       "[[\"result\",true],[\"yes_output\",2]]" },
                     { "ConditionBlock", "{\"value1\":\"a\",\"operator\":\"<\",\"value2\":\"b\"}",
                       "[[\"result\",true],[\"yes_output\",\"a\"]]" },
                     { "ConditionBlock", "{\"value1\":\"a\",\"operator\":\"!=\",\"value2\":\"a\"}",
                       "[[\"result\",false],[\"no_output\",\"a\"]]" }, );
}

static void texts_of_a_condition_that_are_numbers_count_as_such(void **state) {
        CHECK_BLOCKS({ "ConditionBlock", "{\"value1\":\" 10 \",\"operator\":\">\",\"value2\":\"9\"}",
                       "[[\"result\",true],[\"yes_output\",10.0]]" },
                     { "ConditionBlock", "{\"value1\":\"1e2\",\"operator\":\"==\",\"value2\":100}",
                       "[[\"result\",true],[\"yes_output\",100.0]]" },
                     { "ConditionBlock", "{\"value1\":\" b \",\"operator\":\"==\",\"value2\":\"b\"}",
                       "[[\"result\",true],[\"yes_output\",\"b\"]]" },
                     { "ConditionBlock", "{\"value1\":\"inf\",\"operator\":\">\",\"value2\":1}",
                       "[[\"result\",true],[\"yes_output\",null]]" },
                     { "ConditionBlock", "{\"value1\":\"nan\",\"operator\":\"==\",\"value2\":\"nan\"}",
                       "[[\"result\",false],[\"no_output\",null]]" },
                     { "ConditionBlock", "{\"value1\":\"nan\",\"operator\":\"<\",\"value2\":1}",
                       "[[\"result\",false],[\"no_output\",1]]" }, );
}

static void a_condition_sends_the_value_of_its_branch(void **state) {
        CHECK_BLOCKS(
                { "ConditionBlock",
                  "{\"value1\":1,\"operator\":\"==\",\"value2\":1,\"yes_value\":\" y \",\"no_value\":\"n\"}",
                  "[[\"result\",true],[\"yes_output\",\" y \"]]" },
                { "ConditionBlock",
                  "{\"value1\":1,\"operator\":\"==\",\"value2\":2,\"yes_value\":\"y\",\"no_value\":[0]}",
                  "[[\"result\",false],[\"no_output\",[0]]]" },
                { "ConditionBlock", "{\"value1\":1,\"operator\":\"==\",\"value2\":1,\"yes_value\":false}",
                  "[[\"result\",true],[\"yes_output\",false]]" }, );
}

static void what_has_no_order_fails_a_condition(void **state) {
        CHECK_BLOCKS(
                { "ConditionBlock", "{\"value1\":\"a\",\"operator\":\"<\",\"value2\":1}",
                  "!'<' not supported between these two values" },
                { "ConditionBlock", "{\"value1\":{},\"operator\":\">\",\"value2\":{}}",
                  "!'>' not supported" },
                { "ConditionBlock", "{\"value1\":{},\"operator\":\"==\",\"value2\":{}}",
                  "[[\"result\",true],[\"yes_output\",{}]]" },
                { "ConditionBlock", "{\"value1\":[1,2],\"operator\":\"<\",\"value2\":[1,3]}",
                  "[[\"result\",true],[\"yes_output\",[1,2]]]" },
                { "ConditionBlock", "{\"value1\":1,\"operator\":\"=\",\"value2\":1}",
                  "!invalid input data: operator: " },
                { "ConditionBlock", "{\"value1\":1,\"operator\":\"==\"}", "!value2: " },
                { "ConditionBlock", "{\"value1\":1,\"operator\":\"==\",\"value2\":null}", "!value2: " }, );
}

static void an_input_matches_what_it_equals(void **state) {
        CHECK_BLOCKS(
                { "IfInputMatchesBlock", "{\"input\":\"a\",\"value\":\"a\",\"yes_value\":1,\"no_value\":2}",
                  "[[\"result\",true],[\"yes_output\",1]]" },
                { "IfInputMatchesBlock", "{\"input\":\"a\",\"value\":\"A\",\"yes_value\":1,\"no_value\":2}",
                  "[[\"result\",false],[\"no_output\",2]]" },
                { "IfInputMatchesBlock", "{\"input\":\"1\",\"value\":1}",
                  "[[\"result\",false],[\"no_output\",null]]" },
                { "IfInputMatchesBlock", "{\"input\":{\"a\":[1,2]},\"value\":{\"a\":[1,2.0]}}",
                  "[[\"result\",true],[\"yes_output\",null]]" },
                { "IfInputMatchesBlock", "{\"value\":1}", "!input: " }, );
}

static void the_calculator_calculates(void **state) {
        CHECK_BLOCKS(
                { "CalculatorBlock", "{\"operation\":\"Add\",\"a\":2,\"b\":3}", "[[\"result\",5.0]]" },
                { "CalculatorBlock", "{\"operation\":\"Subtract\",\"a\":2.5,\"b\":3}",
                  "[[\"result\",-0.5]]" },
                { "CalculatorBlock", "{\"operation\":\"Multiply\",\"a\":0.1,\"b\":3}",
                  "[[\"result\",0.30000000000000004]]" },
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":1,\"b\":4}", "[[\"result\",0.25]]" },
                { "CalculatorBlock", "{\"operation\":\"Power\",\"a\":2,\"b\":10}", "[[\"result\",1024.0]]" },
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":5,\"b\":2,\"round_result\":true}",
                  "[[\"result\",2]]" },
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":7,\"b\":2,\"round_result\":true}",
                  "[[\"result\",4]]" },
                { "CalculatorBlock", "{\"operation\":\"Add\",\"a\":-0.4,\"b\":0,\"round_result\":true}",
                  "[[\"result\",0]]" }, );
}

static void what_is_no_number_in_json_is_null(void **state) {
        CHECK_BLOCKS(
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":1,\"b\":0}", "[[\"result\",null]]" },
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":0,\"b\":0}", "[[\"result\",null]]" },
                { "CalculatorBlock", "{\"operation\":\"Power\",\"a\":-8,\"b\":0.5}", "[[\"result\",null]]" },
                { "CalculatorBlock", "{\"operation\":\"Power\",\"a\":10,\"b\":400}", "[[\"result\",null]]" },
                { "CalculatorBlock", "{\"operation\":\"Power\",\"a\":0,\"b\":-1}", "[[\"result\",null]]" },
                { "CalculatorBlock", "{\"operation\":\"Divide\",\"a\":1,\"b\":0,\"round_result\":true}",
                  "[[\"result\",null]]" }, );
}

static void the_calculator_takes_numbers_alone(void **state) {
        CHECK_BLOCKS({ "CalculatorBlock", "{\"operation\":\"Add\",\"a\":\"2\",\"b\":3}", "!a: " },
                     { "CalculatorBlock", "{\"operation\":\"Add\",\"a\":true,\"b\":3}", "!a: " },
                     { "CalculatorBlock", "{\"operation\":\"Modulo\",\"a\":1,\"b\":3}", "!operation: " },
                     { "CalculatorBlock", "{\"operation\":\"Add\",\"a\":1}", "!b: " }, );
}

static void items_are_counted(void **state) {
        CHECK_BLOCKS({ "CountItemsBlock", "{\"collection\":[1,2,3]}", "[[\"count\",3]]" },
                     { "CountItemsBlock", "{\"collection\":{\"a\":1}}", "[[\"count\",1]]" },
                     { "CountItemsBlock", "{\"collection\":\"größe\"}", "[[\"count\",5]]" },
                     { "CountItemsBlock", "{\"collection\":[]}", "[[\"count\",0]]" },
                     { "CountItemsBlock", "{\"collection\":7}", "[[\"count\",-1]]" },
                     { "CountItemsBlock", "{\"collection\":true}", "[[\"count\",-1]]" }, );
}

static void items_are_stepped_through_with_their_keys(void **state) {
        CHECK_BLOCKS({ "StepThroughItemsBlock", "{\"items\":[\"a\",null]}",
                       "[[\"item\",\"a\"],[\"key\",0],[\"item\",null],[\"key\",1]]" },
                     { "StepThroughItemsBlock", "{\"items\":{\"x\":1,\"b\":2}}",
                       "[[\"item\",1],[\"key\",\"x\"],[\"item\",2],[\"key\",\"b\"]]" },
                     { "StepThroughItemsBlock",
                       "{\"items_str\":\"[3]\",\"items_object\":{\"k\":2},\"items\":[1]}",
                       "[[\"item\",1],[\"key\",0],[\"item\",2],[\"key\",\"k\"],[\"item\",3],[\"key\",0]]" },
                     { "StepThroughItemsBlock", "{}", "[]" },
                     { "StepThroughItemsBlock", "{\"items_str\":\"{\\\"k\\\": [1]}\"}",
                       "[[\"item\",[1]],[\"key\",\"k\"]]" }, );
}

static void what_cannot_be_stepped_through_fails(void **state) {
        CHECK_BLOCKS({ "StepThroughItemsBlock", "{\"items_str\":\"[1,\"}", "!items_str is not valid JSON" },
                     { "StepThroughItemsBlock", "{\"items_str\":\"7\"}", "!must hold a JSON list or object" },
                     { "StepThroughItemsBlock", "{\"items\":\"[1]\"}", "!items: " }, );
}

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
                cmocka_unit_test(a_condition_compares_numbers_and_texts),
                cmocka_unit_test(texts_of_a_condition_that_are_numbers_count_as_such),
                cmocka_unit_test(a_condition_sends_the_value_of_its_branch),
                cmocka_unit_test(what_has_no_order_fails_a_condition),
                cmocka_unit_test(an_input_matches_what_it_equals),
                cmocka_unit_test(the_calculator_calculates),
                cmocka_unit_test(what_is_no_number_in_json_is_null),
                cmocka_unit_test(the_calculator_takes_numbers_alone),
                cmocka_unit_test(items_are_counted),
                cmocka_unit_test(items_are_stepped_through_with_their_keys),
                cmocka_unit_test(what_cannot_be_stepped_through_fails),
                cmocka_unit_test(steps_end_at_ten_thousand_items),
                cmocka_unit_test(a_text_of_items_is_at_most_a_mebibyte),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
