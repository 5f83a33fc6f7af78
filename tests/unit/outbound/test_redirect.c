#include "outbound/redirect.h"

#include <stdlib.h>

#include "unit.h"

static void leads(const char *from, const char *location, const char *to) {
        char *url = NULL;

        assert_int_equal(redirect_resolve(from, str_of(location), &url), 0);
        assert_string_equal(url, to);
        free(url);
}

static void leads_nowhere(const char *location) {
        char *url = NULL;

        assert_int_equal(redirect_resolve("https://a.example/x/y?z", str_of(location), &url), -ERR_OUTBOUND);
        assert_null(url);
}

static void locations_are_seen_from_where_they_were_sent(void **state) {
        leads("https://a.example/x/y?z", "/b", "https://a.example/b");
        leads("https://a.example/x/y?z", "b?c=d#e", "https://a.example/x/b?c=d");
        leads("https://a.example/x/y", "http://b.example:81/", "http://b.example:81/");
        leads("https://a.example/x/y", "//c.example/d", "https://c.example/d");
        leads("https://a.example/x", "/with space", "https://a.example/with%20space");
}

static void what_is_no_web_address_is_not_followed(void **state) {
        leads_nowhere("");
        leads_nowhere("file:///etc/passwd");
        leads_nowhere("gopher://a.example/");
        leads_nowhere("javascript:alert(1)");
        leads_nowhere("https://user:password@a.example/");
        leads_nowhere("https://");
        leads_nowhere("/a\nb");
}

static void credentials_stay_with_their_origin(void **state) {
        assert_true(redirect_same_origin("https://a.example/x", "https://A.example:443/y?z"));
        assert_false(redirect_same_origin("https://a.example/", "http://a.example/"));
        assert_false(redirect_same_origin("https://a.example/", "https://b.a.example/"));
        assert_false(redirect_same_origin("https://a.example/", "https://a.example:444/"));
}

static void a_redirected_form_becomes_a_get(void **state) {
        assert_true(redirect_drops_body(303, "PUT"));
        assert_true(redirect_drops_body(302, "POST"));
        assert_true(redirect_drops_body(301, "POST"));
        assert_false(redirect_drops_body(302, "PUT"));
        assert_false(redirect_drops_body(307, "POST"));
        assert_false(redirect_drops_body(308, "POST"));
        assert_false(redirect_drops_body(303, "HEAD"));
}

static void urls_are_web_addresses_without_passwords(void **state) {
        static const char *const bad[] = { "",
                                           "a.example",
                                           "ftp://a.example/",

                                           "https://u@a.example/",
                                           "http://u:p@a.example/",
                                           "https://a b/",
                                           "https://a.example:99999/" };

        assert_true(outbound_url_valid("https://a.example/x?y#z"));
        assert_true(outbound_url_valid("http://[2001:db8::1]:8080"));
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_false(outbound_url_valid(bad[i]));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(locations_are_seen_from_where_they_were_sent),
                cmocka_unit_test(what_is_no_web_address_is_not_followed),
                cmocka_unit_test(credentials_stay_with_their_origin),
                cmocka_unit_test(a_redirected_form_becomes_a_get),
                cmocka_unit_test(urls_are_web_addresses_without_passwords),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
