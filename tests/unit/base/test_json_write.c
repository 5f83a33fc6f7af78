#include "base/json_write.h"

#include <jansson.h>

#include "unit.h"

static struct strbuf out = STRBUF_INIT(10000);

static int empty(void **state) {
        strbuf_reset(&out);
        return 0;
}

static int done(void **state) {
        strbuf_done(&out);
        return 0;
}

static void commas_come_by_themselves(void **state) {
        struct json_writer w = JSON_WRITER(&out);

        json_object_begin(&w);
        json_member_str(&w, "a", STR("x"));
        json_member_int(&w, "b", -5);
        json_key(&w, "c");
        json_array_begin(&w);
        json_int(&w, 1);
        json_object_begin(&w);
        json_object_end(&w);
        json_array_begin(&w);
        json_array_end(&w);
        json_str(&w, STR(""));
        json_array_end(&w);
        json_member_bool(&w, "d", true);
        json_member_bool(&w, "e", false);
        json_member_null(&w, "f");
        json_member_str(&w, "g", STR_NULL);
        json_key(&w, "h");
        json_raw(&w, STR("{\"i\":1}"));
        json_object_end(&w);
        assert_str(strbuf_str(&out),
                   "{\"a\":\"x\",\"b\":-5,\"c\":[1,{},[],\"\"],\"d\":true,\"e\":false,\"f\":null,"
                   "\"g\":null,\"h\":{\"i\":1}}");
}

static void what_json_reserves_is_escaped(void **state) {
        struct json_writer w = JSON_WRITER(&out);

        json_str(&w, str_n("\"\\/\n\r\t\b\0\x1f\x7f<", 11));
        assert_str(strbuf_str(&out), "\"\\\"\\\\/\\n\\r\\t\\u0008\\u0000\\u001f\\u007f<\"");
}

static void bad_utf8_becomes_replacement_characters(void **state) {
        struct json_writer w = JSON_WRITER(&out);

        json_str(&w, STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9z"));
        json_str(&w, STR("\xff\xc3"));
        json_str(&w, STR("\xe2\x82"));
        json_str(&w, STR("\xed\xa0\x80!"));
        json_str(&w, STR("\xc0\xaf\xf5"));
        assert_str(strbuf_str(&out), "\"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9z\","
                                     "\"\xef\xbf\xbd\xef\xbf\xbd\","
                                     "\"\xef\xbf\xbd\xef\xbf\xbd\","
                                     "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!\","
                                     "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void any_bytes_give_json_that_parses(void **state) {
        uint32_t seed = 1;

        for (int round = 0; round < 2000; round++) {
                struct json_writer w = JSON_WRITER(&out);
                char bytes[64];
                json_t *parsed;

                for (size_t i = 0; i < sizeof(bytes); i++) {
                        seed = seed * 1664525 + 1013904223;
                        bytes[i] = (char)(seed >> 24);
                }
                strbuf_reset(&out);
                json_str(&w, str_n(bytes, (size_t)round % sizeof(bytes)));
                parsed = json_loadb(out.ptr, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
                assert_non_null(parsed);
                json_decref(parsed);
        }
}

static void a_time_is_an_iso_string_and_zero_is_null(void **state) {
        struct json_writer w = JSON_WRITER(&out);

        json_object_begin(&w);
        json_member_time(&w, "at", INT64_C(1769903999123));
        json_member_time(&w, "never", 0);
        json_object_end(&w);
        assert_str(strbuf_str(&out), "{\"at\":\"2026-01-31T23:59:59.123Z\",\"never\":null}");
}

static void words_become_an_array(void **state) {
        struct json_writer w = JSON_WRITER(&out);

        json_object_begin(&w);
        json_member_words(&w, "a", STR(" one  two "));
        json_member_words(&w, "b", STR(""));
        json_member_words(&w, "c", STR_NULL);
        json_object_end(&w);
        assert_str(strbuf_str(&out), "{\"a\":[\"one\",\"two\"],\"b\":[],\"c\":[]}");
}

static void a_full_builder_fails_as_a_whole(void **state) {
        _cleanup_(strbuf_done) struct strbuf small = STRBUF_INIT(8);
        struct json_writer w = JSON_WRITER(&small);

        json_str(&w, STR("0123456789"));
        assert_null(strbuf_str(&small).ptr);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(commas_come_by_themselves, empty),
                cmocka_unit_test_setup(what_json_reserves_is_escaped, empty),
                cmocka_unit_test_setup(bad_utf8_becomes_replacement_characters, empty),
                cmocka_unit_test_setup(any_bytes_give_json_that_parses, empty),
                cmocka_unit_test_setup(a_time_is_an_iso_string_and_zero_is_null, empty),
                cmocka_unit_test_setup(words_become_an_array, empty),
                cmocka_unit_test_setup(a_full_builder_fails_as_a_whole, empty),
        };

        return cmocka_run_group_tests(tests, NULL, done);
}
