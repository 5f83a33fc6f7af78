#include "base/codec.h"

#include <ctype.h>

#include "unit.h"

static void base64url_matches_the_rfc(void **state) {
        /* RFC 4648 §10, without padding; the last shows the two letters of the URL alphabet. */
        static const struct {
                const char *bytes, *text;
        } rows[] = {
                { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
                { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff", "-_8" }
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                struct str bytes = str_of(rows[i].bytes), text = str_of(rows[i].text);
                char out[16];

                assert_int_equal(base64url_length(bytes.len), text.len);
                base64url_encode(bytes, out);
                assert_memory_equal(out, text.ptr, text.len);
                assert_int_equal(base64url_decode(text, out, sizeof(out)), (int)bytes.len);
                assert_memory_equal(out, bytes.ptr, bytes.len);
        }
}

static void every_byte_survives_base64url(void **state) {
        uint8_t bytes[256], back[256];
        char text[342];

        for (int i = 0; i < 256; i++)
                bytes[i] = (uint8_t)(i * 7 + 3);
        for (size_t n = 0; n <= sizeof(bytes); n++) {
                base64url_encode(str_n(bytes, n), text);
                assert_int_equal(base64url_decode(str_n(text, base64url_length(n)), back, n), (int)n);
                assert_memory_equal(back, bytes, n);
        }
}

static void base64url_has_one_text_for_each_value(void **state) {
        static const char *const bad[] = { "A",       "AAAAA", "Z",    "Zh",   "Zm9",  "Zg==",
                                           "Zg=",     "Zm9vY", "Zm+v", "Zm/v", "Zm v", "Zm9v\n",
                                           "Zm9\x80", "_",     "Zn",   "Zm-=" };
        char out[16];

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(base64url_decode(str_of(bad[i]), out, sizeof(out)), -1);
        assert_int_equal(base64url_decode(str_n("Zm\0v", 4), out, sizeof(out)), -1);
        assert_int_equal(base64url_decode(STR("Zm9v"), out, 2), -1); /* no room */
        assert_int_equal(base64url_decode(STR("Zm9v"), out, 3), 3);
}

static void no_other_byte_is_a_digit_of_base64url(void **state) {
        for (size_t at = 0; at < 4; at++)
                for (int c = 0; c < 256; c++) {
                        bool digit = c < 0x80 && (isalnum(c) || c == '-' || c == '_');
                        char text[4] = { 'A', 'A', 'A', 'A' }, out[3];

                        text[at] = (char)c;
                        assert_int_equal(base64url_decode(str_n(text, 4), out, sizeof(out)), digit ? 3 : -1);
                }
}

static void base64_wants_its_padding(void **state) {
        static const char *const bad[] = { "Zg",     "Zg=",      "Zg===",    "Z===", "====", "=",
                                           "Zh==",   "Zm9=",     "Zg=g",     "Z=g=", "Zm-v", "Zm_v",
                                           "Zm9vZg", "Zg==Zg==", "AAAA====", "A===" };
        char out[16];

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(base64_decode(str_of(bad[i]), out, sizeof(out)), -1);
        assert_int_equal(base64_decode(STR(""), out, sizeof(out)), 0);
        assert_int_equal(base64_decode(STR("YTpi"), out, sizeof(out)), 3);
        assert_memory_equal(out, "a:b", 3);
        assert_int_equal(base64_decode(STR("+/8="), out, sizeof(out)), 2);
        assert_memory_equal(out, "\xfb\xff", 2);
}

static void hex_goes_both_ways(void **state) {
        char text[6], bytes[3];

        hex_encode(str_n("\x00\xaf\xff", 3), text);
        assert_memory_equal(text, "00afff", 6);
        assert_int_equal(hex_decode(STR("00aFFf"), bytes, 3), 3);
        assert_memory_equal(bytes, "\x00\xaf\xff", 3);
        assert_int_equal(hex_decode(STR("00a"), bytes, 3), -1);
        assert_int_equal(hex_decode(STR("0g"), bytes, 3), -1);
        assert_int_equal(hex_decode(STR("00000000"), bytes, 3), -1);
        assert_int_equal(hex_digit('/'), -1);
        assert_int_equal(hex_digit(':'), -1);
        assert_int_equal(hex_digit('@'), -1);
        assert_int_equal(hex_digit('G'), -1);
        assert_int_equal(hex_digit('`'), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(base64url_matches_the_rfc),
                cmocka_unit_test(every_byte_survives_base64url),
                cmocka_unit_test(base64url_has_one_text_for_each_value),
                cmocka_unit_test(no_other_byte_is_a_digit_of_base64url),
                cmocka_unit_test(base64_wants_its_padding),
                cmocka_unit_test(hex_goes_both_ways),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
