#include "http/guard.h"

#include "unit.h"

static int status_of(const struct refusal *refusal) {
        return refusal ? refusal->status : 0;
}

static void an_unknown_method_is_told_from_garbage(void **state) {
        assert_int_equal(status_of(guard_unknown_method(STR("FOOBAR / HTTP/1.1"))), 501);
        assert_int_equal(status_of(guard_unknown_method(STR("\r\n\r\nget / HTTP/1.1"))), 501);
        assert_int_equal(status_of(guard_unknown_method(STR("FO"))), 501);
        assert_int_equal(status_of(guard_unknown_method(STR("F\x01O / "))), 400);
        assert_int_equal(status_of(guard_unknown_method(STR(" GET / "))), 400);
        assert_int_equal(status_of(guard_unknown_method(STR("\r\n"))), 400);
        assert_int_equal(status_of(guard_unknown_method(STR(""))), 400);
}

/* The parser's view is made up here: target between `at` and `at + len`, version at `version`. */
static int request_line(const char *line, size_t at, size_t len, size_t version) {
        struct str start = str_of(line);

        return status_of(guard_request_line(start, str_n(line + at, len), line + version));
}

static void a_request_line_has_single_spaces_and_a_known_version(void **state) {
        assert_int_equal(request_line("GET /a HTTP/1.1\r\n", 4, 2, 12), 0);
        assert_int_equal(request_line("\r\nGET /a HTTP/1.0\r\n", 6, 2, 14), 0);
        assert_int_equal(request_line("GET  /a HTTP/1.1\r\n", 5, 2, 13), 400);
        assert_int_equal(request_line("GET /a  HTTP/1.1\r\n", 4, 2, 13), 400);
        assert_int_equal(request_line("GET /a HTTP/1.1 \r\n", 4, 2, 12), 400);
        assert_int_equal(request_line("GET /a HTTP/1.1\n\n", 4, 2, 12), 400);
        assert_int_equal(request_line("GET /a RTSP/1.0\r\n", 4, 2, 12), 400);
        assert_int_equal(request_line("GET /a HTTP/1.2\r\n", 4, 2, 12), 505);
        assert_int_equal(request_line("GET /a HTTP/2.0\r\n", 4, 2, 12), 505);
        assert_int_equal(request_line("GET /a HTTP/0.9\r\n", 4, 2, 12), 505);
        assert_int_equal(request_line("GET /a HTTP/1.1", 4, 2, 12), 400);
}

static void a_target_has_only_the_bytes_that_it_may_have(void **state) {
        for (int c = 0; c < 256; c++) {
                char target[2] = { '/', (char)c };
                bool good = c > 0x20 && c < 0x7f && c != '%' && !strchr("\"#<>\\^{|}`", c);

                assert_int_equal(status_of(guard_target(str_n(target, 2))), good ? 0 : 400);
        }
        assert_int_equal(status_of(guard_target(STR("/a?b=c&d=%20%7e[]"))), 0);
        assert_int_equal(status_of(guard_target(STR(""))), 400);
}

static void percent_signs_are_followed_by_two_hex_digits(void **state) {
        assert_int_equal(status_of(guard_target(STR("/%41%5a%ff"))), 0);
        assert_int_equal(status_of(guard_target(STR("/%"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%4"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%4g"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%%41"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%00"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%0a"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%0D"))), 400);
        assert_int_equal(status_of(guard_target(STR("/%41%0D"))), 400);
}

static void every_line_ends_in_cr_lf(void **state) {
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\r\n\r\n"))), 0);
        assert_int_equal(status_of(guard_lines(STR("\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n"))), 0);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\nA: b\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\r\n\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("\nGET / HTTP/1.1\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\r\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\n\tA: b\r\n\r\n"))), 400);
        assert_int_equal(status_of(guard_lines(STR("GET / HTTP/1.1\r\nA: b"))), 400);
}

static void chunk_framing_ends_in_cr_lf_across_pieces(void **state) {
        bool cr = false;

        assert_int_equal(status_of(guard_framing(STR("5;a=b\r"), &cr)), 0);
        assert_true(cr);
        assert_int_equal(status_of(guard_framing(STR("\n"), &cr)), 0);
        assert_false(cr);
        assert_int_equal(status_of(guard_framing(STR(""), &cr)), 0);
        assert_int_equal(status_of(guard_framing(STR("\r\n0\r\n\r\n"), &cr)), 0);
        assert_int_equal(status_of(guard_framing(STR("\n"), &cr)), 400);
        cr = true;
        assert_int_equal(status_of(guard_framing(STR("5"), &cr)), 400);
}

static void a_field_has_a_token_and_no_control_character(void **state) {
        for (int c = 0; c < 256; c++) {
                char byte = (char)c;
                bool token = c > 0x20 && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
                bool value = (c >= 0x20 && c != 0x7f) || c == '\t';

                assert_int_equal(status_of(guard_field(str_n(&byte, 1), STR("v"))), token ? 0 : 400);
                assert_int_equal(status_of(guard_field(STR("N"), str_n(&byte, 1))), value ? 0 : 400);
        }
        assert_int_equal(status_of(guard_field(STR(""), STR("v"))), 400);
        assert_int_equal(status_of(guard_field(STR("N"), STR(""))), 0);
        assert_int_equal(status_of(guard_field(STR("N"), STR("v\r\nSet-Cookie: a=b"))), 400);
}

static void a_host_is_a_name_or_an_address_with_a_port(void **state) {
        static const char *const good[] = {
                "a",     "example.com", "example.com:8006", "127.0.0.1:1",
                "[::1]", "[::1]:65535", "a_b-c~d",          "[::ffff:1.2.3.4]:80"
        };
        static const char *const bad[] = { "",       ":80",   "a:",       "a:x",     "a:123456", "a b",
                                           "a,b",    "a/b",   "u@a",      "[::1",    "[]",       "[::1]80",
                                           "[::1]:", "[abc]", "a:1:2",    "::1",     "a%41b",    "[g::]",
                                           "a?b",    "a#b",   "\xc3\xa9", "[::1]:8a" };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_null(guard_host(str_of(good[i])));
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(status_of(guard_host(str_of(bad[i]))), 400);
}

static void a_content_length_is_plain_digits(void **state) {
        static const char *const bad[] = { "",    "-1",  "+5",  "005", "00",  "5 ", " 5",
                                           "0x5", "5,5", "1_0", "5.0", "1e3", "a",  "1234567890123456789" };
        uint64_t n = 77;

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(status_of(guard_content_length(str_of(bad[i]), &n)), 400);
        assert_null(guard_content_length(STR("0"), &n));
        assert_int_equal(n, 0);
        assert_null(guard_content_length(STR("999999999999999999"), &n));
        assert_true(n == UINT64_C(999999999999999999));
}

static void names_that_frame_a_message_are_known_and_their_lookalikes_too(void **state) {
        static const struct {
                const char *name;
                enum guard_known known;
        } rows[] = {
                { "Host", GUARD_HOST },
                { "HOST", GUARD_HOST },
                { "content-length", GUARD_CONTENT_LENGTH },
                { "Transfer-Encoding", GUARD_TRANSFER_ENCODING },
                { "Content_Length", GUARD_LOOKALIKE },
                { "Content-Length-X", GUARD_LOOKALIKE },
                { "Content-Lengths", GUARD_LOOKALIKE },
                { "transfer_encoding", GUARD_LOOKALIKE },
                { "Transfer-Encoding2", GUARD_LOOKALIKE },
                { "Host_", GUARD_LOOKALIKE },
                { "Content-Type", GUARD_CONTENT_TYPE },
                { "Content-Language", GUARD_OTHER },
                { "Content", GUARD_OTHER },
                { "expect", GUARD_EXPECT },
                { "AUTHORIZATION", GUARD_AUTHORIZATION },
                { "Origin", GUARD_ORIGIN },
                { "x-api-key", GUARD_API_KEY },
                { "Hos", GUARD_OTHER },
                { "TE", GUARD_OTHER },
                { "", GUARD_OTHER },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                assert_int_equal(guard_name(str_of(rows[i].name)), rows[i].known);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_unknown_method_is_told_from_garbage),
                cmocka_unit_test(a_request_line_has_single_spaces_and_a_known_version),
                cmocka_unit_test(a_target_has_only_the_bytes_that_it_may_have),
                cmocka_unit_test(percent_signs_are_followed_by_two_hex_digits),
                cmocka_unit_test(every_line_ends_in_cr_lf),
                cmocka_unit_test(chunk_framing_ends_in_cr_lf_across_pieces),
                cmocka_unit_test(a_field_has_a_token_and_no_control_character),
                cmocka_unit_test(a_host_is_a_name_or_an_address_with_a_port),
                cmocka_unit_test(a_content_length_is_plain_digits),
                cmocka_unit_test(names_that_frame_a_message_are_known_and_their_lookalikes_too),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
