#include "pages/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "exchange.h"
#include "pages/embed.h"
#include "unit.h"

static struct page_theme *load(void) {
        struct page_theme_options options = { .platform_name = STR("Gatehouse") };
        struct page_theme *theme = NULL;
        char problem[256];

        if (page_theme_load(&options, &theme, problem) < 0)
                fail_msg("%s", problem);
        return theme;
}

static void a_page_bears_its_headers(void **state) {
        struct page_theme *theme = load();
        struct exchange *x = exchange_new();
        struct response *res = &x->response;

        assert_int_equal(page_respond(theme, res, 403, "signup_closed", json_object()), 0);
        assert_int_equal(res->status, 403);
        assert_false(res->failed);
        assert_str(field(res, "Content-Type"), "text/html; charset=utf-8");
        assert_str(field(res, "Content-Security-Policy"), "default-src 'none'; style-src 'self'; img-src "
                                                          "'self' data:; font-src 'self'; base-uri 'none'; "
                                                          "frame-ancestors 'none'; form-action 'self'");
        assert_str(field(res, "X-Frame-Options"), "DENY");
        assert_str(field(res, "Referrer-Policy"), "no-referrer");
        assert_contains(res->fixed_fields, "X-Content-Type-Options: nosniff\r\n");
        assert_str(field(res, "Cross-Origin-Opener-Policy"), "same-origin");
        assert_contains(field(res, "Permissions-Policy"), "camera=()");
        assert_str(field(res, "Cache-Control"), "no-store");
        assert_contains(strbuf_str(&res->body), "Sign-up is closed");
        exchange_free(x);
        page_theme_free(theme);
}

static void forms_that_end_at_an_app_are_not_held_back(void **state) {
        static const char *const pages[] = { "authorize", "login", "logout", "setup", "signup" };
        struct page_theme *theme = load();

        for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
                struct exchange *x = exchange_new();

                assert_int_equal(page_respond(theme, &x->response, 200, pages[i], json_object()), 0);
                assert_contains(field(&x->response, "Content-Security-Policy"), "frame-ancestors 'none'");
                assert_false(
                        str_contains(field(&x->response, "Content-Security-Policy"), STR("form-action")));
                exchange_free(x);
        }
        page_theme_free(theme);
}

/* Pages whose templates have scripts, and no others, may run some. */
static void scripts_are_files_and_only_where_there_are_some(void **state) {
        struct page_theme *theme = load();
        size_t n = 0;

        for (size_t i = 0; i < page_templates_count; i++) {
                struct exchange *x = exchange_new();
                struct str name = str_first(page_templates[i].name, page_templates[i].name.len - 5), policy;
                bool scripts = str_contains(page_templates[i].bytes, STR("<script src="));
                char text[64];

                snprintf(text, sizeof(text), STR_FMT, STR_ARG(name));
                assert_int_equal(page_respond(theme, &x->response, 200, text, json_object()), 0);
                policy = field(&x->response, "Content-Security-Policy");
                assert_true(str_contains(policy, STR("script-src 'self'")) == scripts);
                assert_true(str_contains(policy, STR("script-src")) == scripts);
                assert_true(str_contains(page_templates[i].bytes, STR("<script")) == scripts);
                assert_false(str_contains(policy, STR("unsafe")));
                n += scripts;
                exchange_free(x);
        }
        assert_true(n > 0);
        page_theme_free(theme);
}

static void a_page_that_cannot_be_made_is_an_error(void **state) {
        struct page_theme *theme = load();
        struct exchange *x = exchange_new();

        assert_int_equal(page_respond(theme, &x->response, 200, "nowhere", json_object()), -ERR_INTERNAL);
        assert_int_equal(page_respond(theme, &x->response, 200, "login", NULL), -ERR_NO_MEMORY);
        x->response.body.max = 100;
        assert_int_equal(page_respond(theme, &x->response, 200, "login", json_object()), -ERR_NO_MEMORY);
        assert_int_equal(x->response.n_headers, 0);
        exchange_free(x);
        page_theme_free(theme);
}

static void other_answers_allow_nothing(void **state) {
        struct exchange *x = exchange_new();

        page_security_headers(&x->response);
        assert_str(field(&x->response, "Content-Security-Policy"),
                   "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assert_false(field(&x->response, "Cache-Control").ptr);
        exchange_free(x);
}

static void the_data_can_set_the_title(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme *theme = load();
        json_t *data = json_pack("{s:s}", "title", "Own <title>");

        assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, "login", data, &out), 0);
        assert_contains(strbuf_str(&out), "<title>Own &lt;title&gt; · Gatehouse</title>");
        json_decref(data);
        page_theme_free(theme);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_bears_its_headers),
                cmocka_unit_test(forms_that_end_at_an_app_are_not_held_back),
                cmocka_unit_test(scripts_are_files_and_only_where_there_are_some),
                cmocka_unit_test(a_page_that_cannot_be_made_is_an_error),
                cmocka_unit_test(other_answers_allow_nothing),
                cmocka_unit_test(the_data_can_set_the_title),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
