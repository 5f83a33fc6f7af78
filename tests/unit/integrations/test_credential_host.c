#include "integrations/credential_host.h"

#include "unit.h"

#include "base/errors.h"

static struct arena arena;

static int setup(void **state) {
        arena_init(&arena, 1024 * 1024);
        return 0;
}

static int teardown(void **state) {
        arena_done(&arena);
        return 0;
}

static void hosts_are_read_in_lower_case(void **state) {
        static const char *const good[][2] = {
                { "api.example.com", "api.example.com" },
                { "API.Example.COM.", "api.example.com" },
                { "localhost", "localhost" },
                { "10.0.0.1", "10.0.0.1" },
                { "*.Example.com", "*.example.com" },
                { "a_b.example.com", "a_b.example.com" },
                { "xn--bcher-kva.example", "xn--bcher-kva.example" },
        };
        const char *problem;
        struct str host;

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
                assert_int_equal(credential_host_read(&arena, str_of(good[i][0]), &host, &problem), 0);
                assert_true(str_eq(host, str_of(good[i][1])));
        }
}

static void what_is_no_host_is_refused(void **state) {
        static const char *const bad[] = {
                "",  ".",  "..",    "a..b",   "-a.b",  "a-.b",  "a b",          "a/b",   "a:1",  "[::1]",
                "*", "*.", "*.com", "**.a.b", "*.*.b", "a.*.b", "\xc3\xa9.com", "u@a.b", "a%2e", "a\nb"
        };
        const char *problem;
        struct str host;
        char label[70];

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                problem = NULL;
                assert_int_equal(credential_host_read(&arena, str_of(bad[i]), &host, &problem),
                                 -ERR_INVALID_FIELD);
                assert_non_null(problem);
        }
        memset(label, 'a', sizeof(label));
        assert_int_equal(credential_host_read(&arena, str_n(label, 63), &host, &problem), 0);
        assert_int_equal(credential_host_read(&arena, str_n(label, 64), &host, &problem), -ERR_INVALID_FIELD);
}

static int read(const char *json) {
        static struct credential_secret secret;
        const char *problem = NULL;
        int r;

        credential_secret_init(&secret);
        r = credential_headers_read(&arena, str_of(json), &secret, &problem);
        assert_int_equal(r == -ERR_INVALID_FIELD, problem != NULL);
        return r < 0 ? r : (int)secret.n_headers;
}

static void headers_are_read(void **state) {
        assert_int_equal(read("{}"), 0);
        assert_int_equal(read("{\"Authorization\":\"Bearer x\",\"X-Key\":\"a b\"}"), 2);
}

static void what_could_reroute_or_split_a_message_is_refused(void **state) {
        static const char *const bad[] = {
                "[]",
                "1",
                "{",
                "{\"a\":1}",
                "{\"a\":{}}",
                "{\"a\":\"b\",\"A\":\"c\"}",
                "{\"a\":\"b\",\"a\":\"c\"}",
                "{\"host\":\"x\"}",
                "{\"Content-Length\":\"1\"}",
                "{\"transfer-encoding\":\"x\"}",
                "{\"Connection\":\"x\"}",
                "{\"proxy-x\":\"x\"}",
                "{\"a b\":\"x\"}",
                "{\"\":\"x\"}",
                "{\"a:\":\"x\"}",
                "{\"a\":\"x\\r\\ny: z\"}",
                "{\"a\":\"x\\ny\"}",
                "{\"a\":\"\"}",
                "{\"a\":\" x\"}",
                "{\"a\":\"x\\u007f\"}",
                "{\"a\":\"x\\ty\"}",
                "{\"a\":\"\\u0000\"}",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(read(bad[i]), -ERR_INVALID_FIELD);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(hosts_are_read_in_lower_case, setup, teardown),
                cmocka_unit_test_setup_teardown(what_is_no_host_is_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(headers_are_read, setup, teardown),
                cmocka_unit_test_setup_teardown(what_could_reroute_or_split_a_message_is_refused, setup,
                                                teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
