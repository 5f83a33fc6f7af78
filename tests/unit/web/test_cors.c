#include "web/cors.h"

#include "unit.h"

#include "http/request_int.h"
#include "web/route_table.h"

static struct request req;
static struct response res;

static int setup(void **state) {
        request_init(&req);
        res = (struct response){ .request = &req };
        strbuf_init(&res.body, 1024);
        return 0;
}

static int teardown(void **state) {
        strbuf_done(&res.body);
        request_done(&req);
        return 0;
}

static struct str field(const char *name) {
        for (size_t i = 0; i < res.n_headers; i++)
                if (str_eq_ignore_case(res.headers[i].name, str_of(name)))
                        return res.headers[i].value;
        return STR_NULL;
}

static void preflight(const char *path, const char *method) {
        res.n_headers = 0;
        req.n_headers = 0;
        req.path = str_of(path);
        req.headers[req.n_headers++] = (struct http_header){ STR("Origin"), STR("https://app.example") };
        if (method)
                req.headers[req.n_headers++] =
                        (struct http_header){ STR("Access-Control-Request-Method"), str_of(method) };
        cors_preflight(&req, &res, STR("POST, OPTIONS"));
}

static void endpoints_for_apps_are_open_without_cookies(void **state) {
        static const struct {
                const char *path, *method;
        } open[] = { { "/api/oauth/token", "POST" },
                     { "/api/oauth/introspect", "POST" },
                     { "/api/oauth/revoke", "POST" },
                     { "/.well-known/oauth-authorization-server", "GET" },
                     { "/external-api/v1/me", "GET" } };

        for (size_t i = 0; i < ARRAY_LENGTH(open); i++) {
                preflight(open[i].path, open[i].method);
                assert_str(field("Access-Control-Allow-Origin"), "*");
                assert_str(field("Access-Control-Allow-Methods"), "POST, OPTIONS");
                assert_contains(field("Access-Control-Allow-Headers"), "Authorization");
                assert_null(field("Access-Control-Allow-Credentials").ptr);
        }
}

static void what_a_session_opens_is_open_to_nobody(void **state) {
        static const char *const paths[] = {
                "/login",          "/auth/authorize",      "/api/oauth/authorize",
                "/api/auth/login", "/api/oauth/apps/mine", "/api/oauth/apps/x/status",
                "/nowhere"
        };
        static const char *const methods[] = { "GET", "POST", "PATCH", "DELETE", "get", "", NULL };

        for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
                for (size_t j = 0; j < ARRAY_LENGTH(methods); j++) {
                        preflight(paths[i], methods[j]);
                        assert_int_equal(res.n_headers, 0);
                }
}

static void a_method_that_the_path_has_not_is_not_allowed(void **state) {
        preflight("/api/oauth/token", "DELETE");
        assert_int_equal(res.n_headers, 0);
        preflight("/api/oauth/token", NULL);
        assert_int_equal(res.n_headers, 0);
}

static void an_answer_says_so_only_where_its_route_does(void **state) {
        const struct route open = { .flags = ROUTE_CORS }, shut = { .flags = ROUTE_PAGE };

        cors_allow(&req, &shut, &res);
        assert_int_equal(res.n_headers, 0);
        cors_allow(&req, &open, &res);
        assert_str(field("Access-Control-Allow-Origin"), "*");
        assert_contains(field("Access-Control-Expose-Headers"), "WWW-Authenticate");
}

static int init_routes(void **state) {
        return route_table_init();
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(endpoints_for_apps_are_open_without_cookies, setup, teardown),
                cmocka_unit_test_setup_teardown(what_a_session_opens_is_open_to_nobody, setup, teardown),
                cmocka_unit_test_setup_teardown(a_method_that_the_path_has_not_is_not_allowed, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(an_answer_says_so_only_where_its_route_does, setup, teardown),
        };

        return cmocka_run_group_tests(tests, init_routes, NULL);
}
