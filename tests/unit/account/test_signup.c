#include "support/fixture.h"
#include "support/pages.h"

#include "account/handlers.h"
#include "account/identity.h"
#include "account/password.h"
#include "db/statements.h"

static struct identity who;

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        who = (struct identity){ .kind = IDENTITY_NONE, .csrf = STR_INIT("the-csrf-token") };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        pages_forget();
        fixture_done(*state);
        return 0;
}

static int signup(struct fixture *f, const char *json) {
        int r;

        fixture_post_json(f, json);
        r = fixture_steps(f, handle_signup_reserve, handle_signup_hash, handle_signup_finish);
        if (r == STEP_DONE)
                fixture_keep_cookies(f);
        return r;
}

static int signup_form(struct fixture *f, const char *form) {
        int r;

        fixture_post_form(f, form);
        f->req.identity = &who;
        r = fixture_steps(f, handle_signup_form_reserve, handle_signup_hash, handle_signup_form_finish);
        if (r == STEP_DONE)
                fixture_keep_cookies(f);
        return r;
}

static struct user_row row;

static int read_row(struct request *req, struct response *res _unused_) {
        return db_user_by_email(req->tx, &req->arena, STR("ada@example.org"), &row);
}

static bool stored(struct fixture *f) {
        return fixture_read(f, read_row) == 1;
}

static const char good[] =
        "{\"email\":\"Ada@example.org\",\"password\":\"a long walk\",\"name\":\" Ada Lovelace \"}";

static void a_person_is_stored_and_signed_in(void **state) {
        struct fixture *f = *state;

        assert_int_equal(signup(f, good), STEP_DONE);
        assert_int_equal(f->res.status, 200);
        assert_contains(strbuf_str(&f->res.body), "\"email\":\"ada@example.org\"");
        assert_contains(strbuf_str(&f->res.body), "\"name\":\"Ada Lovelace\"");
        assert_str(fixture_header(f, "Cache-Control"), "no-store");
        assert_non_null(fixture_cookie(f, "gatehouse"));
        assert_non_null(fixture_cookie(f, "gatehouse_device"));
        assert_true(stored(f));
        assert_false(row.is_admin);
        assert_int_equal(password_verify(STR("a long walk"), row.password_hash), 0);
}

static void nobody_makes_themselves_an_administrator(void **state) {
        struct fixture *f = *state;

        assert_int_equal(
                signup(f, "{\"email\":\"ada@example.org\",\"password\":\"a long walk\",\"is_admin\":true}"),
                STEP_DONE);
        assert_true(stored(f));
        assert_false(row.is_admin);
}

static void a_taken_address_costs_what_a_new_one_costs(void **state) {
        struct fixture *f = *state;
        uint64_t before = password_computations();

        assert_int_equal(signup(f, good), STEP_DONE);
        assert_int_equal(password_computations() - before, 1);
        f->n_cookies = 0;
        assert_int_equal(signup(f, good), -ERR_EMAIL_TAKEN);
        assert_int_equal(password_computations() - before, 2);
}

static void of_two_at_once_one_gets_the_address(void **state) {
        struct fixture *f = *state;
        void *first;

        fixture_post_json(f, good);
        assert_int_equal(fixture_transaction(f, handle_signup_reserve), STEP_NEXT);
        assert_int_equal(fixture_worker(f, handle_signup_hash), STEP_NEXT);
        first = f->req.step_data;
        assert_int_equal(fixture_transaction(f, handle_signup_finish), STEP_DONE);
        f->req.step_data = first;
        assert_int_equal(fixture_transaction(f, handle_signup_finish), -ERR_EMAIL_TAKEN);
}

static void wrong_fields_are_named(void **state) {
        static const struct {
                const char *json, *field;
        } cases[] = {
                { "{\"password\":\"a long walk\"}", "email" },
                { "{\"email\":\"ada@example.org\"}", "password" },
                { "{\"email\":\"\",\"password\":\"a long walk\"}", "email" },
                { "{\"email\":\"ada\",\"password\":\"a long walk\"}", "email" },
                { "{\"email\":\"ada@example.org\",\"password\":\"short\"}", "password" },
                { "{\"email\":\"ada@example.org\",\"password\":\"Password123\"}", "password" },
                { "{\"email\":\"ada@example.org\",\"password\":\"ADA@example.org\"}", "password" },
                { "{\"email\":\"ada@example.org\",\"password\":12345678}", "password" },
                { "{\"email\":\"ada@example.org\",\"password\":\"a long walk\",\"name\":\"a\\u0007b\"}",
                  "name" },
        };
        struct fixture *f = *state;
        uint64_t before = password_computations();

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                assert_int_equal(signup(f, cases[i].json), -ERR_INVALID_FIELD);
                assert_true(str_eq(f->req.error_field, str_of(cases[i].field)));
        }
        assert_false(stored(f));
        assert_int_equal(password_computations(), before);
}

static void closed_signup_is_refused_before_anything_else(void **state) {
        struct fixture *f = *state;

        f->settings.signup_open = false;
        assert_int_equal(signup(f, good), -ERR_SIGNUP_CLOSED);
        assert_int_equal(signup(f, "{}"), -ERR_SIGNUP_CLOSED);
        assert_int_equal(signup_form(f, "email=ada%40example.org"), STEP_DONE);
        assert_string_equal(pages_shown.name, "signup_closed");
        assert_int_equal(pages_shown.status, 403);
        fixture_get(f, "next=%2Fa");
        assert_int_equal(fixture_read(f, handle_signup_page), STEP_DONE);
        assert_string_equal(pages_shown.name, "signup_closed");
        assert_string_equal(pages_text("login_url", NULL), "/login?next=%2Fa");
        assert_false(stored(f));
}

static void signups_are_throttled(void **state) {
        struct fixture *f = *state;
        int r = STEP_NEXT;

        for (unsigned i = 0; i < 100; i++) {
                fixture_post_json(f, good);
                assert_int_equal(fixture_transaction(f, handle_signup_reserve), STEP_NEXT);
        }
        fixture_post_json(f, good);
        r = fixture_transaction(f, handle_signup_reserve);
        assert_int_equal(r, -ERR_THROTTLED);
        assert_int_equal(
                signup_form(f, "email=ada%40example.org&password=a+long+walk&password_confirm=a+long+walk"),
                STEP_DONE);
        assert_int_equal(pages_shown.status, 429);
        assert_str(fixture_header(f, "Retry-After"), "30");
}

static void the_page_leads_on(void **state) {
        struct fixture *f = *state;

        assert_int_equal(
                signup_form(f, "email=ada%40example.org&password=a+long+walk&password_confirm=a+long+walk"
                               "&name=&next=%2Fa%3Fb%3Dc"),
                STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/a?b=c");
        assert_true(stored(f));
        assert_null(row.name.ptr);
}

static void every_wrong_field_is_told_at_once(void **state) {
        struct fixture *f = *state;

        assert_int_equal(
                signup_form(f, "email=ada%40&password=short&password_confirm=other&name=%07&next=%2Fa"),
                STEP_DONE);
        assert_string_equal(pages_shown.name, "signup");
        assert_int_equal(pages_shown.status, 400);
        assert_string_equal(pages_text("email", NULL), "ada@");
        assert_string_equal(pages_text("next", NULL), "/a");
        assert_string_equal(pages_text("csrf", NULL), "the-csrf-token");
        assert_string_equal(pages_text("login_url", NULL), "/login?next=%2Fa");
        assert_string_equal(pages_text("errors", "email"), "This is not a complete e-mail address");
        assert_string_equal(pages_text("errors", "password"), "Choose a password of at least 8 characters");
        assert_true(pages_text("errors", "name")[0]);
        assert_string_equal(pages_text("errors", "password_confirm"), ""); /* one thing at a time */
        assert_null(json_object_get(pages_shown.data, "password"));
        assert_false(stored(f));
}

static void passwords_must_match(void **state) {
        struct fixture *f = *state;

        assert_int_equal(
                signup_form(f, "email=ada%40example.org&password=a+long+walk&password_confirm=a+long+wal"),
                STEP_DONE);
        assert_int_equal(pages_shown.status, 400);
        assert_string_equal(pages_text("errors", "password_confirm"), "Passwords don't match");
        assert_int_equal(signup_form(f, "email=ada%40example.org&password=a+long+walk"), STEP_DONE);
        assert_string_equal(pages_text("errors", "password_confirm"), "Passwords don't match");
        assert_false(stored(f));
}

static void a_taken_address_is_told_at_its_field(void **state) {
        struct fixture *f = *state;

        assert_int_equal(signup(f, good), STEP_DONE);
        f->n_cookies = 0;
        assert_int_equal(
                signup_form(f, "email=ada%40example.org&password=a+long+walk&password_confirm=a+long+walk"),
                STEP_DONE);
        assert_int_equal(pages_shown.status, 409);
        assert_string_equal(pages_text("errors", "email"), "User with this email already exists");
        assert_null(fixture_cookie(f, "gatehouse"));
}

static void who_is_signed_in_is_sent_on(void **state) {
        struct fixture *f = *state;

        who.kind = IDENTITY_SESSION;
        fixture_get(f, NULL);
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_signup_page), STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/");
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(a_person_is_stored_and_signed_in),
                T(nobody_makes_themselves_an_administrator),
                T(a_taken_address_costs_what_a_new_one_costs),
                T(of_two_at_once_one_gets_the_address),
                T(wrong_fields_are_named),
                T(closed_signup_is_refused_before_anything_else),
                T(signups_are_throttled),
                T(the_page_leads_on),
                T(every_wrong_field_is_told_at_once),
                T(passwords_must_match),
                T(a_taken_address_is_told_at_its_field),
                T(who_is_signed_in_is_sent_on),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
