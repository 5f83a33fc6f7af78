#include "web/same_site.h"

#include "unit.h"

#include "base/context.h"
#include "http/request_int.h"

static const struct settings settings = { .public_url = STR_INIT("https://id.example.org") };
static const struct context context = { .settings = &settings };

static const struct route json = { .method = HTTP_POST, .access = ACCESS_SESSION };
static const struct route form = { .method = HTTP_POST,
                                   .access = ACCESS_SESSION,
                                   .flags = ROUTE_PAGE | ROUTE_FORM };

/* What a browser says of where a request comes from; NULL for what it does not send. */
static int check(const struct route *route, const char *site, const char *origin) {
        struct request req;
        int r;

        request_init(&req);
        req.context = &context;
        if (site)
                req.headers[req.n_headers++] = (struct http_header){ STR("Sec-Fetch-Site"), str_of(site) };
        if (origin)
                req.headers[req.n_headers++] = (struct http_header){ STR("Origin"), str_of(origin) };
        r = same_site_check(&req, route);
        request_done(&req);
        return r;
}

static void own_pages_pass(void **state) {
        assert_int_equal(check(&json, "same-origin", "https://id.example.org"), 0);
        assert_int_equal(check(&json, "same-origin", NULL), 0);
        assert_int_equal(check(&json, "none", NULL), 0);
        assert_int_equal(check(&json, NULL, "https://id.example.org"), 0);
        assert_int_equal(check(&form, "same-origin", "null"), 0);
}

static void other_sites_are_refused(void **state) {
        static const char *const sites[] = { "cross-site", "same-site", "", "SAME-ORIGIN",
                                             "same-origin, same-origin" };

        for (size_t i = 0; i < ARRAY_LENGTH(sites); i++) {
                assert_int_equal(check(&json, sites[i], NULL), -ERR_CROSS_SITE);
                assert_int_equal(check(&form, sites[i], "null"), -ERR_CROSS_SITE);
                assert_int_equal(check(&json, sites[i], "https://id.example.org"), -ERR_CROSS_SITE);
        }
}

static void an_old_browser_is_judged_by_its_origin_byte_for_byte(void **state) {
        static const char *const origins[] = { "https://evil.example",
                                               "https://id.example.org.evil.example",
                                               "http://id.example.org",
                                               "https://id.example.org:444",
                                               "https://ID.example.org",
                                               "https://id.example.org/",
                                               "" };

        for (size_t i = 0; i < ARRAY_LENGTH(origins); i++) {
                assert_int_equal(check(&json, NULL, origins[i]), -ERR_CROSS_SITE);
                assert_int_equal(check(&form, NULL, origins[i]), -ERR_CROSS_SITE);
        }
}

static void an_opaque_origin_passes_where_a_form_token_decides(void **state) {
        assert_int_equal(check(&form, NULL, "null"), 0);
        assert_int_equal(check(&json, NULL, "null"), -ERR_CROSS_SITE);
}

static void a_program_that_says_nothing_passes(void **state) {
        assert_int_equal(check(&json, NULL, NULL), 0);
}

static void what_no_cookie_opens_may_come_from_anywhere(void **state) {
        const struct route open[] = { { .method = HTTP_POST, .access = ACCESS_CLIENT },
                                      { .method = HTTP_POST, .access = ACCESS_API },
                                      { .method = HTTP_GET, .access = ACCESS_SESSION } };

        for (size_t i = 0; i < ARRAY_LENGTH(open); i++)
                assert_int_equal(check(&open[i], "cross-site", "https://evil.example"), 0);
}

static void a_get_that_changes_something_is_judged_as_a_post(void **state) {
        const struct route get = { .method = HTTP_GET, .access = ACCESS_SESSION, .flags = ROUTE_CHANGES };

        assert_int_equal(check(&get, "cross-site", NULL), -ERR_CROSS_SITE);
        assert_int_equal(check(&get, NULL, "https://evil.example"), -ERR_CROSS_SITE);
        assert_int_equal(check(&get, "same-origin", NULL), 0);
        assert_int_equal(check(&get, "none", NULL), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(own_pages_pass),
                cmocka_unit_test(other_sites_are_refused),
                cmocka_unit_test(an_old_browser_is_judged_by_its_origin_byte_for_byte),
                cmocka_unit_test(an_opaque_origin_passes_where_a_form_token_decides),
                cmocka_unit_test(a_program_that_says_nothing_passes),
                cmocka_unit_test(what_no_cookie_opens_may_come_from_anywhere),
                cmocka_unit_test(a_get_that_changes_something_is_judged_as_a_post),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
