#include "support/fixture.h"

#include <stdio.h>

#include "account/csrf.h"
#include "account/session.h"

static struct identity who;

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        who = (struct identity){ .kind = IDENTITY_NONE };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

/* The token that a page shows to this browser. */
static void load_page(struct fixture *f, char token[CSRF_LENGTH + 1]) {
        fixture_get(f, NULL);
        assert_int_equal(csrf_prepare(&f->req, &f->res, &who), 0);
        fixture_keep_cookies(f);
        assert_int_equal(who.csrf.len, CSRF_LENGTH);
        snprintf(token, CSRF_LENGTH + 1, STR_FMT, STR_ARG(who.csrf));
}

static int post(struct fixture *f, const char *format, const char *token) {
        char form[256];

        snprintf(form, sizeof(form), format, token);
        fixture_post_form(f, form);
        assert_int_equal(csrf_prepare(&f->req, &f->res, &who), 0);
        f->req.identity = &who;
        return csrf_check(&f->req);
}

static void a_form_made_for_this_browser_is_taken(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1];

        load_page(f, token);
        assert_int_equal(post(f, "csrf=%s", token), 0);
        assert_null(fixture_header(f, "Set-Cookie").ptr); /* the browser has its cookie */
}

static void the_browser_cookie_is_random_and_ends_with_the_browser(void **state) {
        struct fixture *f = *state;
        char one[CSRF_LENGTH + 1], two[CSRF_LENGTH + 1];

        load_page(f, one);
        assert_int_equal(strlen(fixture_cookie(f, "gatehouse_browser")->value), 43);
        assert_false(
                str_contains(str_of(fixture_cookie(f, "gatehouse_browser")->attributes), STR("Max-Age")));
        f->n_cookies = 0;
        load_page(f, two);
        assert_string_not_equal(one, two);
}

static void a_missing_empty_or_changed_token_is_refused(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1];

        load_page(f, token);
        assert_int_equal(post(f, "x=%s", token), -ERR_CSRF);
        assert_int_equal(post(f, "csrf=%s", ""), -ERR_CSRF);
        token[0] = token[0] == 'A' ? 'B' : 'A';
        assert_int_equal(post(f, "csrf=%s", token), -ERR_CSRF);
        load_page(f, token);
        token[CSRF_LENGTH - 1] = 0;
        assert_int_equal(post(f, "csrf=%s", token), -ERR_CSRF);
}

static void another_browsers_token_is_refused(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1], mine[CSRF_LENGTH + 1];

        load_page(f, token);
        f->n_cookies = 0;
        load_page(f, mine);
        assert_int_equal(post(f, "csrf=%s", token), -ERR_CSRF);
        f->n_cookies = 0;
        assert_int_equal(post(f, "csrf=%s", mine), -ERR_CSRF); /* a browser that never loaded a page */
}

static void a_session_binds_in_place_of_the_browser_cookie(void **state) {
        struct fixture *f = *state;
        char before[CSRF_LENGTH + 1], after[CSRF_LENGTH + 1];

        load_page(f, before);
        fixture_set_cookie(f, "gatehouse", "gh_s_one");
        who.kind = IDENTITY_SESSION;
        load_page(f, after);
        assert_string_not_equal(before, after);
        assert_int_equal(post(f, "csrf=%s", before), -ERR_CSRF);
        assert_int_equal(post(f, "csrf=%s", after), 0);
        fixture_set_cookie(f, "gatehouse", "gh_s_two");
        assert_int_equal(post(f, "csrf=%s", after), -ERR_CSRF);
}

static void a_planted_cookie_of_the_wrong_form_is_replaced(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1];

        fixture_set_cookie(f, "gatehouse_browser", "evil");
        load_page(f, token);
        assert_string_not_equal(fixture_cookie(f, "gatehouse_browser")->value, "evil");
}

static void on_https_the_cookie_is_bound_to_the_host(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1];

        f->settings.public_https = true;
        load_page(f, token);
        assert_non_null(fixture_cookie(f, "__Host-gatehouse_browser"));
        assert_contains(str_of(fixture_cookie(f, "__Host-gatehouse_browser")->attributes), "Secure");
}

static void tokens_of_another_server_are_refused(void **state) {
        struct fixture *f = *state;
        char token[CSRF_LENGTH + 1];

        load_page(f, token);
        f->context.server_key = f->context.process_key;
        assert_int_equal(post(f, "csrf=%s", token), -ERR_CSRF);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_form_made_for_this_browser_is_taken, setup, teardown),
                cmocka_unit_test_setup_teardown(the_browser_cookie_is_random_and_ends_with_the_browser, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_missing_empty_or_changed_token_is_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(another_browsers_token_is_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(a_session_binds_in_place_of_the_browser_cookie, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_planted_cookie_of_the_wrong_form_is_replaced, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(on_https_the_cookie_is_bound_to_the_host, setup, teardown),
                cmocka_unit_test_setup_teardown(tokens_of_another_server_are_refused, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
