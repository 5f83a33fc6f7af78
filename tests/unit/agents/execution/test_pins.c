#include "unit.h"

#include "agents/execution/pins.h"
#include "base/errors.h"

static json_t *parse(const char *text) {
        json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

        assert_non_null(value);
        return value;
}

/* What a pin takes of a value, as JSON text; "nothing" if it takes none. */
static void assert_extracts(const char *pin, const char *text, const char *wanted) {
        json_auto_t *value = parse(text);
        json_t *part = pin_extract(str_of(pin), value);
        char *got = part ? json_dumps(part, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

        assert_string_equal(got ? got : "nothing", wanted);
        free(got);
}

static void a_source_pin_takes_a_part(void **state _unused_) {
        assert_extracts("v", "[1,2]", "[1,2]");
        assert_extracts("v_$_1", "[1,2]", "2");
        assert_extracts("v_#_a", "{\"a\":5}", "5");
        assert_extracts("v_@_a", "{\"a\":5}", "5");
        assert_extracts("v_#_a_$_0_@_b", "{\"a\":[{\"b\":null}]}", "null");
}

static void what_is_not_there_gives_nothing(void **state _unused_) {
        assert_extracts("v_$_2", "[1,2]", "nothing");
        assert_extracts("v_$_-1", "[1,2]", "nothing");
        assert_extracts("v_$_", "[1,2]", "nothing");
        assert_extracts("v_$_99999999999999999999", "[1,2]", "nothing");
        assert_extracts("v_$_0", "{\"0\":1}", "nothing");
        assert_extracts("v_#_a", "[1]", "nothing");
        assert_extracts("v_#_a", "\"a\"", "nothing");
        assert_extracts("v_#_b_#_c", "{\"a\":1}", "nothing");
}

static void assert_folds(const char *text, const char *wanted) {
        json_auto_t *input = parse(text), *expected = parse(wanted);
        char problem[200] = "";
        char *got;

        assert_int_equal(pins_fold(input, problem), 0);
        got = json_dumps(input, JSON_COMPACT);
        if (!json_equal(input, expected))
                fail_msg("%s became %s, not %s", text, got, wanted);
        free(got);
}

static void parts_are_put_together(void **state _unused_) {
        assert_folds("{\"l_$_1\":5}", "{\"l\":[\"\",5]}");
        assert_folds("{\"l_$_2\":3,\"l_$_0\":1}", "{\"l\":[1,\"\",3]}");
        assert_folds("{\"d_#_a\":1,\"d_#_b c\":2}", "{\"d\":{\"a\":1,\"b c\":2}}");
        assert_folds("{\"o_@_a\":1}", "{\"o\":{\"a\":1}}");
        assert_folds("{\"d_#_a_$_1_#_k\":1,\"d_#_a_$_0\":2}", "{\"d\":{\"a\":[2,{\"k\":1}]}}");
        assert_folds("{\"a\":1,\"b\":[2]}", "{\"a\":1,\"b\":[2]}");
}

static void parts_go_into_what_is_there(void **state _unused_) {
        assert_folds("{\"d\":{\"a\":1,\"b\":2},\"d_#_b\":3}", "{\"d\":{\"a\":1,\"b\":3}}");
        assert_folds("{\"l\":[1,2],\"l_$_0\":9,\"l_$_3\":8}", "{\"l\":[9,2,\"\",8]}");
        assert_folds("{\"l\":null,\"l_$_0\":9}", "{\"l\":[9]}");
}

static void shared_values_stay_as_they_are(void **state _unused_) {
        json_auto_t *shared = parse("{\"a\":{\"b\":[1]}}"), *before = json_deep_copy(shared);
        json_auto_t *input = json_pack("{s:O,s:i,s:O,s:i}", "d", shared, "d_#_a_#_b_$_0", 7, "e_$_0", shared,
                                       "e_$_0_#_a", 3);
        json_auto_t *wanted = parse("{\"d\":{\"a\":{\"b\":[7]}},\"e\":[{\"a\":3}]}");
        char problem[200];

        assert_int_equal(pins_fold(input, problem), 0);
        assert_true(json_equal(input, wanted));
        assert_true(json_equal(shared, before));
}

static void assert_refused(const char *text, const char *why) {
        json_auto_t *input = parse(text);
        char problem[200] = "";

        assert_int_equal(pins_fold(input, problem), -ERR_BLOCK);
        if (!strstr(problem, why))
                fail_msg("%s: %s", text, problem);
}

static void a_name_with_too_many_parts_is_refused(void **state _unused_) {
        char text[400] = "{\"d";

        for (unsigned i = 0; i < PIN_PARTS_MAX + 2; i++)
                memcpy(text + 3 + i * 4, "_#_a", 5);
        memcpy(text + strlen(text), "\":1}", 5);
        assert_refused(text, "too many parts");
}

static void what_does_not_fit_is_refused(void **state _unused_) {
        assert_refused("{\"l_$_x\":1}", "index");
        assert_refused("{\"l_$_-1\":1}", "index");
        assert_refused("{\"l_$_10001\":1}", "index");
        assert_refused("{\"l\":{},\"l_$_0\":1}", "no list");
        assert_refused("{\"d\":[],\"d_#_a\":1}", "no dictionary");
        assert_refused("{\"d\":\"text\",\"d_#_a\":1}", "no dictionary");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_source_pin_takes_a_part),
                cmocka_unit_test(what_is_not_there_gives_nothing),
                cmocka_unit_test(parts_are_put_together),
                cmocka_unit_test(parts_go_into_what_is_there),
                cmocka_unit_test(shared_values_stay_as_they_are),
                cmocka_unit_test(a_name_with_too_many_parts_is_refused),
                cmocka_unit_test(what_does_not_fit_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
