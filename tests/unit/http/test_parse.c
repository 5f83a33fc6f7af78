#include "http/parse.h"

#include <stdlib.h>

#include "http/request_int.h"
#include "unit.h"

static struct request req;
static struct parse parse;
static struct strbuf collected;
static char input[64 * 1024];
static size_t used;
static size_t consumed;

static int begin(void **state) {
        request_init(&req);
        strbuf_init(&collected, 100);
        return 0;
}

static int end(void **state) {
        request_done(&req);
        strbuf_done(&collected);
        return 0;
}

static void start(void) {
        request_reset(&req);
        strbuf_reset(&collected);
        parse_begin(&parse, &req);
        used = consumed = 0;
}

/* Brings bytes as the connection does: a chunked body is collected and makes room, another one stays in place. */
static enum parse_result feed(struct str bytes) {
        enum parse_result result;

        memcpy(input + used, bytes.ptr, bytes.len);
        used += bytes.len;
        do {
                result = parse_run(&parse, input, consumed, used, &consumed);
                if (result == PARSE_BODY) {
                        parse.refusal = parse_body(&parse, 100, parse.chunked ? &collected : NULL);
                        if (parse.refusal)
                                return PARSE_REFUSED;
                        if (consumed == used)
                                return PARSE_MORE;
                }
        } while (result == PARSE_BODY);
        if (result == PARSE_MORE && parse.collect)
                used = consumed = parse.head_len;
        return result;
}

/* The refusal's status, 0 when the message is complete, 1 when it is not. */
static int status_of(struct str message) {
        start();
        switch (feed(message)) {
        case PARSE_DONE:
                return 0;
        case PARSE_REFUSED:
                return parse.refusal->status;
        default:
                return 1;
        }
}

#define GET(fields)        STR("GET /a HTTP/1.1\r\nHost: h\r\n" fields "\r\n")
#define POST(fields, body) STR("POST /a HTTP/1.1\r\nHost: h\r\n" fields "\r\n" body)

static void assert_message(void) {
        assert_int_equal(req.method, HTTP_POST);
        assert_str(req.target, "/p%20q?x=%31");
        assert_str(req.path, "/p q");
        assert_str(req.query, "x=%31");
        assert_str(req.host, "example.com:80");
        assert_int_equal(req.n_headers, 5);
        assert_str(request_header(&req, STR("x-empty")), "");
        assert_str(request_header(&req, STR("X-SPACES")), "a  b");
        assert_str(req.body, "a=1&b=22");
        assert_int_equal(req.body_kind, BODY_FORM);
        assert_true(parse.keep_alive);
}

static void a_message_is_the_same_however_it_is_cut(void **state) {
        static const struct str forms[] = {
                STR_INIT("POST /p%20q?x=%31 HTTP/1.1\r\nHost: example.com:80\r\nX-Empty:\r\nX-Spaces: \ta  b "
                         "\t\r\n"
                         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                         "8\r\n\r\na=1&b=22"),
                STR_INIT("\r\nPOST http://example.com:80/p%20q?x=%31 HTTP/1.1\r\nHost: other\r\nX-Empty: \r\n"
                         "X-Spaces:a  b\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n3;e=\"v\"\r\na=1\r\n05\r\n&b=22\r\n0\r\nT: "
                         "t\r\n\r\n"),
        };

        for (size_t f = 0; f < ARRAY_LENGTH(forms); f++) {
                struct str whole = forms[f];

                for (size_t cut = 1; cut < whole.len; cut++) {
                        start();
                        assert_int_equal(feed(str_first(whole, cut)), PARSE_MORE);
                        assert_int_equal(feed(str_from(whole, cut)), PARSE_DONE);
                        assert_message();
                }
                start();
                for (size_t i = 0; i + 1 < whole.len; i++)
                        assert_int_equal(feed(str_n(whole.ptr + i, 1)), PARSE_MORE);
                assert_int_equal(feed(str_from(whole, whole.len - 1)), PARSE_DONE);
                assert_message();
        }
}

static void the_next_message_is_left_alone(void **state) {
        static const struct str first = STR_INIT("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");

        start();
        assert_int_equal(feed(STR("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGARBAGE")), PARSE_DONE);
        assert_int_equal(consumed, first.len);
        start();
        assert_int_equal(feed(POST("Content-Length: 2\r\n", "okGARBAGE")), PARSE_DONE);
        assert_str(req.body, "ok");
        assert_int_equal(used - consumed, 7);
        start();
        assert_int_equal(feed(POST("Transfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\r\nGARBAGE")),
                         PARSE_DONE);
        assert_str(req.body, "ok");
        assert_int_equal(used - consumed, 7);
}

static void host_is_needed_once(void **state) {
        assert_int_equal(status_of(GET("")), 0);
        assert_int_equal(status_of(STR("GET / HTTP/1.1\r\n\r\n")), 400);
        assert_int_equal(status_of(GET("Host: h\r\n")), 400);
        assert_int_equal(status_of(STR("GET / HTTP/1.0\r\n\r\n")), 0);
        assert_false(parse.keep_alive);
        assert_int_equal(req.host.len, 0);
        assert_int_equal(status_of(STR("GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET HTTPS://x?q HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_str(req.path, "/");
        assert_str(req.query, "q");
        assert_str(req.host, "x");
}

static void the_length_of_a_message_is_never_in_doubt(void **state) {
        assert_int_equal(status_of(POST("Content-Length: 2\r\nContent-Length: 2\r\n", "ok")), 400);
        assert_int_equal(status_of(POST("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
                         400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n")),
                         400);
        assert_int_equal(
                status_of(POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
                400);
        assert_int_equal(status_of(POST("Transfer-Encoding: gzip\r\n", "")), 501);
        assert_int_equal(status_of(POST("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n")), 501);
        assert_int_equal(status_of(STR("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
                         400);
        assert_int_equal(status_of(POST("Content-Length: 2 \r\n", "ok")), 400);
        assert_int_equal(status_of(POST("Content-Length:  2\r\n", "ok")), 400);
        assert_int_equal(status_of(POST("Content-Length:2\r\n", "ok")), 0);
        assert_int_equal(status_of(POST("Content_Length: 2\r\n", "")), 400);
        assert_int_equal(status_of(POST("Content-Length: 0\r\n", "")), 0);
        assert_int_equal(req.body_kind, BODY_NONE);
}

static void bodies_are_limited(void **state) {
        char text[300];

        assert_int_equal(status_of(POST("Content-Length: 100\r\n", "")), 1);
        assert_int_equal(status_of(POST("Content-Length: 101\r\n", "")), 413);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "65\r\n")), 1);
        memset(text, 'x', sizeof(text));
        assert_int_equal(feed(str_n(text, 100)), PARSE_MORE);
        assert_int_equal(feed(str_n(text, 1)), PARSE_REFUSED);
        assert_int_equal(parse.refusal->status, 413);
}

static void framing_is_limited(void **state) {
        char extension[1000];
        int pieces = 0;

        memset(extension, 'x', sizeof(extension));
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "1;e=")), 1);
        while (feed(str_n(extension, sizeof(extension))) == PARSE_MORE)
                assert_in_range(++pieces, 1, 17);
        assert_int_equal(parse.refusal->status, 431);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "0\r\nT: ")), 1);
        pieces = 0;
        while (feed(str_n(extension, sizeof(extension))) == PARSE_MORE)
                assert_in_range(++pieces, 1, 17);
        assert_int_equal(parse.refusal->status, 431);
}

static int status_of_target(size_t len) {
        struct strbuf message = STRBUF_INIT(100000);
        int status;

        strbuf_append(&message, STR("GET /"));
        for (size_t i = 1; i < len; i++)
                strbuf_append_char(&message, 'a');
        strbuf_append(&message, STR(" HTTP/1.1\r\nHost: h\r\n\r\n"));
        status = status_of(strbuf_str(&message));
        strbuf_done(&message);
        return status;
}

static int status_of_fields(int n, size_t len) {
        struct strbuf message = STRBUF_INIT(100000);
        int status;

        strbuf_append(&message, STR("GET / HTTP/1.1\r\nHost: h\r\n"));
        for (int i = 1; i < n; i++) {
                strbuf_append(&message, STR("A: "));
                for (size_t k = 0; k < len; k++)
                        strbuf_append_char(&message, 'a');
                strbuf_append(&message, STR("\r\n"));
        }
        strbuf_append(&message, STR("\r\n"));
        status = status_of(strbuf_str(&message));
        strbuf_done(&message);
        return status;
}

static void chunk_framing_is_strict(void **state) {
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\r\n")), 0);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\n")), 400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "2\r\nok\n0\r\n\r\n")), 400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "2\nok\r\n0\r\n\r\n")), 400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "2;\r\nok\r\n0\r\n\r\n")), 400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "0x2\r\nok\r\n0\r\n\r\n")), 400);
        assert_int_equal(status_of(POST("Transfer-Encoding: chunked\r\n", "-2\r\nok\r\n0\r\n\r\n")), 400);
}

static void heads_are_limited(void **state) {
        assert_int_equal(status_of_target(REQUEST_TARGET_MAX), 0);
        assert_int_equal(status_of_target(REQUEST_TARGET_MAX + 1), 414);
        assert_int_equal(status_of_fields(REQUEST_HEADERS_MAX, 1), 0);
        assert_int_equal(req.n_headers, REQUEST_HEADERS_MAX);
        assert_int_equal(status_of_fields(REQUEST_HEADERS_MAX + 1, 1), 431);
        assert_int_equal(status_of_fields(2, 16340), 0);
        assert_int_equal(parse.head_len, 16340 + 32);
        assert_int_equal(status_of_fields(2, REQUEST_HEAD_MAX - 31), 431);
        assert_int_equal(status_of_fields(2, REQUEST_HEAD_MAX - 32), 0);
}

static void paths_with_a_hidden_slash_or_control_are_refused(void **state) {
        assert_int_equal(status_of(STR("GET /a%2fb HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET /a%2Fb HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET /a%01b HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET /a%7fb HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET /a%ffb HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("GET /a%252fb HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_str(req.path, "/a%2fb");
        assert_int_equal(status_of(STR("GET /a?b=%2f HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_int_equal(status_of(STR("GET /%2e%2e/a HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_str(req.path, "/../a");
}

static void the_other_rules_hold(void **state) {
        assert_int_equal(status_of(GET("Expect: 100-continue\r\n")), 0);
        assert_int_equal(status_of(GET("Expect: 200-ok\r\n")), 417);
        assert_int_equal(status_of(GET("Expect: 100-continue\r\nExpect: 100-continue\r\n")), 417);
        assert_int_equal(status_of(GET("Authorization: a\r\nauthorization: a\r\n")), 400);
        assert_int_equal(status_of(GET("Content-Type: a\r\nContent-Type: a\r\n")), 400);
        assert_int_equal(status_of(GET("Origin: a\r\nOrigin: a\r\n")), 400);
        assert_int_equal(status_of(GET("X-API-Key: a\r\nX-API-Key: a\r\n")), 400);
        assert_int_equal(status_of(GET("Cookie: a\r\nCookie: a\r\n")), 0);
        assert_int_equal(status_of(GET("A: b\r\n c\r\n")), 400);
        assert_int_equal(status_of(STR("GET * HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_int_equal(status_of(STR("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
        assert_int_equal(req.method, HTTP_METHOD_OTHER);
        assert_int_equal(status_of(STR("GET / RTSP/1.0\r\nHost: h\r\n\r\n")), 400);
        assert_int_equal(status_of(STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), 505);
        assert_int_equal(status_of(GET("Connection: keep-alive, Close\r\n")), 0);
        assert_false(parse.keep_alive);
        assert_int_equal(status_of(GET("Connection: Upgrade\r\nUpgrade: websocket\r\n")), 0);
        assert_true(parse.keep_alive);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_message_is_the_same_however_it_is_cut),
                cmocka_unit_test(the_next_message_is_left_alone),
                cmocka_unit_test(host_is_needed_once),
                cmocka_unit_test(the_length_of_a_message_is_never_in_doubt),
                cmocka_unit_test(bodies_are_limited),
                cmocka_unit_test(framing_is_limited),
                cmocka_unit_test(chunk_framing_is_strict),
                cmocka_unit_test(heads_are_limited),
                cmocka_unit_test(paths_with_a_hidden_slash_or_control_are_refused),
                cmocka_unit_test(the_other_rules_hold),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
