#include "pages/page_url.h"

#include "unit.h"

static void local_web_and_native_app_addresses_are_safe(void **state) {
        static const char *const good[] = { "/",
                                            "/login?next=%2F",
                                            "/#token",
                                            "http://localhost:8006/a",
                                            "HTTPS://example.org",
                                            "com.example.app:/callback?error=x",
                                            "com.example.app://x" };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                if (!page_url_is_safe(str_of(good[i])))
                        fail_msg("%s", good[i]);
}

static void everything_else_is_not(void **state) {
        static const char *const bad[] = { "",
                                           "javascript:alert(1)",
                                           "JavaScript:alert(1)",
                                           " javascript:alert(1)",
                                           "java\nscript:alert(1)",
                                           "\x01javascript:alert(1)",
                                           "javascript://a.b/%0aalert(1)",
                                           "data:text/html,x",
                                           "vbscript:x",
                                           "blob:https://example.org/1",
                                           "file:///etc/passwd",
                                           "about:blank",
                                           "//evil.example",
                                           "/\\evil.example",
                                           "\\\\evil.example",
                                           "/\t/evil.example",
                                           "https:evil.example",
                                           "http:/evil",
                                           "evil",
                                           "?x",
                                           "#x",
                                           ":x",
                                           ".x:y",
                                           "1.x:y",
                                           "a b.c:d",
                                           "mailto:a@example.org",
                                           "javascript&colon;alert(1)" };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                if (page_url_is_safe(str_of(bad[i])))
                        fail_msg("%s", bad[i]);
        assert_false(page_url_is_safe(STR("/a\0b")));
}

static void only_names_of_addresses_are_judged(void **state) {
        static const char *const judged[] = { "url", "action", "retry_url", "reset_action" };
        static const char *const free_ones[] = { "curl", "text", "transaction", "urls", "url_x", "" };
        json_t *evil = json_string("javascript:alert(1)"), *list = json_array();

        for (size_t i = 0; i < ARRAY_LENGTH(judged); i++) {
                assert_false(page_url_may_show(str_of(judged[i]), evil));
                assert_true(page_url_may_show(str_of(judged[i]), list));
        }
        for (size_t i = 0; i < ARRAY_LENGTH(free_ones); i++)
                assert_true(page_url_may_show(str_of(free_ones[i]), evil));
        json_decref(evil);
        json_decref(list);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(local_web_and_native_app_addresses_are_safe),
                cmocka_unit_test(everything_else_is_not),
                cmocka_unit_test(only_names_of_addresses_are_judged),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
