#include "agents/value/value.h"

#include <math.h>

#include "base/errors.h"
#include "base/table_hash.h"
#include "unit.h"

static json_t *parse(const char *text) {
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        if (value_parse(str_of(text), true, &value, problem) < 0)
                fail_msg("%s: %s", text, problem);
        return value;
}

static void assert_refused(struct str text, const char *why) {
        char problem[VALUE_PROBLEM_MAX] = "";
        json_t *value;

        assert_int_equal(value_parse(text, true, &value, problem), -ERR_BAD_JSON);
        if (!strstr(problem, why))
                fail_msg(STR_FMT ": \"%s\"", STR_ARG(text), problem);
}

static void what_is_no_json_is_refused_with_a_reason(void **state) {
        assert_refused(STR(""), "");
        assert_refused(STR("{\"a\":1"), "line 1");
        assert_refused(STR("{\"a\":1}x"), "end of file");
        assert_refused(STR("NaN"), "");
        assert_refused(STR("Infinity"), "");
        assert_refused(STR("1e999"), "");
        assert_refused(STR("9223372036854775808"), "integer");
        assert_refused(STR("\"\\u0000\""), "");
        assert_refused(STR("{\"\\u0000\":1}"), "");
        assert_refused(STR("\"\xff\""), "UTF-8");
        assert_refused(STR("\"\xed\xa0\x80\""), "UTF-8");
        assert_refused(STR("{\"a\":1,\"a\":2}"), "duplicate");
        assert_refused(STR_NULL, "");
}

static void a_member_named_twice_may_be_allowed(void **state) {
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        assert_int_equal(value_parse(STR("{\"a\":1,\"a\":2}"), false, &value, problem), 0);
        assert_int_equal(json_integer_value(json_object_get(value, "a")), 2);
        json_decref(value);
}

static void depth_is_bounded(void **state) {
        char text[2 * (VALUE_DEPTH_MAX + 1)];
        char problem[VALUE_PROBLEM_MAX];
        json_t *value, *outer;
        size_t bytes;

        memset(text, '[', VALUE_DEPTH_MAX + 1);
        memset(text + VALUE_DEPTH_MAX + 1, ']', VALUE_DEPTH_MAX + 1);
        assert_refused(str_n(text, sizeof(text)), "levels");
        assert_int_equal(value_parse(str_n(text + 1, sizeof(text) - 2), true, &value, problem), 0);
        assert_true(value_measure(value, &bytes));
        outer = json_pack("[o]", value);
        outer = json_pack("[o]", outer);
        assert_false(value_measure(outer, &bytes));
        json_decref(outer);
        assert_int_equal(value_parse(STR("\"[[[[\\\"[\""), true, &value, problem), 0);
        json_decref(value);
}

static void assert_written(const char *text, const char *compact, const char *spaced) {
        struct strbuf out = STRBUF_INIT(1000);
        json_t *value = parse(text);

        value_write(&out, value, VALUE_COMPACT);
        if (!str_eq(strbuf_str(&out), str_of(compact)))
                fail_msg("%s: got " STR_FMT, text, STR_ARG(strbuf_str(&out)));
        strbuf_reset(&out);
        value_write(&out, value, VALUE_SPACED);
        if (!str_eq(strbuf_str(&out), str_of(spaced)))
                fail_msg("%s: got " STR_FMT, text, STR_ARG(strbuf_str(&out)));
        strbuf_done(&out);
        json_decref(value);
}

static void values_are_written_compact_or_spaced(void **state) {
        assert_written("{ \"a\": [1, true, null], \"b\": {} }", "{\"a\":[1,true,null],\"b\":{}}",
                       "{\"a\": [1, true, null], \"b\": {}}");
        assert_written("[]", "[]", "[]");
        assert_written("\"q\\\"\\n\\u00e9\\u0001\"", "\"q\\\"\\n\xc3\xa9\\u0001\"",
                       "\"q\\\"\\n\xc3\xa9\\u0001\"");
        assert_written("-9223372036854775808", "-9223372036854775808", "-9223372036854775808");
}

static void reals_are_written_in_the_fewest_digits(void **state) {
        assert_written("[0.1,0.30000000000000004,5.0,1e22,1e-7,123456789012345680.0,-0.0]",
                       "[0.1,0.30000000000000004,5.0,1e+22,1e-07,1.2345678901234568e+17,-0.0]",
                       "[0.1, 0.30000000000000004, 5.0, 1e+22, 1e-07, 1.2345678901234568e+17, -0.0]");
}

static void infinity_and_nan_are_null(void **state) {
        assert_true(json_is_null(value_real(INFINITY)));
        assert_true(json_is_null(value_real(-INFINITY)));
        assert_true(json_is_null(value_real(NAN)));
}

static void truth_is_pythons(void **state) {
        static const char *const falsehoods[] = { "null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}" };
        static const char *const truths[] = { "true", "1", "-0.5", "\"0\"", "\" \"", "[0]", "{\"\":null}" };

        for (size_t i = 0; i < ARRAY_LENGTH(falsehoods); i++) {
                json_t *value = parse(falsehoods[i]);

                assert_false(value_truthy(value));
                json_decref(value);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(truths); i++) {
                json_t *value = parse(truths[i]);

                assert_true(value_truthy(value));
                json_decref(value);
        }
        assert_false(value_truthy(NULL));
}

static void assert_relation(const char *first, const char *second, bool equal, bool same) {
        json_t *a = parse(first), *b = parse(second);

        if (value_equal(a, b) != equal || value_equal(b, a) != equal)
                fail_msg("equal: %s %s", first, second);
        if (value_same(a, b) != same || value_same(b, a) != same)
                fail_msg("same: %s %s", first, second);
        if ((table_hash_json(a) == table_hash_json(b)) != same)
                fail_msg("hash: %s %s", first, second);
        json_decref(a);
        json_decref(b);
}

static void equality_is_pythons(void **state) {
        assert_relation("1", "1.0", true, true);
        assert_relation("0", "-0.0", true, true);
        assert_relation("1", "true", true, false);
        assert_relation("0.0", "false", true, false);
        assert_relation("2", "true", false, false);
        assert_relation("true", "false", false, false);
        assert_relation("null", "false", false, false);
        assert_relation("null", "null", true, true);
        assert_relation("\"1\"", "1", false, false);
        assert_relation("\"a\"", "\"a\"", true, true);
        assert_relation("[1,[2]]", "[1.0,[2]]", true, true);
        assert_relation("[1]", "[1,1]", false, false);
        assert_relation("[true]", "[1]", true, false);
        assert_relation("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true, true);
        assert_relation("{\"a\":1}", "{\"b\":1}", false, false);
        assert_relation("{\"a\":1}", "{\"a\":1,\"b\":1}", false, false);
        assert_relation("[]", "{}", false, false);
        assert_relation("9007199254740993", "9007199254740992.0", false, false);
        assert_relation("9223372036854775807", "9223372036854775808.0", false, false);
}

static void assert_order(const char *first, const char *second, int wanted) {
        json_t *a = parse(first), *b = parse(second);
        enum value_order order;
        bool known = value_order(a, b, &order);

        if (known != (wanted >= 0) || (known && (int)order != wanted))
                fail_msg("%s %s: %d", first, second, known ? (int)order : -1);
        json_decref(a);
        json_decref(b);
}

static void order_is_pythons(void **state) {
        assert_order("1", "2.5", VALUE_LESS);
        assert_order("true", "1", VALUE_EQUAL);
        assert_order("9007199254740993", "9007199254740992", VALUE_GREATER);
        assert_order("\"a\"", "\"ab\"", VALUE_LESS);
        assert_order("\"Z\"", "\"a\"", VALUE_LESS);
        assert_order("\"\\u00e9\"", "\"z\"", VALUE_GREATER);
        assert_order("[1,2]", "[1,2,0]", VALUE_LESS);
        assert_order("[2]", "[1,5]", VALUE_GREATER);
        assert_order("[1,\"a\"]", "[1,2]", -1);
        assert_order("\"1\"", "1", -1);
        assert_order("null", "null", -1);
        assert_order("{}", "{}", -1);
}

static void assert_number(const char *text, double wanted) {
        double number;

        if (!value_text_number(str_of(text), &number))
                fail_msg("\"%s\" is a number", text);
        assert_true(number == wanted);
}

static void texts_are_numbers_as_python_reads_them(void **state) {
        static const char *const others[] = {
                "",   " ",  "a",    "1a",  "0x10", "1e", ".",  "+",    "--1",
                "1_", "_1", "1__0", "1 2", "1,5",  "in", "e5", "1._5", "nan(1)"
        };
        double number;

        assert_number("12", 12);
        assert_number(" \t-1.5e3\n", -1500);
        assert_number("+.5", 0.5);
        assert_number("5.", 5);
        assert_number("1_000", 1000);
        assert_number("1e-2", 0.01);
        assert_number("1E+02", 100);
        assert_number("007", 7);
        assert_number("1e999", INFINITY);
        assert_number("-Infinity", -INFINITY);
        assert_number("inf", INFINITY);
        assert_true(value_text_number(STR("NaN"), &number) && isnan(number));
        for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
                if (value_text_number(str_of(others[i]), &number))
                        fail_msg("\"%s\" is no number", others[i]);
}

static void a_text_too_long_for_a_number_is_none(void **state) {
        char text[402];
        double number;

        memset(text, '1', sizeof(text));
        assert_false(value_text_number(str_n(text, 401), &number));
        assert_true(value_text_number(str_n(text, 400), &number));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_no_json_is_refused_with_a_reason),
                cmocka_unit_test(a_member_named_twice_may_be_allowed),
                cmocka_unit_test(depth_is_bounded),
                cmocka_unit_test(values_are_written_compact_or_spaced),
                cmocka_unit_test(reals_are_written_in_the_fewest_digits),
                cmocka_unit_test(infinity_and_nan_are_null),
                cmocka_unit_test(truth_is_pythons),
                cmocka_unit_test(equality_is_pythons),
                cmocka_unit_test(order_is_pythons),
                cmocka_unit_test(texts_are_numbers_as_python_reads_them),
                cmocka_unit_test(a_text_too_long_for_a_number_is_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
