#include "base/regex.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/errors.h"
#include "unit.h"

static char problem[REGEX_PROBLEM_MAX];

static struct regex *compiled(const char *pattern, unsigned flags) {
        struct regex *regex = NULL;

        assert_int_equal(regex_new(str_of(pattern), flags, &regex, problem), 0);
        return regex;
}

/* Whether it is found; the match is left in `ret`. */
static int found(const char *pattern, unsigned flags, const char *text, struct regex_match *ret) {
        _cleanup_(regex_free_at) struct regex *regex = compiled(pattern, flags);

        return regex_search(regex, str_of(text), 0, REGEX_BUDGET_US, ret);
}

static void finds_the_first_match_and_its_groups(void **state) {
        struct regex_match match;

        assert_int_equal(found("(b+)(x)?(?P<last>c)", 0, "a bbc bc", &match), 1);
        assert_int_equal(match.n, 4);
        assert_str(match.list[0], "bbc");
        assert_str(match.list[1], "bb");
        assert_null(match.list[2].ptr);
        assert_str(match.list[3], "c");
        assert_int_equal(found("z", 0, "a bbc bc", &match), 0);
}

static void searches_on_from_where_it_is_told(void **state) {
        _cleanup_(regex_free_at) struct regex *regex = compiled("(?<=\\w)b", 0);
        struct str text = STR("ab b ab");
        struct regex_match match;

        assert_int_equal(regex_search(regex, text, 2, REGEX_BUDGET_US, &match), 1);
        assert_ptr_equal(match.list[0].ptr, text.ptr + 6);
        assert_int_equal(regex_search(regex, text, 7, REGEX_BUDGET_US, &match), 0);
        assert_int_equal(regex_search(regex, text, 8, REGEX_BUDGET_US, &match), -ERR_REGEX);
}

static void finds_at_every_position_of_a_long_text(void **state) {
        _cleanup_(regex_free_at) struct regex *one = compiled("x", 0);
        _cleanup_(regex_free_at) struct regex *end = compiled("$", 0);
        char text[400];
        struct regex_match match;

        for (size_t at = 0; at < sizeof(text); at++) {
                memset(text, 'a', sizeof(text));
                text[at] = 'x';
                assert_int_equal(regex_search(one, str_n(text, sizeof(text)), 0, REGEX_BUDGET_US, &match), 1);
                assert_ptr_equal(match.list[0].ptr, text + at);
                assert_int_equal(regex_search(one, str_n(text, at), 0, REGEX_BUDGET_US, &match), 0);
                assert_int_equal(regex_search(end, str_n(text, at), 0, REGEX_BUDGET_US, &match), 1);
                assert_ptr_equal(match.list[0].ptr, text + at);
        }
}

static void characters_are_those_of_utf8(void **state) {
        struct regex_match match;
        struct regex *regex = compiled("^.$", 0);

        assert_int_equal(regex_search(regex, STR("\xe2\x82\xac"), 0, REGEX_BUDGET_US, &match), 1);
        assert_int_equal(regex_search(regex, STR("\xe2\x82"), 0, REGEX_BUDGET_US, &match), -ERR_REGEX);
        assert_int_equal(regex_search(regex, STR("\xe2\x82\xac"), 1, REGEX_BUDGET_US, &match), -ERR_REGEX);
        regex_free(regex);
}

static void flags_say_what_case_lines_and_dots_mean(void **state) {
        assert_int_equal(found("^B$", 0, "a\nb", NULL), 0);
        assert_int_equal(found("^B$", REGEX_IGNORE_CASE | REGEX_MULTILINE, "a\nb", NULL), 1);
        assert_int_equal(found("a.b", 0, "a\nb", NULL), 0);
        assert_int_equal(found("a.b", REGEX_DOTALL, "a\nb", NULL), 1);
        assert_int_equal(found("a$", 0, "a\n", NULL), 1);
        assert_int_equal(found("a$", REGEX_ECMASCRIPT, "a\n", NULL), 0);
        assert_int_equal(found("^\\u0061$", REGEX_ECMASCRIPT, "a", NULL), 1);
}

static void a_bad_pattern_is_told_with_its_place(void **state) {
        struct regex *regex = NULL;
        char *long_one = malloc(REGEX_PATTERN_MAX + 1);

        assert_int_equal(regex_new(STR("a(b"), 0, &regex, problem), -ERR_REGEX);
        assert_string_equal(problem, "missing closing parenthesis at byte 3");
        assert_int_equal(regex_new(STR("\xff"), 0, &regex, problem), -ERR_REGEX);
        assert_int_equal(regex_new(STR("a\\C"), 0, &regex, problem), -ERR_REGEX);
        memset(long_one, 'a', REGEX_PATTERN_MAX + 1);
        assert_int_equal(regex_new(str_n(long_one, REGEX_PATTERN_MAX + 1), 0, &regex, problem), -ERR_REGEX);
        memset(long_one, '(', 200);
        memset(long_one + 200, ')', 200);
        assert_int_equal(regex_new(str_n(long_one, 400), 0, &regex, problem), -ERR_REGEX);
        for (size_t i = 0; i < REGEX_GROUPS_MAX + 1; i++)
                memcpy(long_one + 3 * i, "(a)", 3);
        assert_int_equal(regex_new(str_n(long_one, REGEX_GROUPS_MAX * 3), 0, &regex, problem), 0);
        regex_free(regex);
        regex = NULL;
        assert_int_equal(regex_new(str_n(long_one, REGEX_GROUPS_MAX * 3 + 3), 0, &regex, problem),
                         -ERR_REGEX);
        assert_int_equal(regex_new(STR("(((a{1000}){1000}){1000}){1000}"), 0, &regex, problem), -ERR_REGEX);
        assert_null(regex);
        free(long_one);
}

static void hostile_patterns_end_in_time(void **state) {
        static const char *const patterns[] = {
                "^(a+)+$",    "(a|aa)+$", "(a|a?)+$",     "(.*)*x",
                "(.*a){20}$", "(a*)*b",   "([a-z]+.?)+!", "(?:(?:a*)*)*\\1()c"
        };
        size_t len = 200000;
        char *text = malloc(len);

        memset(text, 'a', len);
        text[len - 1] = '.';
        for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
                _cleanup_(regex_free_at) struct regex *regex = compiled(patterns[i], 0);
                int64_t begin = clock_monotonic_ms();
                int r = regex_search(regex, str_n(text, len), 0, 200000, NULL);

                assert_true(r == 0 || r == -ERR_REGEX_LIMIT);
                assert_true(clock_monotonic_ms() - begin < 20000);
        }
        free(text);
}

static void a_long_text_takes_time_by_its_length_alone(void **state) {
        _cleanup_(regex_free_at) struct regex *regex = compiled("xyz", 0);
        size_t len = 4 * 1024 * 1024;
        char *text = malloc(len);

        memset(text, 'a', len);
        assert_int_equal(regex_search(regex, str_n(text, len), 0, 20 * 1000000, NULL), 0);
        memcpy(text + len - 3, "xyz", 3);
        assert_int_equal(regex_search(regex, str_n(text, len), 0, 20 * 1000000, NULL), 1);
        free(text);
}

static void groups_are_counted(void **state) {
        _cleanup_(regex_free_at) struct regex *regex = compiled("(a)(?P<two>b)", 0);

        assert_int_equal(regex_groups(regex), 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_the_first_match_and_its_groups),
                cmocka_unit_test(searches_on_from_where_it_is_told),
                cmocka_unit_test(finds_at_every_position_of_a_long_text),
                cmocka_unit_test(characters_are_those_of_utf8),
                cmocka_unit_test(flags_say_what_case_lines_and_dots_mean),
                cmocka_unit_test(a_bad_pattern_is_told_with_its_place),
                cmocka_unit_test(hostile_patterns_end_in_time),
                cmocka_unit_test(a_long_text_takes_time_by_its_length_alone),
                cmocka_unit_test(groups_are_counted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
