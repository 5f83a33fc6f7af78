#include "http/request_int.h"
#include "http/response.h"

#include "unit.h"

static struct request req;
static struct response res = { .request = &req, .body = STRBUF_INIT(1000) };

static int begin(void **state) {
        request_init(&req);
        return 0;
}

static int end(void **state) {
        request_done(&req);
        return 0;
}

static void send_cookies(const char *first, const char *second) {
        request_reset(&req);
        req.headers[req.n_headers++] = (struct http_header){ STR("Accept"), STR("a=wrong") };
        req.headers[req.n_headers++] = (struct http_header){ STR("cOOkie"), str_of(first) };
        if (second)
                req.headers[req.n_headers++] = (struct http_header){ STR("Cookie"), str_of(second) };
}

static bool cookie_is(const char *name, const char *value) {
        struct str found = request_cookie(&req, str_of(name));

        return value ? found.ptr && str_eq(found, str_of(value)) : !found.ptr;
}

static void a_cookie_is_found_by_its_whole_name(void **state) {
        send_cookies("a=1; bb=2=3;c=\"q\" ;d=; e", "f=6");
        assert_true(cookie_is("a", "1"));
        assert_true(cookie_is("bb", "2=3"));
        assert_true(cookie_is("c", "\"q\""));
        assert_true(cookie_is("d", ""));
        assert_true(cookie_is("e", NULL));
        assert_true(cookie_is("f", "6"));
        assert_true(cookie_is("b", NULL));
        assert_true(cookie_is("A", NULL));
}

static void a_cookie_sent_twice_counts_as_absent(void **state) {
        send_cookies("a=1; b=2; a=1", NULL);
        assert_true(cookie_is("a", NULL));
        assert_true(cookie_is("b", "2"));
        send_cookies("a=1", "a=2");
        assert_true(cookie_is("a", NULL));
}

static void assert_sets(struct str value, int64_t max_age, bool secure, const char *expected) {
        response_reset(&res);
        assert_int_equal(response_cookie(&res, STR("n"), value, max_age, secure), 0);
        assert_int_equal(res.n_headers, 1);
        assert_false(res.failed);
        assert_true(str_eq(res.headers[0].name, STR("Set-Cookie")));
        assert_true(str_eq(res.headers[0].value, str_of(expected)));
}

static void a_cookie_is_set_with_its_attributes(void **state) {
        assert_sets(STR("v"), 60, false, "n=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        assert_sets(STR("v"), -1, true, "n=v; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_sets(STR(""), 0, true,
                    "n=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; "
                    "Secure");
}

static void a_value_that_could_add_attributes_is_refused(void **state) {
        static const char *const bad[] = {
                "a;b", "a b", "a,b", "a\\b", "a\"b", "a\r\nb", "\x7f", "\xc3\xa9"
        };
        char longest[COOKIE_VALUE_MAX + 1];

        response_reset(&res);
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(response_cookie(&res, STR("n"), str_of(bad[i]), 1, true), -ERR_INTERNAL);
        assert_int_equal(response_cookie(&res, STR("n="), STR("v"), 1, true), -ERR_INTERNAL);
        memset(longest, 'a', sizeof(longest));
        assert_int_equal(response_cookie(&res, STR("n"), str_n(longest, COOKIE_VALUE_MAX + 1), 1, true),
                         -ERR_INTERNAL);
        assert_int_equal(res.n_headers, 0);
        assert_int_equal(response_cookie(&res, STR("n"), str_n(longest, COOKIE_VALUE_MAX), 1, true), 0);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
                cmocka_unit_test(a_cookie_sent_twice_counts_as_absent),
                cmocka_unit_test(a_cookie_is_set_with_its_attributes),
                cmocka_unit_test(a_value_that_could_add_attributes_is_refused),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
