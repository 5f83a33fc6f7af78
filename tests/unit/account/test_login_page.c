#include "support/fixture.h"
#include "support/pages.h"

#include <stdio.h>

#include "account/handlers.h"
#include "account/password.h"
#include "account/user.h"

static char stored[PASSWORD_HASH_MAX]; /* of "a long walk" */
static struct identity who;

static int make_person(struct request *req, struct response *res _unused_) {
        struct user_new user = { STR_INIT("ada@example.org"), STR_INIT("Ada"), str_of(stored), false };
        struct user_row row;

        return user_create(req->context, req->tx, &req->arena, &user, &row);
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        if (!stored[0])
                assert_int_equal(password_hash(&random_system, STR("a long walk"), stored), 0);
        assert_int_equal(fixture_transaction(&f, make_person), 0);
        who = (struct identity){ .kind = IDENTITY_NONE, .csrf = STR_INIT("the-csrf-token") };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        pages_forget();
        fixture_done(*state);
        return 0;
}

static int login_form(struct fixture *f, const char *form) {
        int r;

        fixture_post_form(f, form);
        f->req.identity = &who;
        r = fixture_steps(f, handle_login_form_reserve, handle_login_form_verify, handle_login_form_finish);
        if (r == STEP_DONE)
                fixture_keep_cookies(f);
        return r;
}

static void the_page_leads_on(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login_form(f, "email=ada%40example.org&password=a+long+walk&next=%2Fa%3Fb%3Dc"),
                         STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/a?b=c");
        assert_non_null(fixture_cookie(f, "gatehouse"));
}

static void the_page_never_leads_away(void **state) {
        struct fixture *f = *state;

        assert_int_equal(
                login_form(f, "email=ada%40example.org&password=a+long+walk&next=%2F%2Fevil.example"),
                STEP_DONE);
        assert_str(fixture_header(f, "Location"), "/");
}

static void the_page_is_shown_again_with_what_was_typed_but_the_password(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login_form(f, "email=ada%40example.org&password=oops+no&next=%2Fa"), STEP_DONE);
        assert_string_equal(pages_shown.name, "login");
        assert_int_equal(pages_shown.status, 401);
        assert_string_equal(pages_text("email", NULL), "ada@example.org");
        assert_string_equal(pages_text("next", NULL), "/a");
        assert_string_equal(pages_text("csrf", NULL), "the-csrf-token");
        assert_string_equal(pages_text("error", NULL), "The e-mail address or the password is wrong");
        assert_string_equal(pages_text("signup_url", NULL), "/signup?next=%2Fa");
        assert_null(json_object_get(pages_shown.data, "password"));
        assert_null(fixture_cookie(f, "gatehouse"));
}

static void the_page_says_when_to_try_again(void **state) {
        struct fixture *f = *state;

        for (unsigned i = 0; i < 10; i++)
                assert_int_equal(login_form(f, "email=ada%40example.org&password=oops+no"), STEP_DONE);
        for (unsigned i = 0; i < 20; i++) {
                assert_int_equal(login_form(f, "email=ada%40example.org&password=a+long+walk"), STEP_DONE);
                assert_int_equal(pages_shown.status, 429);
        }
        assert_string_equal(pages_text("error", NULL), "Too many attempts. Try again in a minute.");
        assert_str(fixture_header(f, "Retry-After"), "60");
}

static void control_characters_are_not_shown_again(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login_form(f, "email=a%01b&password=x"), STEP_DONE);
        assert_int_equal(pages_shown.status, 401);
        assert_string_equal(pages_text("email", NULL), "");
}

static bool app_is_active;

static int make_app(struct request *req, struct response *res _unused_) {
        struct app_row app;
        int r;

        r = db_app_insert(req->tx, STR("app-1"), STR("agpt_client_abc"), STR("Weather <b>"), STR_NULL,
                          STR_NULL, STR_NULL, STR_NULL, STR("https://app.example/cb"),
                          STR("authorization_code"), STR("IDENTITY"), STR("owner"), FIXTURE_START);
        if (r < 0 || app_is_active)
                return r < 0 ? r : 0;
        r = db_app_set_active(req->tx, &req->arena, STR("app-1"), STR("owner"), false, FIXTURE_START, &app);
        return r < 0 ? r : 0;
}

static void the_page_names_the_app_that_sent_the_person(void **state) {
        static const char next[] =
                "next=%2Fauth%2Fauthorize%3Fstate%3Dx%26client_id%3Dagpt_client_abc%26scope%3DY";
        struct fixture *f = *state;
        char form[256];

        app_is_active = true;
        fixture_get(f, next);
        assert_int_equal(fixture_transaction(f, make_app), 0);
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_string_equal(pages_text("app", "name"), "Weather <b>");

        snprintf(form, sizeof(form), "email=ada%%40example.org&password=oops+no&%s", next);
        assert_int_equal(login_form(f, form), STEP_DONE);
        assert_string_equal(pages_text("app", "name"), "Weather <b>");

        fixture_get(f, "next=%2Fauth%2Fauthorize%3Fclient_id%3Dagpt_client_xyz");
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_string_equal(pages_text("app", "name"), "");
        fixture_get(f, "next=%2Felsewhere%3Fclient_id%3Dagpt_client_abc");
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_string_equal(pages_text("app", "name"), "");
}

static void the_page_names_no_disabled_app(void **state) {
        struct fixture *f = *state;

        app_is_active = false;
        fixture_get(f, "next=%2Fauth%2Fauthorize%3Fclient_id%3Dagpt_client_abc");
        assert_int_equal(fixture_transaction(f, make_app), 0);
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_string_equal(pages_text("app", "name"), "");
}

static void who_is_signed_in_is_sent_on(void **state) {
        struct fixture *f = *state;

        who.kind = IDENTITY_SESSION;
        fixture_get(f, "next=%2Flogout");
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/logout");
}

static void the_page_tells_whether_signup_is_open(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_true(json_is_true(json_object_get(pages_shown.data, "signup_open")));
        assert_string_equal(pages_text("signup_url", NULL), "/signup");
        f->settings.signup_open = false;
        assert_int_equal(fixture_read(f, handle_login_page), STEP_DONE);
        assert_true(json_is_false(json_object_get(pages_shown.data, "signup_open")));
        assert_null(json_object_get(pages_shown.data, "error"));
}

static void the_logout_page_asks_and_its_form_leads_on(void **state) {
        struct fixture *f = *state;

        fixture_get(f, "next=%2Flogin");
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_logout_page), STEP_DONE);
        assert_int_equal(f->res.status, 303);

        who.kind = IDENTITY_SESSION;
        who.email = STR("ada@example.org");
        fixture_get(f, "next=%2Flogin");
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_logout_page), STEP_DONE);
        assert_string_equal(pages_shown.name, "logout");
        assert_string_equal(pages_text("person", "email"), "ada@example.org");
        assert_string_equal(pages_text("person", "initials"), "A");

        fixture_post_form(f, "next=%2Flogin");
        f->req.identity = &who;
        assert_int_equal(fixture_transaction(f, handle_logout_form), STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/login");
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(the_page_leads_on),
                T(the_page_never_leads_away),
                T(the_page_is_shown_again_with_what_was_typed_but_the_password),
                T(the_page_says_when_to_try_again),
                T(control_characters_are_not_shown_again),
                T(the_page_names_the_app_that_sent_the_person),
                T(the_page_names_no_disabled_app),
                T(who_is_signed_in_is_sent_on),
                T(the_page_tells_whether_signup_is_open),
                T(the_logout_page_asks_and_its_form_leads_on),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
