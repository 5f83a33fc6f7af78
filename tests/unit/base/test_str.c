#include "base/str.h"

#include <ctype.h>

#include "unit.h"

static void equality_is_of_bytes(void **state) {
        assert_true(str_eq(STR("abc"), str_n("abcd", 3)));
        assert_false(str_eq(STR("abc"), STR("abC")));
        assert_false(str_eq(STR("abc"), STR("abcd")));
        assert_true(str_eq(STR(""), STR_NULL));
        assert_true(str_eq_ignore_case(STR("Content-TYPE"), STR("content-type")));
        assert_false(str_eq_ignore_case(STR("[a"), STR("{a"))); /* 0x20 apart, but no letters */
        assert_false(str_eq_ignore_case(STR("ab"), STR("abc")));
}

static bool same_but_for_case(int a, int b) {
        return a == b || (a < 0x80 && b < 0x80 && isalpha(a) && isalpha(b) && tolower(a) == tolower(b));
}

static void only_the_case_of_letters_is_ignored_wherever_they_stand(void **state) {
        for (size_t at = 0; at < 19; at += 6)
                for (int a = 0; a < 256; a++)
                        for (int b = 0; b < 256; b++) {
                                char one[19], other[19];

                                memset(one, 'x', sizeof(one));
                                memset(other, 'X', sizeof(other));
                                one[at] = (char)a;
                                other[at] = (char)b;
                                assert_int_equal(str_eq_ignore_case(str_n(one, sizeof(one)),
                                                                    str_n(other, sizeof(other))),
                                                 same_but_for_case(a, b));
                        }
}

static void slices_never_leave_the_string(void **state) {
        assert_str(str_from(STR("abc"), 1), "bc");
        assert_str(str_from(STR("abc"), 3), "");
        assert_str(str_from(STR("abc"), 99), "");
        assert_int_equal(str_from(STR_NULL, 0).len, 0);
        assert_int_equal(str_from(STR_NULL, 5).len, 0);
        assert_str(str_first(STR("abc"), 2), "ab");
        assert_str(str_first(STR("abc"), 99), "abc");
        assert_true(str_starts_with(STR("abc"), STR("")));
        assert_true(str_starts_with(STR("abc"), STR("abc")));
        assert_false(str_starts_with(STR("abc"), STR("abcd")));
}

static void finding(void **state) {
        assert_int_equal(str_find(STR("a=b=c"), '='), 1);
        assert_int_equal(str_find(STR("abc"), '='), -1);
        assert_int_equal(str_find(STR_NULL, '='), -1);
        assert_true(str_contains(STR("abc"), STR("bc")));
        assert_true(str_contains(STR_NULL, STR("")));
        assert_false(str_contains(STR_NULL, STR("a")));
        assert_false(str_contains(STR("ab"), STR("abc")));
}

static void trimming_takes_blanks_and_tabs_only(void **state) {
        assert_str(str_trim(STR(" \t a b \t ")), "a b");
        assert_str(str_trim(STR("\na\r")), "\na\r");
        assert_str(str_trim(STR("  \t")), "");
        assert_int_equal(str_trim(STR_NULL).len, 0);
}

static void pieces_come_in_order_and_end(void **state) {
        struct str rest = STR("a,,b,"), piece;

        assert_true(str_next(&rest, ',', &piece));
        assert_str(piece, "a");
        assert_true(str_next(&rest, ',', &piece));
        assert_str(piece, "");
        assert_true(str_next(&rest, ',', &piece));
        assert_str(piece, "b");
        assert_true(str_next(&rest, ',', &piece));
        assert_str(piece, "");
        assert_false(str_next(&rest, ',', &piece));

        rest = STR("");
        assert_true(str_next(&rest, ',', &piece));
        assert_false(str_next(&rest, ',', &piece));
}

static void numbers_are_decimal_digits_alone(void **state) {
        static const char *const bad[] = { "",
                                           "00",
                                           "01",
                                           "+1",
                                           "-1",
                                           " 1",
                                           "1 ",
                                           "0x1",
                                           "1.",
                                           "1e3",
                                           "\xd9\xa1",
                                           "18446744073709551616",
                                           "99999999999999999999999" };
        uint64_t n = 7;

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_false(str_to_uint(str_of(bad[i]), UINT64_MAX, &n));
        assert_false(str_to_uint(STR_NULL, UINT64_MAX, &n));
        assert_false(str_to_uint(STR("11"), 10, &n));
        assert_int_equal(n, 7); /* untouched by failures */
        assert_true(str_to_uint(STR("0"), 10, &n));
        assert_int_equal(n, 0);
        assert_true(str_to_uint(STR("10"), 10, &n));
        assert_int_equal(n, 10);
        assert_true(str_to_uint(STR("18446744073709551615"), UINT64_MAX, &n));
        assert_true(n == UINT64_MAX);
}

static void utf8_is_well_formed(void **state) {
        static const char *const good[] = { "",
                                            "abc",
                                            "\xc2\x80",
                                            "\xdf\xbf",
                                            "\xe0\xa0\x80",
                                            "\xed\x9f\xbf",
                                            "\xee\x80\x80",
                                            "\xef\xbf\xbf",
                                            "\xf0\x90\x80\x80",
                                            "\xf4\x8f\xbf\xbf" };
        static const char *const bad[] = {
                "\x80",
                "\xbf",
                "\xc0\xaf",
                "\xc1\xbf",
                "\xc2",
                "\xc2z",
                "\xe0\x9f\xbf",
                "\xe2\x82",
                "\xed\xa0\x80",
                "\xed\xbf\xbf",
                "\xe2\x82z",
                "\xf0\x8f\xbf\xbf",
                "\xf0\x9f\x92",
                "\xf4\x90\x80\x80",
                "\xf5\x80\x80\x80",
                "\xff",
                "\xfe",
                "\xf0\x9f\x92z",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_true(str_is_utf8(str_of(good[i])));
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_false(str_is_utf8(str_of(bad[i])));
        assert_false(str_is_utf8(str_n("\xe2\x82\xac", 2))); /* what lies beyond the end does not count */
        assert_true(str_is_utf8(str_n("a\0b", 3)));
        assert_int_equal(str_utf8_length(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9")), 4);
        assert_int_equal(str_utf8_sequence(STR("\xe2\x82\xac\xac")), 3);
        assert_int_equal(str_utf8_sequence(STR("\xac")), 0);
}

static void control_characters_are_seen(void **state) {
        assert_false(str_has_control(STR("abc \xc3\xa9~")));
        assert_true(str_has_control(STR("a\tb")));
        assert_true(str_has_control(str_n("a\0b", 3)));
        assert_true(str_has_control(STR("a\x7f")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(equality_is_of_bytes),
                cmocka_unit_test(only_the_case_of_letters_is_ignored_wherever_they_stand),
                cmocka_unit_test(slices_never_leave_the_string),
                cmocka_unit_test(finding),
                cmocka_unit_test(trimming_takes_blanks_and_tabs_only),
                cmocka_unit_test(pieces_come_in_order_and_end),
                cmocka_unit_test(numbers_are_decimal_digits_alone),
                cmocka_unit_test(utf8_is_well_formed),
                cmocka_unit_test(control_characters_are_seen),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
