#include "agents/value/convert.h"

#include "agents/value/value.h"
#include "unit.h"

static json_t *parse(const char *text) {
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        if (value_parse(str_of(text), true, &value, problem) < 0)
                fail_msg("%s: %s", text, problem);
        return value;
}

static void assert_is(const json_t *got, const char *wanted, const char *from) {
        struct strbuf out = STRBUF_INIT(10000);

        value_write(&out, got, VALUE_COMPACT);
        if (!str_eq(strbuf_str(&out), str_of(wanted)))
                fail_msg("%s: wanted %s, got " STR_FMT, from, wanted, STR_ARG(strbuf_str(&out)));
        strbuf_done(&out);
}

static void assert_converted(const char *from, enum convert_to to, const char *wanted) {
        json_t *value = parse(from), *converted;

        assert_int_equal(convert_value(value, to, &converted), 0);
        assert_is(converted, wanted, from);
        json_decref(converted);
        json_decref(value);
}

static void anything_becomes_a_text(void **state) {
        assert_converted("\"x\"", CONVERT_STRING, "\"x\"");
        assert_converted("1", CONVERT_STRING, "\"1\"");
        assert_converted("1.0", CONVERT_STRING, "\"1.0\"");
        assert_converted("null", CONVERT_STRING, "\"null\"");
        assert_converted("{\"a\":[1,\"\\u00e9\"]}", CONVERT_STRING, "\"{\\\"a\\\": [1, \\\"\xc3\xa9\\\"]}\"");
}

static void anything_becomes_a_number(void **state) {
        assert_converted("1", CONVERT_NUMBER, "1");
        assert_converted("1.5", CONVERT_NUMBER, "1.5");
        assert_converted("true", CONVERT_NUMBER, "1.0");
        assert_converted("\" 2.5 \"", CONVERT_NUMBER, "2.5");
        assert_converted("\"two\"", CONVERT_NUMBER, "0.0");
        assert_converted("[1,2,3]", CONVERT_NUMBER, "3.0");
        assert_converted("{\"a\":1}", CONVERT_NUMBER, "1.0");
        assert_converted("\"inf\"", CONVERT_NUMBER, "null");
}

static void anything_becomes_an_integer(void **state) {
        assert_converted("7", CONVERT_INTEGER, "7");
        assert_converted("7.9", CONVERT_INTEGER, "7");
        assert_converted("-7.9", CONVERT_INTEGER, "-7");
        assert_converted("\"12\"", CONVERT_INTEGER, "12");
        assert_converted("\"x\"", CONVERT_INTEGER, "0");
        assert_converted("[1,2]", CONVERT_INTEGER, "2");
        assert_converted("1e30", CONVERT_INTEGER, "1e+30");
        assert_converted("\"1e30\"", CONVERT_INTEGER, "\"1e30\"");
}

static void anything_becomes_a_boolean(void **state) {
        assert_converted("\"TRUE\"", CONVERT_BOOLEAN, "true");
        assert_converted("\"1\"", CONVERT_BOOLEAN, "true");
        assert_converted("\"yes\"", CONVERT_BOOLEAN, "false");
        assert_converted("\"\"", CONVERT_BOOLEAN, "false");
        assert_converted("0", CONVERT_BOOLEAN, "false");
        assert_converted("[0]", CONVERT_BOOLEAN, "true");
        assert_converted("null", CONVERT_BOOLEAN, "false");
}

static void anything_becomes_a_list(void **state) {
        assert_converted("[1]", CONVERT_LIST, "[1]");
        assert_converted("\" [1, \\\"a\\\"] \"", CONVERT_LIST, "[1,\"a\"]");
        assert_converted("\"[1\"", CONVERT_LIST, "[\"[1\"]");
        assert_converted("\"[oops]\"", CONVERT_LIST, "[\"[oops]\"]");
        assert_converted("{\"a\":1,\"b\":2}", CONVERT_LIST, "[[\"a\",1],[\"b\",2]]");
        assert_converted("7", CONVERT_LIST, "[7]");
}

static void anything_becomes_a_dictionary(void **state) {
        assert_converted("{\"a\":1}", CONVERT_DICTIONARY, "{\"a\":1}");
        assert_converted("\"{\\\"a\\\":1}\"", CONVERT_DICTIONARY, "{\"a\":1}");
        assert_converted("\"[1]\"", CONVERT_DICTIONARY, "{\"value\":[1]}");
        assert_converted("\"x\"", CONVERT_DICTIONARY, "{\"value\":\"x\"}");
        assert_converted("[5,6]", CONVERT_DICTIONARY, "{\"0\":5,\"1\":6}");
        assert_converted("true", CONVERT_DICTIONARY, "{\"value\":true}");
}

static void assert_fitted(const char *from, const char *schema, const char *wanted) {
        json_t *value = parse(from), *type = parse(schema), *converted;

        assert_int_equal(convert_to_schema(value, type, &converted), 0);
        assert_is(converted, wanted, from);
        json_decref(converted);
        json_decref(type);
        json_decref(value);
}

static void a_schema_says_what_to_convert_to(void **state) {
        assert_fitted("1", "{\"type\":\"string\"}", "\"1\"");
        assert_fitted("1", "{}", "1");
        assert_fitted("null", "{\"type\":\"string\"}", "null");
        assert_fitted("[1,2]", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[\"1\",\"2\"]");
        assert_fitted("\"a\"", "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{}}}",
                      "[[\"a\"]]");
        assert_fitted("{\"a\":1}", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}",
                      "{\"a\":\"1\"}");
}

static void of_several_types_the_value_keeps_its_own(void **state) {
        static const char either[] = "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}";

        assert_fitted("1", either, "1");
        assert_fitted("\"1\"", either, "\"1\"");
        assert_fitted("1.5", either, "\"1.5\"");
        assert_fitted("\"7\"", "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}", "7");
        assert_fitted("null", "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}", "null");
        assert_fitted("7", "{\"anyOf\":[{\"type\":\"string\"},{}]}", "7");
}

static void the_members_of_an_input_are_converted(void **state) {
        const struct block *block = block_find(STR("b1ab9b19-67a6-406d-abf5-2dba76d00c79"));
        json_t *input =
                parse("{\"a\":\"2\",\"b\":[1],\"operation\":\"Add\",\"other\":1,\"round_result\":\"1\"}");
        json_t *converted;

        assert_int_equal(convert_input(block, input, &converted), 0);
        assert_is(converted, "{\"a\":2.0,\"b\":1.0,\"operation\":\"Add\",\"other\":1,\"round_result\":true}",
                  "input");
        json_decref(converted);
        json_decref(input);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(anything_becomes_a_text),
                cmocka_unit_test(anything_becomes_a_number),
                cmocka_unit_test(anything_becomes_an_integer),
                cmocka_unit_test(anything_becomes_a_boolean),
                cmocka_unit_test(anything_becomes_a_list),
                cmocka_unit_test(anything_becomes_a_dictionary),
                cmocka_unit_test(a_schema_says_what_to_convert_to),
                cmocka_unit_test(of_several_types_the_value_keeps_its_own),
                cmocka_unit_test(the_members_of_an_input_are_converted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
