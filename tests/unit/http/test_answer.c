#include "http/answer.h"

#include "http/request_int.h"
#include "unit.h"

static const char date_line[] = "Date: Sat, 31 Jan 2026 23:59:59 GMT\r\n";
static struct request req;
static struct response res = { .request = &req, .body = STRBUF_INIT(1000) };

static int begin(void **state) {
        request_init(&req);
        return 0;
}

static int end(void **state) {
        request_done(&req);
        strbuf_done(&res.body);
        return 0;
}

static void fresh(void) {
        request_reset(&req);
        response_reset(&res);
        memcpy(req.id, "0123456789abcdef", 17);
}

static void assert_head(size_t body_len, bool close, const char *expected) {
        char out[2048];
        size_t n, room = answer_head_room(&res);

        assert_in_range(room, 1, sizeof(out));
        n = answer_head(out, &res, date_line, body_len, close);
        assert_in_range(n, 1, room);
        assert_int_equal(n, strlen(expected));
        assert_memory_equal(out, expected, n);
}

static void an_answer_carries_what_the_seam_adds(void **state) {
        fresh();
        response_begin(&res, 200, CONTENT_TYPE_JSON);
        response_header(&res, STR("X-Empty"), STR(""));
        assert_head(1234, false,
                    "HTTP/1.1 200 OK\r\nDate: Sat, 31 Jan 2026 23:59:59 GMT\r\n"
                    "Content-Type: application/json; charset=utf-8\r\nX-Empty: \r\n"
                    "X-Content-Type-Options: nosniff\r\n"
                    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                    "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\nContent-Length: 1234\r\n"
                    "X-Request-Id: 0123456789abcdef\r\n\r\n");
}

static void every_answer_carries_what_the_server_says(void **state) {
        fresh();
        res.server_fields = STR("Strict-Transport-Security: max-age=31536000\r\n");
        response_begin(&res, 200, CONTENT_TYPE_TEXT);
        assert_head(0, false,
                    "HTTP/1.1 200 OK\r\nDate: Sat, 31 Jan 2026 23:59:59 GMT\r\n"
                    "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
                    "Strict-Transport-Security: max-age=31536000\r\nContent-Length: 0\r\n"
                    "X-Request-Id: 0123456789abcdef\r\n\r\n");
        res.server_fields = STR_NULL;
}

static void the_last_answer_says_so(void **state) {
        fresh();
        res.status = 400;
        assert_head(0, true,
                    "HTTP/1.1 400 Bad Request\r\nDate: Sat, 31 Jan 2026 23:59:59 GMT\r\nContent-Length: 0\r\n"
                    "X-Request-Id: 0123456789abcdef\r\nConnection: close\r\n\r\n");
}

static void an_answer_without_content_has_no_length(void **state) {
        fresh();
        res.status = 204;
        assert_head(0, false,
                    "HTTP/1.1 204 No Content\r\nDate: Sat, 31 Jan 2026 23:59:59 GMT\r\n"
                    "X-Request-Id: 0123456789abcdef\r\n\r\n");
        assert_false(answer_has_body(204, HTTP_GET));
        assert_false(answer_has_body(304, HTTP_GET));
        assert_false(answer_has_body(200, HTTP_HEAD));
        assert_true(answer_has_body(200, HTTP_GET));
        assert_true(answer_has_body(404, HTTP_POST));
}

static void an_uncommon_status_has_a_line_too(void **state) {
        fresh();
        res.status = 299;
        assert_head(0, false,
                    "HTTP/1.1 299 \r\nDate: Sat, 31 Jan 2026 23:59:59 GMT\r\nContent-Length: 0\r\n"
                    "X-Request-Id: 0123456789abcdef\r\n\r\n");
}

static void room_holds_for_the_longest_numbers_and_fields(void **state) {
        char out[1024];

        fresh();
        res.status = 431;
        for (int i = 0; i < RESPONSE_HEADERS_MAX; i++)
                response_header(&res, STR("N"), STR("v"));
        assert_false(res.failed);
        assert_in_range(answer_head(out, &res, date_line, SIZE_MAX, true), 1, answer_head_room(&res));
}

static void a_field_that_would_forge_another_fails_the_answer(void **state) {
        static const char *const bad[] = { "a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "a\x01", "\x7f" };
        static const struct str ours[] = { STR_INIT("Content-Length"),
                                           STR_INIT("connection"),
                                           STR_INIT("DATE"),
                                           STR_INIT("Transfer-Encoding"),
                                           STR_INIT("x-request-id"),
                                           STR_INIT("Bad Name"),
                                           STR_INIT("") };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                fresh();
                response_header(&res, STR("X-A"), str_of(bad[i]));
                assert_true(res.failed);
                assert_int_equal(res.n_headers, 0);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(ours); i++) {
                fresh();
                response_header(&res, ours[i], STR("1"));
                assert_true(res.failed);
        }
        fresh();
        assert_int_equal(response_redirect(&res, STR("/next\r\nSet-Cookie: a=b")), 0);
        assert_true(res.failed);
}

static void one_field_too_many_fails_the_answer(void **state) {
        fresh();
        for (int i = 0; i < RESPONSE_HEADERS_MAX; i++)
                response_header(&res, STR("N"), STR("v"));
        assert_false(res.failed);
        response_header(&res, STR("N"), STR("v"));
        assert_true(res.failed);
}

static void a_redirect_is_a_303_with_its_own_copy(void **state) {
        char location[] = "/next?a=b";

        fresh();
        assert_int_equal(response_redirect(&res, str_of(location)), 0);
        location[1] = 'X';
        assert_int_equal(res.status, 303);
        assert_true(str_eq(res.headers[0].value, STR("/next?a=b")));
}

static void a_reset_forgets_and_wipes_the_body(void **state) {
        fresh();
        response_begin(&res, 200, CONTENT_TYPE_TEXT);
        response_no_store(&res);
        strbuf_append(&res.body, STR("secret"));
        response_reset(&res);
        assert_int_equal(res.status, 0);
        assert_int_equal(res.n_headers, 0);
        assert_int_equal(res.body.len, 0);
        assert_memory_equal(res.body.ptr, "\0\0\0\0\0", 6);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_answer_carries_what_the_seam_adds),
                cmocka_unit_test(every_answer_carries_what_the_server_says),
                cmocka_unit_test(the_last_answer_says_so),
                cmocka_unit_test(an_answer_without_content_has_no_length),
                cmocka_unit_test(an_uncommon_status_has_a_line_too),
                cmocka_unit_test(room_holds_for_the_longest_numbers_and_fields),
                cmocka_unit_test(a_field_that_would_forge_another_fails_the_answer),
                cmocka_unit_test(one_field_too_many_fails_the_answer),
                cmocka_unit_test(a_redirect_is_a_303_with_its_own_copy),
                cmocka_unit_test(a_reset_forgets_and_wipes_the_body),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
