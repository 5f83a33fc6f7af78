#include "unit.h"

#include "account/next.h"
#include "support/fixture.h"

static void local_paths_are_kept(void **state _unused_) {
        static const char *const good[] = {
                "/",
                "/logout",
                "/auth/authorize?client_id=a%26b&scope=IDENTITY%20READ_GRAPH&state=%C3%A9",
                "/auth/authorize?redirect_uri=https://app.example/cb",
                "/a#b//c",
                "/.well-known/x",
                "/100%"
        };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_true(str_eq(next_path(str_of(good[i])), str_of(good[i])));
}

static void what_leads_away_becomes_the_home_page(void **state _unused_) {
        static const char *const bad[] = { "",
                                           "//evil.example",
                                           "///evil.example",
                                           "/\\evil.example",
                                           "\\\\evil.example",
                                           "https:evil.example",
                                           "https://evil.example/",
                                           "%2f%2fevil.example",
                                           "/%2fevil.example",
                                           "/%2Fevil.example",
                                           "/%5cevil.example",
                                           "/%5Cevil.example",
                                           "javascript:alert(1)",
                                           "/\t/evil.example",
                                           "/\n/evil.example",
                                           "\t//evil.example",
                                           " //evil.example",
                                           "/..//evil.example",
                                           "/.//evil.example",
                                           "evil.example",
                                           "@evil.example",
                                           "/a\r\nSet-Cookie: x=y",
                                           "/a%0d%0ab",
                                           "/a%00b",
                                           "/a b",
                                           "/caf\u00e9",
                                           "/a\x7f",
                                           "/a?b\\c" };

        assert_str(next_path(STR_NULL), "/");
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_str(next_path(str_of(bad[i])), "/");
}

static void a_nul_byte_is_no_end(void **state _unused_) {
        assert_str(next_path(STR("/a\0//evil.example")), "/");
}

static void a_path_that_is_too_long_becomes_the_home_page(void **state _unused_) {
        static char text[NEXT_MAX + 2];

        memset(text, 'a', sizeof(text) - 1);
        text[0] = '/';
        assert_str(next_path(str_of(text)), "/");
        text[NEXT_MAX] = 0;
        assert_int_equal(next_path(str_of(text)).len, NEXT_MAX);
}

static void a_link_carries_the_path_encoded(void **state _unused_) {
        struct strbuf out = STRBUF_INIT(1024);

        next_link(STR("/login"), STR("/a?b=c&d=%20"), &out);
        assert_str(strbuf_str(&out), "/login?next=%2Fa%3Fb%3Dc%26d%3D%2520");
        strbuf_reset(&out);
        next_link(STR("/login"), STR("/"), &out);
        assert_str(strbuf_str(&out), "/login");
        strbuf_done(&out);
}

static void who_must_sign_in_is_led_back(void **state _unused_) {
        struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        assert_int_equal(next_after_login(&f.req, &f.res, STR("/a?b=c%20d"), false), 0);
        assert_str(fixture_header(&f, "Location"), "/login?next=%2Fa%3Fb%3Dc%2520d");
        assert_false(login_again(&f.req));
        fixture_get(&f, "prompt=login&next=%2F");
        assert_true(login_again(&f.req));
        assert_int_equal(next_after_login(&f.req, &f.res, STR("/a"), true), 0);
        assert_str(fixture_header(&f, "Location"), "/login?prompt=login&next=%2Fa");
        fixture_done(&f);
}

static void a_way_back_too_long_for_an_address_is_refused(void **state _unused_) {
        static char path[REQUEST_TARGET_MAX];
        struct fixture f;

        memset(path, '/', sizeof(path));
        fixture_init(&f);
        fixture_get(&f, NULL);
        assert_int_equal(next_after_login(&f.req, &f.res, str_n(path, sizeof(path)), false),
                         -ERR_BAD_REQUEST);
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(local_paths_are_kept),
                cmocka_unit_test(what_leads_away_becomes_the_home_page),
                cmocka_unit_test(a_nul_byte_is_no_end),
                cmocka_unit_test(a_path_that_is_too_long_becomes_the_home_page),
                cmocka_unit_test(a_link_carries_the_path_encoded),
                cmocka_unit_test(who_must_sign_in_is_led_back),
                cmocka_unit_test(a_way_back_too_long_for_an_address_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
