#include "support/fixture.h"
#include "support/pages.h"

#include <stdio.h>

#include "account/handlers.h"
#include "account/setup.h"

static struct identity who;
static char token[TOKEN_TEXT_MAX];
static int created; /* what setup_link_create() returned */

static int make_link(struct request *req, struct response *res _unused_) {
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;

        created = setup_link_create(req->context, req->tx, &text);
        if (created == 1)
                snprintf(token, sizeof(token), STR_FMT, STR_ARG(secret_str(&text)));
        return created < 0 ? created : 0;
}

static void new_link(struct fixture *f) {
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, make_link), 0);
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        who = (struct identity){ .kind = IDENTITY_NONE, .csrf = STR_INIT("the-csrf-token") };
        new_link(&f);
        assert_int_equal(created, 1);
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        pages_forget();
        fixture_done(*state);
        return 0;
}

static int visit(struct fixture *f, const char *text) {
        char query[128];

        snprintf(query, sizeof(query), "token=%s", text);
        fixture_get(f, query);
        f->req.identity = &who;
        return fixture_read(f, handle_setup_page);
}

static int press(struct fixture *f, const char *email, const char *password) {
        char form[512];
        int r;

        snprintf(form, sizeof(form), "token=%s&email=%s&password=%s&password_confirm=%s", token, email,
                 password, password);
        fixture_post_form(f, form);
        f->req.identity = &who;
        r = fixture_read(f, handle_setup_reserve);
        if (r == STEP_NEXT)
                r = fixture_worker(f, handle_setup_hash);
        if (r == STEP_NEXT)
                r = fixture_transaction(f, handle_setup_finish);
        if (r == STEP_DONE)
                fixture_keep_cookies(f);
        return r;
}

static struct user_row row;
static const char *sought;

static int read_row(struct request *req, struct response *res _unused_) {
        return db_user_by_email(req->tx, &req->arena, str_of(sought), &row);
}

static bool stored(struct fixture *f, const char *email) {
        sought = email;
        return fixture_read(f, read_row) == 1;
}

static void the_link_makes_its_visitor_the_administrator(void **state) {
        struct fixture *f = *state;

        assert_int_equal(visit(f, token), STEP_DONE);
        assert_string_equal(pages_shown.name, "setup");
        assert_string_equal(pages_text("token", NULL), token);
        assert_string_equal(pages_text("csrf", NULL), "the-csrf-token");
        assert_int_equal(press(f, "ada%40example.org", "a+long+walk"), STEP_DONE);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/");
        assert_non_null(fixture_cookie(f, "gatehouse"));
        assert_true(stored(f, "ada@example.org"));
        assert_true(row.is_admin);
}

static void the_link_works_once(void **state) {
        struct fixture *f = *state;

        assert_int_equal(press(f, "ada%40example.org", "a+long+walk"), STEP_DONE);
        assert_int_equal(visit(f, token), -ERR_SETUP_LINK);
        assert_int_equal(press(f, "eve%40example.org", "a+long+walk"), -ERR_SETUP_LINK);
        assert_false(stored(f, "eve@example.org"));
}

static int make_admin(struct request *req, struct response *res _unused_) {
        const struct user_new user = { STR_INIT("root@example.org"), STR_NULL, STR_INIT("hash"), true };

        return user_create(req->context, req->tx, &req->arena, &user, &row);
}

static int make_person(struct request *req, struct response *res _unused_) {
        const struct user_new user = { STR_INIT("ada@example.org"), STR_NULL, STR_INIT("hash"), false };

        return user_create(req->context, req->tx, &req->arena, &user, &row);
}

/* A visitor whose first two steps are done. */
static void press_halfway(struct fixture *f) {
        char form[512];

        snprintf(form, sizeof(form),
                 "token=%s&email=eve%%40example.org&password=a+long+walk&password_confirm=a+long+walk",
                 token);
        fixture_post_form(f, form);
        f->req.identity = &who;
        assert_int_equal(fixture_read(f, handle_setup_reserve), STEP_NEXT);
        assert_int_equal(fixture_worker(f, handle_setup_hash), STEP_NEXT);
}

static void an_administrator_made_meanwhile_ends_the_link(void **state) {
        struct fixture *f = *state;

        press_halfway(f);
        assert_int_equal(fixture_transaction(f, make_admin), 0);
        assert_int_equal(fixture_transaction(f, handle_setup_finish), -ERR_SETUP_LINK);
        assert_false(stored(f, "eve@example.org"));
}

static void a_link_replaced_meanwhile_stores_nobody(void **state) {
        struct fixture *f = *state;

        press_halfway(f);
        assert_int_equal(fixture_transaction(f, make_link), 0); /* as a start of the server does */
        assert_int_equal(fixture_transaction(f, handle_setup_finish), -ERR_SETUP_LINK);
        assert_false(stored(f, "eve@example.org"));
}

static void a_newer_link_ends_the_older(void **state) {
        struct fixture *f = *state;
        char older[TOKEN_TEXT_MAX];

        memcpy(older, token, sizeof(older));
        new_link(f);
        assert_int_equal(visit(f, older), -ERR_SETUP_LINK);
        assert_int_equal(visit(f, token), STEP_DONE);
}

static void the_link_lasts_a_day(void **state) {
        struct fixture *f = *state;

        fixture_pass(f, SETUP_LIFETIME_MS - 1);
        assert_int_equal(visit(f, token), STEP_DONE);
        fixture_pass(f, 1);
        assert_int_equal(visit(f, token), -ERR_SETUP_LINK);
}

static void a_changed_link_is_no_link(void **state) {
        struct fixture *f = *state;

        for (size_t i = 0, n = strlen(token); i < n; i++) {
                char original = token[i];

                token[i] = original == 'A' ? 'B' : 'A';
                assert_int_equal(visit(f, token), -ERR_SETUP_LINK);
                token[i] = original;
        }
        assert_int_equal(visit(f, ""), -ERR_SETUP_LINK);
        fixture_get(f, NULL);
        assert_int_equal(fixture_read(f, handle_setup_page), -ERR_SETUP_LINK);
}

static void where_there_is_an_administrator_no_link_works_or_is_made(void **state) {
        struct fixture *f = *state;

        assert_int_equal(fixture_transaction(f, make_admin), 0);
        assert_int_equal(visit(f, token), -ERR_SETUP_LINK);
        assert_int_equal(press(f, "ada%40example.org", "a+long+walk"), -ERR_SETUP_LINK);
        new_link(f);
        assert_int_equal(created, 0);
}

static void people_who_sign_up_first_leave_the_link_working(void **state) {
        struct fixture *f = *state;

        assert_int_equal(fixture_transaction(f, make_person), 0);
        assert_int_equal(press(f, "root%40example.org", "a+long+walk"), STEP_DONE);
        assert_true(stored(f, "root@example.org"));
        assert_true(row.is_admin);
}

static void a_taken_address_leaves_the_link_working(void **state) {
        struct fixture *f = *state;

        assert_int_equal(fixture_transaction(f, make_person), 0);
        assert_int_equal(press(f, "ada%40example.org", "a+long+walk"), STEP_DONE);
        assert_string_equal(pages_shown.name, "setup");
        assert_int_equal(pages_shown.status, 409);
        assert_true(pages_text("errors", "email")[0]);
        assert_true(stored(f, "ada@example.org"));
        assert_false(row.is_admin);
        assert_int_equal(visit(f, token), STEP_DONE);
}

static void a_weak_password_leaves_the_link_working(void **state) {
        struct fixture *f = *state;

        assert_int_equal(press(f, "ada%40example.org", "password123"), STEP_DONE);
        assert_int_equal(pages_shown.status, 400);
        assert_string_equal(pages_text("token", NULL), token);
        assert_true(pages_text("errors", "password")[0]);
        assert_int_equal(visit(f, token), STEP_DONE);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(the_link_makes_its_visitor_the_administrator),
                T(the_link_works_once),
                T(an_administrator_made_meanwhile_ends_the_link),
                T(a_link_replaced_meanwhile_stores_nobody),
                T(a_newer_link_ends_the_older),
                T(the_link_lasts_a_day),
                T(a_changed_link_is_no_link),
                T(where_there_is_an_administrator_no_link_works_or_is_made),
                T(people_who_sign_up_first_leave_the_link_working),
                T(a_taken_address_leaves_the_link_working),
                T(a_weak_password_leaves_the_link_working),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
