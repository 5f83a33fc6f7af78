#include "http/request_int.h"

#include <stdio.h>

#include "unit.h"

static struct request req;

static int begin(void **state) {
        request_init(&req);
        return 0;
}

static int end(void **state) {
        request_done(&req);
        return 0;
}

static int parse_query(const char *query) {
        request_reset(&req);
        req.query = str_of(query);
        return request_parse_query(&req);
}

static int parse_body(enum body_kind kind, struct str body) {
        request_reset(&req);
        req.body_kind = kind;
        req.body = body;
        return request_parse_body(&req);
}

static void assert_param(const struct params *params, const char *name, enum param_kind kind,
                         const char *value) {
        const struct param *param = params_find(params, str_of(name));

        assert_non_null(param);
        assert_int_equal(param->kind, kind);
        assert_int_equal(param->value.len, strlen(value));
        assert_memory_equal(param->value.ptr, value, strlen(value));
}

static void a_query_is_decoded_once(void **state) {
        assert_int_equal(parse_query("a=1&b=%2541+%C3%A9&c&d=&=e&f=x%3Dy%26z&&"), 0);
        assert_int_equal(req.query_params.n, 6);
        assert_param(&req.query_params, "a", PARAM_TEXT, "1");
        assert_param(&req.query_params, "b", PARAM_TEXT, "%41 \xc3\xa9");
        assert_param(&req.query_params, "c", PARAM_TEXT, "");
        assert_param(&req.query_params, "d", PARAM_TEXT, "");
        assert_param(&req.query_params, "", PARAM_TEXT, "e");
        assert_param(&req.query_params, "f", PARAM_TEXT, "x=y&z");
        assert_null(params_find(&req.query_params, STR("g")));
}

static void no_query_is_no_parameter(void **state) {
        request_reset(&req);
        assert_int_equal(request_parse_query(&req), 0);
        assert_int_equal(req.query_params.n, 0);
        assert_true(req.query_params.parsed);
}

static void bad_escapes_nul_and_bad_utf8_are_refused(void **state) {
        static const char *const bad[] = { "a=%",   "a=%4",  "a=%4g", "a=%g4", "%=1",
                                           "a=%00", "a=%ff", "a=%C3", "%80=1", "a=%ED%A0%80" };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                assert_int_equal(parse_query(bad[i]), -ERR_BAD_QUERY);
                assert_int_equal(parse_body(BODY_FORM, str_of(bad[i])), -ERR_BAD_FORM);
        }
        assert_int_equal(parse_body(BODY_FORM, STR("a=\0b")), -ERR_BAD_FORM);
}

static void a_parameter_given_twice_is_refused(void **state) {
        assert_int_equal(parse_query("a=1&b=2&a=1"), -ERR_REPEATED_PARAMETER);
        assert_int_equal(parse_query("a=1&%61=1"), -ERR_REPEATED_PARAMETER);
        assert_int_equal(parse_body(BODY_FORM, STR("a&a")), -ERR_REPEATED_PARAMETER);
        assert_int_equal(parse_body(BODY_JSON, STR("{\"a\":1,\"a\":1}")), -ERR_REPEATED_PARAMETER);
        assert_int_equal(parse_body(BODY_JSON, STR("{\"a\":1,\"\\u0061\":1}")), -ERR_REPEATED_PARAMETER);
}

static void only_so_many_parameters_are_taken(void **state) {
        char query[REQUEST_PARAMS_MAX * 8 + 8];
        size_t len = 0;

        for (int i = 0; i < REQUEST_PARAMS_MAX; i++)
                len += (size_t)sprintf(query + len, "p%d=1&", i);
        assert_int_equal(parse_query(query), 0);
        assert_int_equal(req.query_params.n, REQUEST_PARAMS_MAX);
        strcpy(query + len, "q");
        assert_int_equal(parse_query(query), -ERR_TOO_LARGE);
}

static void json_members_keep_their_kind(void **state) {
        const struct param *list;

        assert_int_equal(
                parse_body(BODY_JSON,
                           STR("{\"t\":\"x\\u00e9\",\"n\":null,\"y\":true,\"f\":false,\"i\":42,\"r\":0.5,"
                               "\"o\":{\"a\":[1]},\"l\":[\"A\",\"B\"],\"s\":[\"A B\",\"C\"],\"e\":[],"
                               "\"m\":[\"A\",1]}")),
                0);
        assert_param(&req.body_params, "t", PARAM_TEXT, "x\xc3\xa9");
        assert_param(&req.body_params, "n", PARAM_NULL, "null");
        assert_param(&req.body_params, "y", PARAM_TRUE, "true");
        assert_param(&req.body_params, "f", PARAM_FALSE, "false");
        assert_param(&req.body_params, "i", PARAM_NUMBER, "42");
        assert_param(&req.body_params, "r", PARAM_NUMBER, "0.5");
        assert_param(&req.body_params, "o", PARAM_OTHER, "{\"a\":[1]}");
        assert_param(&req.body_params, "l", PARAM_LIST, "A B");
        assert_param(&req.body_params, "e", PARAM_LIST, "");
        assert_param(&req.body_params, "m", PARAM_OTHER, "[\"A\",1]");
        list = params_find(&req.body_params, STR("s"));
        assert_int_equal(list->n_items, 2);
        assert_null(list->value.ptr);
        assert_true(str_eq(list->items[0], STR("A B")));
        assert_true(str_eq(list->items[1], STR("C")));
}

static void only_a_json_object_of_limited_depth_is_taken(void **state) {
        static const char *const bad[] = { "[]",
                                           "1",
                                           "\"a\"",
                                           "{",
                                           "{}x",
                                           "{\"a\":01}",
                                           "{'a':1}",
                                           "{\"a\":1,}",
                                           "nul",
                                           "{\"a\":\"\\u0000\"}",
                                           "{\"a\":\"\xff\"}",
                                           "{\"a\":NaN}",
                                           "{\"a\":1e999}",
                                           " " };
        char deep[200] = "{\"a\":";
        size_t len = strlen(deep);

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(parse_body(BODY_JSON, str_of(bad[i])), -ERR_BAD_JSON);
        memset(deep + len, '[', JSON_DEPTH_MAX - 1);
        memset(deep + len + JSON_DEPTH_MAX - 1, ']', JSON_DEPTH_MAX - 1);
        strcpy(deep + len + 2 * (JSON_DEPTH_MAX - 1), "}");
        assert_int_equal(parse_body(BODY_JSON, str_of(deep)), 0);
        memset(deep + len, '[', JSON_DEPTH_MAX);
        memset(deep + len + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
        strcpy(deep + len + 2 * JSON_DEPTH_MAX, "}");
        assert_int_equal(parse_body(BODY_JSON, str_of(deep)), -ERR_BAD_JSON);
        assert_int_equal(parse_body(BODY_JSON, STR("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"}")),
                         0);
}

static void the_content_type_decides_how_a_body_is_read(void **state) {
        assert_int_equal(request_body_kind(STR("application/json")), BODY_JSON);
        assert_int_equal(request_body_kind(STR("Application/JSON ; charset=utf-8")), BODY_JSON);
        assert_int_equal(request_body_kind(STR("application/x-www-form-urlencoded;charset=UTF-8")),
                         BODY_FORM);
        assert_int_equal(request_body_kind(STR("application/jsonx")), BODY_OTHER);
        assert_int_equal(request_body_kind(STR("")), BODY_OTHER);
        assert_int_equal(parse_body(BODY_OTHER, STR("a=1")), -ERR_MEDIA_TYPE);
        assert_int_equal(parse_body(BODY_NONE, STR("")), 0);
        assert_int_equal(req.body_params.n, 0);
}

static void assert_refused(const char *field, const char *type) {
        assert_true(str_eq(req.error_field, str_of(field)));
        assert_string_equal(req.error_type, type);
        assert_true(req.error_detail.len > 0);
}

static void text_is_required_limited_and_typed(void **state) {
        struct str text = STR("before");

        assert_int_equal(parse_body(BODY_JSON, STR("{\"a\":\"abc\",\"n\":null,\"i\":1,\"e\":\"\"}")), 0);
        assert_int_equal(request_text(&req, "a", 3, &text), 0);
        assert_true(str_eq(text, STR("abc")));
        assert_int_equal(request_text(&req, "e", 3, &text), 0);
        assert_int_equal(text.len, 0);
        assert_int_equal(request_text_optional(&req, "n", 3, &text), 0);
        assert_null(text.ptr);
        text = STR("before");
        assert_int_equal(request_text(&req, "a", 2, &text), -ERR_INVALID_FIELD);
        assert_refused("a", "string_too_long");
        assert_int_equal(request_text(&req, "n", 3, &text), -ERR_INVALID_FIELD);
        assert_refused("n", "string_type");
        assert_int_equal(request_text(&req, "z", 3, &text), -ERR_INVALID_FIELD);
        assert_refused("z", "missing");
        assert_int_equal(request_text_optional(&req, "i", 3, &text), -ERR_INVALID_FIELD);
        assert_refused("i", "string_type");
        assert_true(str_eq(text, STR("before")));
}

static void an_empty_form_value_counts_as_omitted(void **state) {
        struct str text;

        assert_int_equal(parse_body(BODY_FORM, STR("a=&b=1")), 0);
        assert_int_equal(request_text_optional(&req, "a", 3, &text), 0);
        assert_null(text.ptr);
        assert_int_equal(request_text(&req, "a", 3, &text), -ERR_INVALID_FIELD);
        assert_refused("a", "missing");
}

static void booleans_are_json_or_the_words_of_a_form(void **state) {
        bool value = false;

        assert_int_equal(parse_body(BODY_JSON, STR("{\"y\":true,\"n\":false,\"s\":\"true\"}")), 0);
        assert_int_equal(request_bool(&req, "y", &value), 0);
        assert_true(value);
        assert_int_equal(request_bool(&req, "n", &value), 0);
        assert_false(value);
        assert_int_equal(request_bool(&req, "s", &value), -ERR_INVALID_FIELD);
        assert_int_equal(request_bool(&req, "z", &value), -ERR_INVALID_FIELD);
        assert_int_equal(parse_body(BODY_FORM, STR("y=true&n=false&o=on")), 0);
        assert_int_equal(request_bool(&req, "y", &value), 0);
        assert_true(value);
        assert_int_equal(request_bool(&req, "n", &value), 0);
        assert_false(value);
        assert_int_equal(request_bool(&req, "o", &value), -ERR_INVALID_FIELD);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_query_is_decoded_once),
                cmocka_unit_test(no_query_is_no_parameter),
                cmocka_unit_test(bad_escapes_nul_and_bad_utf8_are_refused),
                cmocka_unit_test(a_parameter_given_twice_is_refused),
                cmocka_unit_test(only_so_many_parameters_are_taken),
                cmocka_unit_test(json_members_keep_their_kind),
                cmocka_unit_test(only_a_json_object_of_limited_depth_is_taken),
                cmocka_unit_test(the_content_type_decides_how_a_body_is_read),
                cmocka_unit_test(text_is_required_limited_and_typed),
                cmocka_unit_test(an_empty_form_value_counts_as_omitted),
                cmocka_unit_test(booleans_are_json_or_the_words_of_a_form),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
