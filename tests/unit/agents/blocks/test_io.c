#include "block_cases.h"
#include "unit.h"

static void an_input_gives_its_value_and_nothing_without(void **state) {
        CHECK_BLOCKS(
                { "AgentInputBlock", "{\"name\":\"n\",\"value\":{\"a\":1}}", "[[\"result\",{\"a\":1}]]" },
                { "AgentInputBlock", "{\"name\":\"n\",\"value\":false}", "[[\"result\",false]]" },
                { "AgentInputBlock", "{\"name\":\"n\"}", "[]" },
                { "AgentInputBlock", "{\"name\":\"n\",\"value\":null}", "[]" },
                { "AgentInputBlock", "{\"value\":1}", "!name: " }, );
}

static void typed_inputs_take_their_type_alone(void **state) {
        CHECK_BLOCKS(
                { "AgentShortTextInputBlock", "{\"name\":\"n\",\"value\":\"x\"}", "[[\"result\",\"x\"]]" },
                { "AgentShortTextInputBlock", "{\"name\":\"n\",\"value\":1}", "!value: " },
                { "AgentLongTextInputBlock", "{\"name\":\"n\",\"value\":\"x\\ny\"}",
                  "[[\"result\",\"x\\ny\"]]" },
                { "AgentLongTextInputBlock", "{\"name\":\"n\"}", "[]" },
                { "AgentNumberInputBlock", "{\"name\":\"n\",\"value\":7}", "[[\"result\",7]]" },
                { "AgentNumberInputBlock", "{\"name\":\"n\",\"value\":7.0}", "[[\"result\",7]]" },
                { "AgentNumberInputBlock", "{\"name\":\"n\",\"value\":7.5}", "!value: " },
                { "AgentToggleInputBlock", "{\"name\":\"n\",\"value\":true}", "[[\"result\",true]]" },
                { "AgentToggleInputBlock", "{\"name\":\"n\"}", "[[\"result\",false]]" },
                { "AgentToggleInputBlock", "{\"name\":\"n\",\"value\":\"true\"}", "!value: " },
                { "AgentDropdownInputBlock", "{\"name\":\"n\",\"value\":\"a\",\"options\":[\"a\",\"b\"]}",
                  "[[\"result\",\"a\"]]" },
                { "AgentDropdownInputBlock",
                  "{\"name\":\"n\",\"value\":\"a\",\"placeholder_values\":[\"a\"]}",
                  "[[\"result\",\"a\"]]" }, );
}

static void dates_and_times_are_checked(void **state) {
        CHECK_BLOCKS(
                { "AgentDateInputBlock", "{\"name\":\"n\",\"value\":\"2025-03-19\"}",
                  "[[\"result\",\"2025-03-19\"]]" },
                { "AgentDateInputBlock", "{\"name\":\"n\",\"value\":\"2025-02-30\"}", "!value: " },
                { "AgentDateInputBlock", "{\"name\":\"n\"}", "[]" },
                { "AgentTimeInputBlock", "{\"name\":\"n\",\"value\":\"9:30\"}", "!value: " },
                { "AgentTimeInputBlock", "{\"name\":\"n\",\"value\":\"09:30\"}", "[[\"result\",\"09:30\"]]" },
                { "AgentTimeInputBlock", "{\"name\":\"n\",\"value\":\"09:30:15.5+01:00\"}",
                  "[[\"result\",\"09:30:15.5+01:00\"]]" },
                { "AgentTimeInputBlock", "{\"name\":\"n\",\"value\":\"24:00\"}", "!value: " }, );
}

static void a_table_without_rows_is_empty(void **state) {
        CHECK_BLOCKS({ "AgentTableInputBlock", "{\"name\":\"n\",\"value\":[{\"Column 1\":\"x\"}]}",
                       "[[\"result\",[{\"Column 1\":\"x\"}]]]" },
                     { "AgentTableInputBlock", "{\"name\":\"n\"}", "[[\"result\",[]]]" },
                     { "AgentTableInputBlock", "{\"name\":\"n\",\"value\":[1]}", "!value" }, );
}

static void an_output_gives_value_and_name(void **state) {
        CHECK_BLOCKS({ "AgentOutputBlock", "{\"name\":\"n\",\"value\":[1]}",
                       "[[\"output\",[1]],[\"name\",\"n\"]]" },
                     { "AgentOutputBlock", "{\"name\":\"n\"}", "[[\"output\",null],[\"name\",\"n\"]]" },
                     { "AgentOutputBlock", "{\"value\":1}", "!name: " }, );
}

static void an_output_with_a_format_gives_the_text_alone(void **state) {
        CHECK_BLOCKS({ "AgentOutputBlock", "{\"name\":\"n\",\"value\":\"<b>\",\"format\":\"Hello {{ n }}!\"}",
                       "[[\"output\",\"Hello <b>!\"]]" },
                     { "AgentOutputBlock",
                       "{\"name\":\"n\",\"value\":\"<b>\",\"format\":\"{{ n }}\",\"escape_html\":true}",
                       "[[\"output\",\"&lt;b&gt;\"]]" },
                     { "AgentOutputBlock", "{\"name\":\"n\",\"value\":[1,2],\"format\":\"{{ n|length }}\"}",
                       "[[\"output\",\"2\"]]" }, );
}

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

static void what_the_executor_runs_is_refused_by_itself(void **state) {
        CHECK_BLOCKS({ "NoteBlock", "{\"text\":\"x\"}", "!NoteBlock runs only within a graph" },
                     { "AgentExecutorBlock",
                       "{\"user_id\":\"u\",\"graph_id\":\"g\",\"graph_version\":1,\"inputs\":{},"
                       "\"input_schema\":{},\"output_schema\":{}}",
                       "!AgentExecutorBlock runs only within a graph" }, );
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
                cmocka_unit_test(an_input_gives_its_value_and_nothing_without),
                cmocka_unit_test(typed_inputs_take_their_type_alone),
                cmocka_unit_test(dates_and_times_are_checked),
                cmocka_unit_test(a_table_without_rows_is_empty),
                cmocka_unit_test(an_output_gives_value_and_name),
                cmocka_unit_test(an_output_with_a_format_gives_the_text_alone),
                cmocka_unit_test(a_format_that_fails_says_so_in_the_output),
                cmocka_unit_test(what_the_executor_runs_is_refused_by_itself),
                cmocka_unit_test(every_input_is_static),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
