#include "http/request_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define TYPE "multipart/form-data; boundary=xx"
#define TEXT_PART(name, value) \
        "--xx\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define END "--xx--\r\n"

static struct arena arena;
static struct params params;
static char *copy; /* of exactly the body's size, so that a byte read beyond it shows */

static int begin(void **state) {
        arena_init(&arena, 512 * 1024);
        return 0;
}

static int end(void **state) {
        arena_done(&arena);
        free(copy);
        copy = NULL;
        return 0;
}

static int parse_bytes(const char *type, struct str body) {
        free(copy);
        copy = malloc(body.len ? body.len : 1);
        assert_non_null(copy);
        memcpy(copy, body.ptr, body.len);
        params = (struct params){ .list = NULL };
        return params_parse_multipart(&params, &arena, str_of(type), str_n(copy, body.len));
}

static int parse(const char *body) {
        return parse_bytes(TYPE, str_of(body));
}

static const struct param *find(const char *name) {
        const struct param *param = params_find(&params, str_of(name));

        assert_non_null(param);
        return param;
}

static void texts_and_files_are_taken_apart(void **state) {
        static const char body[] = TEXT_PART("a", "one")
                TEXT_PART("b", "") "--xx\r\n"
                                   "content-disposition: form-data; name=file; filename=\"x \\ y.png\"\r\n"
                                   "Content-Type: image/png\r\n\r\n\x89PNG\r\n\0\xff\r\n" END;

        assert_int_equal(parse_bytes(TYPE, str_n(body, sizeof(body) - 1)), 0);
        assert_int_equal(params.n, 3);
        assert_true(params.parsed);
        assert_str(find("a")->value, "one");
        assert_int_equal(find("a")->kind, PARAM_TEXT);
        assert_int_equal(find("b")->value.len, 0);
        assert_int_equal(find("file")->kind, PARAM_FILE);
        assert_str(find("file")->type, "image/png");
        assert_str(find("file")->value, "\x89PNG\r\n\0\xff");
}

static void a_file_may_hold_what_looks_like_a_delimiter(void **state) {
        assert_int_equal(parse("--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n"
                               "--xx\r\n--xy\n--xx--\r\r\n" END),
                         0);
        assert_str(find("f")->value, "--xx\r\n--xy\n--xx--\r");
        assert_null(find("f")->type.ptr);
}

#define LONGEST "0123456789012345678901234567890123456789012345678901234567890123456789"

static void boundaries_are_of_the_characters_that_the_rfc_names(void **state) {
        static const char *const good[] = { "multipart/form-data; boundary=xx",
                                            "multipart/form-data;boundary=\"xx\"",
                                            "multipart/form-data; charset=utf-8; Boundary=xx; q=1" };
        static const char *const bad[] = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"xx",
                "multipart/form-data; boundary=x*x",
                "multipart/form-data; boundary=\"x x\"",
                "multipart/form-data; boundary=" LONGEST "x",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_int_equal(parse_bytes(good[i], STR(TEXT_PART("a", "one") END)), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(parse_bytes(bad[i], STR(TEXT_PART("a", "one") END)), -ERR_BAD_FORM);
}

static void what_is_broken_is_refused(void **state) {
        static const char *const bad[] = {
                "",
                "--xx",
                "--xx--\r\n",
                "preamble\r\n" TEXT_PART("a", "one") END,
                TEXT_PART("a", "one"),
                TEXT_PART("a", "one") "--xx-",
                TEXT_PART("a", "one") "--xxjunk\r\n" END,
                TEXT_PART("a", "one") END "epilogue",
                "--xx\r\n\r\nno head\r\n" END,
                "--xx\r\nContent-Type: text/plain\r\n\r\nno name\r\n" END,
                "--xx\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\none\r\n" END,
                "--xx\r\nContent-Disposition: form-data; name=\"\"\r\n\r\none\r\n" END,
                "--xx\r\nContent-Disposition: form-data; name=\"a\r\n\r\none\r\n" END,
                "--xx\r\nContent-Disposition: form-data; name=\"a\"\n\none\r\n" END,
                "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; "
                "name=\"b\"\r\n\r\none\r\n" END,
                "--xx\r\nno colon\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n" END,
                "--xx\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\none\r\n" END,
                TEXT_PART("a", "\xff") END,
        };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                if (parse(bad[i]) != -ERR_BAD_FORM)
                        fail_msg("taken: %s", bad[i]);
        assert_int_equal(parse_bytes(TYPE, STR(TEXT_PART("a", "o\0e") END)), -ERR_BAD_FORM);
}

static void every_prefix_of_a_good_body_is_refused(void **state) {
        static const char body[] = TEXT_PART("a", "one") TEXT_PART("b", "two") "--xx--";

        assert_int_equal(parse(body), 0);
        for (size_t n = 0; n < sizeof(body) - 1; n++)
                assert_int_equal(parse_bytes(TYPE, str_n(body, n)), -ERR_BAD_FORM);
}

static void names_are_given_once(void **state) {
        assert_int_equal(parse(TEXT_PART("a", "one") TEXT_PART("a", "two") END), -ERR_REPEATED_PARAMETER);
}

static void there_are_sixteen_parts_and_eight_lines_at_most(void **state) {
        char body[4096];
        int n;

        for (unsigned parts = 15; parts <= 17; parts++) {
                n = 0;
                for (unsigned i = 0; i < parts; i++)
                        n += snprintf(body + n, sizeof(body) - (size_t)n, TEXT_PART("p%u", "v"), i);
                snprintf(body + n, sizeof(body) - (size_t)n, END);
                assert_int_equal(parse(body), parts <= 16 ? 0 : -ERR_TOO_LARGE);
        }
        for (unsigned more = 7; more <= 8; more++) {
                n = snprintf(body, sizeof(body), "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n");
                for (unsigned i = 0; i < more; i++)
                        n += snprintf(body + n, sizeof(body) - (size_t)n, "X-%u: y\r\n", i);
                snprintf(body + n, sizeof(body) - (size_t)n, "\r\nv\r\n" END);
                assert_int_equal(parse(body), more <= 7 ? 0 : -ERR_BAD_FORM);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(texts_and_files_are_taken_apart, begin, end),
                cmocka_unit_test_setup_teardown(a_file_may_hold_what_looks_like_a_delimiter, begin, end),
                cmocka_unit_test_setup_teardown(boundaries_are_of_the_characters_that_the_rfc_names, begin,
                                                end),
                cmocka_unit_test_setup_teardown(what_is_broken_is_refused, begin, end),
                cmocka_unit_test_setup_teardown(every_prefix_of_a_good_body_is_refused, begin, end),
                cmocka_unit_test_setup_teardown(names_are_given_once, begin, end),
                cmocka_unit_test_setup_teardown(there_are_sixteen_parts_and_eight_lines_at_most, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
