#include "support/fixture.h"

#include <stdio.h>

#include "account/handlers.h"
#include "account/password.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"

static char stored[PASSWORD_HASH_MAX]; /* of "a long walk" */

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
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static int login(struct fixture *f, const char *json) {
        int r;

        fixture_post_json(f, json);
        r = fixture_steps(f, handle_login_reserve, handle_login_verify, handle_login_finish);
        if (r == STEP_DONE)
                fixture_keep_cookies(f);
        return r;
}

static const char right[] = "{\"email\":\"ada@example.org\",\"password\":\"a long walk\"}";
static const char wrong[] = "{\"email\":\"ada@example.org\",\"password\":\"a wrong walk\"}";
static const char unknown[] = "{\"email\":\"nobody@example.org\",\"password\":\"a wrong walk\"}";

static void the_right_password_answers_with_the_person_and_a_session(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login(f, right), STEP_DONE);
        assert_int_equal(f->res.status, 200);
        assert_contains(strbuf_str(&f->res.body), "\"email\":\"ada@example.org\"");
        assert_str(fixture_header(f, "Cache-Control"), "no-store");
        assert_non_null(fixture_cookie(f, "gatehouse"));
        assert_non_null(fixture_cookie(f, "gatehouse_device"));
}

static void the_address_is_taken_in_any_case(void **state) {
        assert_int_equal(login(*state, "{\"email\":\"ADA@Example.ORG\",\"password\":\"a long walk\"}"),
                         STEP_DONE);
}

static void wrong_and_unknown_end_alike_with_equal_work(void **state) {
        struct fixture *f = *state;
        uint64_t before = password_computations();

        assert_int_equal(login(f, wrong), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_computations() - before, 1);
        assert_int_equal(login(f, unknown), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_computations() - before, 2);
        assert_int_equal(login(f, "{\"email\":\"no address\",\"password\":\"x\"}"), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_computations() - before, 3);
        assert_null(f->req.error_detail.ptr);
}

static int disable(struct request *req, struct response *res _unused_) {
        struct user_row user;

        assert_int_equal(db_user_by_email(req->tx, &req->arena, STR("ada@example.org"), &user), 1);
        return user_set_active(req->context, req->tx, user.id, false);
}

static void a_disabled_person_looks_unknown(void **state) {
        struct fixture *f = *state;
        uint64_t before = password_computations();

        assert_int_equal(fixture_transaction(f, disable), 0);
        fixture_post_json(f, right);
        assert_int_equal(fixture_transaction(f, handle_login_reserve), STEP_NEXT);
        assert_int_equal(fixture_worker(f, handle_login_verify),
                         -ERR_WRONG_PASSWORD); /* as early as for nobody */
        assert_int_equal(password_computations() - before, 1);
}

static void disabling_while_the_password_is_checked_refuses(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, right);
        assert_int_equal(fixture_transaction(f, handle_login_reserve), STEP_NEXT);
        assert_int_equal(fixture_worker(f, handle_login_verify), STEP_NEXT);
        assert_int_equal(fixture_transaction(f, disable), 0);
        assert_int_equal(fixture_transaction(f, handle_login_finish), -ERR_WRONG_PASSWORD);
}

static void missing_and_malformed_members_are_named(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login(f, "{\"password\":\"x\"}"), -ERR_INVALID_FIELD);
        assert_str(f->req.error_field, "email");
        assert_int_equal(login(f, "{\"email\":\"ada@example.org\"}"), -ERR_INVALID_FIELD);
        assert_str(f->req.error_field, "password");
        assert_int_equal(login(f, "{\"email\":\"ada@example.org\",\"password\":[\"x\"]}"),
                         -ERR_INVALID_FIELD);
        assert_int_equal(login(f, "[]"), -ERR_BAD_JSON);
}

static void guesses_are_counted_and_a_right_one_is_not(void **state) {
        struct fixture *f = *state;

        for (unsigned i = 0; i < 12; i++) {
                assert_int_equal(login(f, right), STEP_DONE);
                f->n_cookies = 0; /* no device, no session */
        }
        for (unsigned i = 0; i < 10; i++)
                assert_int_equal(login(f, wrong), -ERR_WRONG_PASSWORD);
        assert_int_equal(login(f, right), -ERR_THROTTLED);
        assert_int_equal(f->req.retry_after, 60);
        fixture_pass(f, 60 * 1000);
        assert_int_equal(login(f, right), STEP_DONE);
}

static void guesses_side_by_side_are_all_counted_before_one_is_checked(void **state) {
        enum { THIEVES = 30 };
        struct fixture *f = *state;
        uint64_t before = password_computations();
        unsigned through = 0;

        for (unsigned i = 0; i < THIEVES; i++) {
                fixture_post_json(f, wrong);
                through += fixture_transaction(f, handle_login_reserve) == STEP_NEXT;
        }
        assert_int_equal(through, 10);
        assert_int_equal(password_computations() - before, 0);
}

static void the_device_lets_its_owner_in_past_strangers(void **state) {
        struct fixture *f = *state;
        size_t cookies;

        assert_int_equal(login(f, right), STEP_DONE);
        cookies = f->n_cookies;
        f->n_cookies = 0;
        for (unsigned i = 0; i < 40; i++) {
                snprintf(f->address, sizeof(f->address), "198.51.100.%u", i);
                (void)login(f, wrong);
        }
        assert_int_equal(login(f, right), -ERR_THROTTLED);
        f->n_cookies = cookies;
        assert_int_equal(login(f, right), STEP_DONE);
}

static int weaken(struct request *req, struct response *res _unused_) {
        struct user_row user;

        /* argon2id of "a long walk" at eight mebibytes and one pass */
        assert_int_equal(db_user_by_email(req->tx, &req->arena, STR("ada@example.org"), &user), 1);
        return db_user_set_password(req->tx, user.id, str_of(stored), 0) == 1 ? 0 : -ERR_INTERNAL;
}

static struct user_row row;

static int read_row(struct request *req, struct response *res _unused_) {
        return db_user_by_email(req->tx, &req->arena, STR("ada@example.org"), &row);
}

static void an_older_hash_is_renewed_at_login(void **state) {
        static const char older[] = "$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$";
        struct fixture *f = *state;
        char kept[PASSWORD_HASH_MAX];

        memcpy(kept, stored, sizeof(kept));
        snprintf(stored, sizeof(stored), "%s%s", older, "6TicRxYCVbGgpiWfdzPjoM8+lOt9+LgGL6i+ilghY+w");
        assert_int_equal(fixture_transaction(f, weaken), 0);
        memcpy(stored, kept, sizeof(kept));

        assert_int_equal(login(f, right), STEP_DONE);
        assert_int_equal(fixture_read(f, read_row), 1);
        assert_false(password_needs_rehash(row.password_hash));
        assert_int_equal(login(f, right), STEP_DONE);
}

static void logout_ends_the_session(void **state) {
        struct fixture *f = *state;

        assert_int_equal(login(f, right), STEP_DONE);
        fixture_post_json(f, "{}");
        assert_int_equal(fixture_transaction(f, handle_logout), STEP_DONE);
        fixture_keep_cookies(f);
        assert_str(strbuf_str(&f->res.body), "{\"status\":\"ok\"}");
        assert_string_equal(fixture_cookie(f, "gatehouse")->value, "");
        fixture_post_json(f, "{}");
        assert_int_equal(fixture_transaction(f, handle_logout), STEP_DONE); /* again: no error */
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(the_right_password_answers_with_the_person_and_a_session),
                T(the_address_is_taken_in_any_case),
                T(wrong_and_unknown_end_alike_with_equal_work),
                T(a_disabled_person_looks_unknown),
                T(disabling_while_the_password_is_checked_refuses),
                T(missing_and_malformed_members_are_named),
                T(guesses_are_counted_and_a_right_one_is_not),
                T(guesses_side_by_side_are_all_counted_before_one_is_checked),
                T(the_device_lets_its_owner_in_past_strangers),
                T(an_older_hash_is_renewed_at_login),
                T(logout_ends_the_session),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
