/* The words of the Platform's validation. */
#include <stdlib.h>

#include "base/json_schema.h"
#include "unit.h"

/* Holds the problems of a value against what is expected: a JSON array of [type, path, message, input, context?]. */
static void assert_problems(const char *schema_text, const char *value_text, const char *expected) {
        json_t *schema = json_loads(schema_text, JSON_DECODE_ANY, NULL), *found = json_array();
        json_t *value = json_loads(value_text, JSON_DECODE_ANY, NULL),
               *wanted = json_loads(expected, 0, NULL);
        struct json_schema_problems problems;
        struct json_schema *compiled = NULL;
        char problem[200], *text;

        assert_non_null(schema);
        assert_non_null(value);
        assert_non_null(wanted);
        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), 0);
        assert_false(json_schema_fits(compiled, value, &problems));
        for (size_t i = 0; i < problems.n; i++) {
                const struct json_schema_problem *p = &problems.list[i];
                json_t *row = json_pack("[s, O, s, O?]", p->type, p->path, p->message, p->input);

                if (p->context)
                        json_array_append(row, p->context);
                json_array_append_new(found, row);
        }
        text = json_dumps(found, JSON_COMPACT);
        if (!json_equal(found, wanted))
                fail_msg("got    %s\nwanted %s", text, expected);
        free(text);
        json_schema_problems_end(&problems);
        json_schema_free(compiled);
        json_decref(schema);
        json_decref(value);
        json_decref(found);
        json_decref(wanted);
}

static void each_type_has_its_words(void **state) {
        assert_problems("{\"type\":\"string\"}", "1",
                        "[[\"string_type\",[],\"Input should be a valid string\",1]]");
        assert_problems("{\"type\":\"integer\"}", "null",
                        "[[\"int_type\",[],\"Input should be a valid integer\",null]]");
        assert_problems(
                "{\"type\":\"integer\"}", "1.5",
                "[[\"int_from_float\",[],\"Input should be a valid integer, got a number with a fractional "
                "part\",1.5]]");
        assert_problems(
                "{\"type\":\"integer\"}", "\"x\"",
                "[[\"int_parsing\",[],\"Input should be a valid integer, unable to parse string as an "
                "integer\",\"x\"]]");
        assert_problems("{\"type\":\"integer\"}", "\"-12\"",
                        "[[\"int_type\",[],\"Input should be a valid integer\",\"-12\"]]");
        assert_problems("{\"type\":\"number\"}", "[]",
                        "[[\"float_type\",[],\"Input should be a valid number\",[]]]");
        assert_problems(
                "{\"type\":\"number\"}", "\"x\"",
                "[[\"float_parsing\",[],\"Input should be a valid number, unable to parse string as a "
                "number\",\"x\"]]");
        assert_problems("{\"type\":\"boolean\"}", "null",
                        "[[\"bool_type\",[],\"Input should be a valid boolean\",null]]");
        assert_problems(
                "{\"type\":\"boolean\"}", "2",
                "[[\"bool_parsing\",[],\"Input should be a valid boolean, unable to interpret input\",2]]");
        assert_problems("{\"type\":\"array\"}", "{}",
                        "[[\"list_type\",[],\"Input should be a valid list\",{}]]");
        assert_problems("{\"type\":\"object\"}", "[]",
                        "[[\"dict_type\",[],\"Input should be a valid dictionary\",[]]]");
        assert_problems("{\"type\":\"null\"}", "1", "[[\"none_required\",[],\"Input should be None\",1]]");
        assert_problems("{\"type\":[\"string\",\"null\"]}", "1",
                        "[[\"string_type\",[],\"Input should be a valid string\",1]]");
}

static void members_are_told_in_the_order_of_the_schema(void **state) {
        assert_problems(
                "{\"properties\":{\"b\":{\"type\":\"string\"},\"a\":{}},\"required\":[\"z\",\"a\",\"b\"],"
                "\"additionalProperties\":false}",
                "{\"x\":1,\"b\":2}",
                "[[\"string_type\",[\"b\"],\"Input should be a valid string\",2],"
                "[\"missing\",[\"a\"],\"Field required\",{\"x\":1,\"b\":2}],"
                "[\"missing\",[\"z\"],\"Field required\",{\"x\":1,\"b\":2}],"
                "[\"extra_forbidden\",[\"x\"],\"Extra inputs are not permitted\",1]]");
}

static void places_are_names_and_indexes(void **state) {
        assert_problems(
                "{\"properties\":{\"list\":{\"items\":{\"properties\":{\"n\":{\"type\":\"integer\"}}}}}}",
                "{\"list\":[{\"n\":1},{\"n\":null}]}",
                "[[\"int_type\",[\"list\",1,\"n\"],\"Input should be a valid integer\",null]]");
}

static void choices_are_listed(void **state) {
        assert_problems(
                "{\"enum\":[\"A\",\"B\",\"C\"],\"type\":\"string\"}", "1",
                "[[\"enum\",[],\"Input should be 'A', 'B' or 'C'\",1,{\"expected\":\"'A', 'B' or 'C'\"}]]");
        assert_problems("{\"enum\":[\"A\"]}", "1",
                        "[[\"enum\",[],\"Input should be 'A'\",1,{\"expected\":\"'A'\"}]]");
        assert_problems("{\"const\":2}", "1",
                        "[[\"literal_error\",[],\"Input should be 2\",1,{\"expected\":\"2\"}]]");
}

static void lengths_and_bounds_are_told(void **state) {
        assert_problems("{\"minLength\":1}", "\"\"",
                        "[[\"string_too_short\",[],\"String should have at least 1 "
                        "character\",\"\",{\"min_length\":1}]]");
        assert_problems("{\"maxLength\":2}", "\"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\"",
                        "[[\"string_too_long\",[],\"String should have at most 2 "
                        "characters\",\"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\",{\"max_length\":2}]]");
        assert_problems(
                "{\"pattern\":\"^a$\"}", "\"b\"",
                "[[\"string_pattern_mismatch\",[],\"String should match pattern '^a$'\",\"b\",{\"pattern\":"
                "\"^a$\"}]]");
        assert_problems(
                "{\"minimum\":1}", "0",
                "[[\"greater_than_equal\",[],\"Input should be greater than or equal to 1\",0,{\"ge\":1}]]");
        assert_problems("{\"exclusiveMinimum\":0.5}", "0",
                        "[[\"greater_than\",[],\"Input should be greater than 0.5\",0,{\"gt\":0.5}]]");
        assert_problems(
                "{\"maximum\":1}", "2",
                "[[\"less_than_equal\",[],\"Input should be less than or equal to 1\",2,{\"le\":1}]]");
        assert_problems("{\"exclusiveMaximum\":1}", "1",
                        "[[\"less_than\",[],\"Input should be less than 1\",1,{\"lt\":1}]]");
        assert_problems("{\"multipleOf\":2}", "3",
                        "[[\"multiple_of\",[],\"Input should be a multiple of 2\",3,{\"multiple_of\":2}]]");
        assert_problems("{\"minItems\":1}", "[]",
                        "[[\"too_short\",[],\"List should have at least 1 item after validation, not 0\",[],"
                        "{\"field_type\":\"List\",\"min_length\":1,\"actual_length\":0}]]");
        assert_problems("{\"maxProperties\":0}", "{\"a\":1}",
                        "[[\"too_long\",[],\"Dictionary should have at most 0 items after validation, not "
                        "1\",{\"a\":1},"
                        "{\"field_type\":\"Dictionary\",\"max_length\":0,\"actual_length\":1}]]");
}

static void formats_are_told_with_their_reason(void **state) {
        assert_problems("{\"format\":\"uuid\"}", "\"x\"",
                        "[[\"uuid_parsing\",[],\"Input should be a valid UUID, invalid length: expected 32 "
                        "hex digits in "
                        "groups of 8-4-4-4-12\",\"x\",{\"error\":\"invalid length: expected 32 hex digits in "
                        "groups of "
                        "8-4-4-4-12\"}]]");
        assert_problems(
                "{\"format\":\"email\"}", "\"x\"",
                "[[\"value_error\",[],\"value is not a valid email address: An email address must have an "
                "@-sign.\",\"x\",{\"reason\":\"An email address must have an @-sign.\"}]]");
}

static void of_several_forms_the_one_that_was_meant_is_told(void **state) {
        const char *optional = "{\"anyOf\":[{\"type\":\"string\",\"maxLength\":1},{\"type\":\"null\"}]}";
        const char *forms = "{\"oneOf\":[{\"type\":\"string\"},{\"$ref\":\"#/$defs/list\"}],"
                            "\"$defs\":{\"list\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}";

        assert_problems(optional, "\"ab\"",
                        "[[\"string_too_long\",[],\"String should have at most 1 "
                        "character\",\"ab\",{\"max_length\":1}]]");
        assert_problems(optional, "1", "[[\"string_type\",[],\"Input should be a valid string\",1]]");
        assert_problems(forms, "[null]", "[[\"int_type\",[0],\"Input should be a valid integer\",null]]");
        assert_problems(forms, "1",
                        "[[\"string_type\",[],\"Input should be a valid string\",1],"
                        "[\"list_type\",[],\"Input should be a valid list\",1]]");
        assert_problems(
                "{\"oneOf\":[{},true]}", "1",
                "[[\"one_of\",[],\"Input should have only one of the forms that are allowed here\",1]]");
        assert_problems("{\"anyOf\":[{\"type\":\"null\"}]}", "1",
                        "[[\"none_required\",[],\"Input should be None\",1]]");
        assert_problems("{\"not\":{}}", "1",
                        "[[\"value_error\",[],\"Input has a form that is not allowed here\",1]]");
}

static void there_are_no_more_than_a_few(void **state) {
        json_t *schema = json_pack("{s:{s:s}}", "items", "type", "null"), *value = json_array();
        struct json_schema_problems problems;
        struct json_schema *compiled = NULL;
        char problem[200];

        for (int i = 0; i < 100; i++)
                json_array_append_new(value, json_integer(i));
        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), 0);
        assert_false(json_schema_fits(compiled, value, &problems));
        assert_int_equal(problems.n, JSON_SCHEMA_PROBLEMS_MAX);
        json_schema_problems_end(&problems);
        json_schema_free(compiled);
        json_decref(schema);
        json_decref(value);
}

static void a_long_message_is_cut_between_characters(void **state) {
        json_t *choices = json_array(), *schema, *value = json_null();
        struct json_schema_problems problems;
        struct json_schema *compiled = NULL;
        char problem[200];

        for (int i = 0; i < 200; i++)
                json_array_append_new(choices, json_string("\xe2\x82\xac"));
        schema = json_pack("{s:o}", "enum", choices);
        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), 0);
        assert_false(json_schema_fits(compiled, value, &problems));
        assert_true(str_is_utf8(str_of(problems.list[0].message)));
        assert_true(strlen(problems.list[0].message) > JSON_SCHEMA_MESSAGE_MAX - 8);
        assert_contains(str_of(problems.list[0].message), "…");
        json_schema_problems_end(&problems);
        json_schema_free(compiled);
        json_decref(schema);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_type_has_its_words),
                cmocka_unit_test(members_are_told_in_the_order_of_the_schema),
                cmocka_unit_test(places_are_names_and_indexes),
                cmocka_unit_test(choices_are_listed),
                cmocka_unit_test(lengths_and_bounds_are_told),
                cmocka_unit_test(formats_are_told_with_their_reason),
                cmocka_unit_test(of_several_forms_the_one_that_was_meant_is_told),
                cmocka_unit_test(there_are_no_more_than_a_few),
                cmocka_unit_test(a_long_message_is_cut_between_characters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
