#include "support/fixture.h"

#include "account/session.h"
#include "account/user.h"

enum { MINUTE = 60 * 1000 };
#define DAY (INT64_C(24) * 3600 * 1000)

static struct user_row person;

static int make_person(struct request *req, struct response *res _unused_) {
        const struct user_new user = { STR_INIT("ada@example.org"), STR_INIT("Ada"), STR_INIT("hash"),
                                       false };

        return user_create(req->context, req->tx, &req->arena, &user, &person);
}

static int begin(struct request *req, struct response *res) {
        struct user_row user;

        assert_int_equal(db_user_by_email(req->tx, &req->arena, STR("ada@example.org"), &user), 1);
        return session_begin(req, res, user.id);
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        assert_int_equal(fixture_transaction(&f, make_person), 0);
        assert_int_equal(fixture_transaction(&f, begin), 0);
        fixture_keep_cookies(&f);
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static struct session_row found;

static int find(struct request *req, struct response *res _unused_) {
        return session_find(req->context, req->tx, &req->arena, session_cookie(req), &found);
}

static bool signed_in(struct fixture *f) {
        int r;

        fixture_get(f, NULL);
        r = fixture_read(f, find);
        assert_true(r >= 0);
        return r == 1;
}

static void a_session_leads_to_its_person(void **state) {
        struct fixture *f = *state;

        assert_true(signed_in(f));
        assert_str(found.email, "ada@example.org");
        assert_str(found.name, "Ada");
        assert_false(found.is_admin);
}

static void the_cookie_is_closed_to_scripts_and_other_sites(void **state) {
        struct fixture *f = *state;
        struct fixture_cookie *cookie = fixture_cookie(f, "gatehouse");

        assert_non_null(cookie);
        assert_contains(str_of(cookie->attributes), "HttpOnly");
        assert_contains(str_of(cookie->attributes), "SameSite=Lax");
        assert_contains(str_of(cookie->attributes), "Path=/");
        assert_contains(str_of(cookie->attributes), "Max-Age=2592000");
        assert_false(str_contains(str_of(cookie->attributes), STR("Secure")));
        assert_str(fixture_header(f, "Cache-Control"), "no-store");
}

static void on_https_the_cookie_is_bound_to_the_host(void **state) {
        struct fixture *f = *state;
        struct fixture_cookie *cookie;

        f->settings.public_https = true;
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, begin), 0);
        fixture_keep_cookies(f);
        cookie = fixture_cookie(f, "__Host-gatehouse");
        assert_non_null(cookie);
        assert_contains(str_of(cookie->attributes), "Secure");
        assert_true(signed_in(f));
}

static void every_altered_cookie_signs_nobody_in(void **state) {
        struct fixture *f = *state;
        char *value = fixture_cookie(f, "gatehouse")->value;
        size_t length = strlen(value);

        for (size_t i = 0; i < length; i++) {
                char original = value[i];

                value[i] = original == 'A' ? 'B' : 'A';
                assert_false(signed_in(f));
                value[i] = original;
        }
        value[length - 1] = 0;
        assert_false(signed_in(f));
}

static void a_session_ends_when_it_is_idle(void **state) {
        struct fixture *f = *state;

        fixture_pass(f, f->settings.session_idle * 1000 - 1);
        assert_true(signed_in(f));
        fixture_pass(f, 1);
        assert_false(signed_in(f));
}

static int touch(struct request *req, struct response *res _unused_) {
        return session_touch(req->context, req->tx, found.id);
}

static void use_puts_off_idleness_but_not_the_absolute_end(void **state) {
        struct fixture *f = *state;

        for (int64_t passed = 0; passed + 5 * DAY < 30 * DAY; passed += 5 * DAY) {
                assert_true(signed_in(f));
                assert_int_equal(fixture_transaction(f, touch), 0);
                fixture_pass(f, 5 * DAY);
        }
        assert_true(signed_in(f));
        assert_int_equal(fixture_transaction(f, touch), 0);
        fixture_pass(f, 5 * DAY);
        assert_false(signed_in(f));
}

static void last_use_is_written_once_a_minute(void **state) {
        struct fixture *f = *state;

        assert_true(signed_in(f));
        assert_false(session_needs_touch(&f->context, &found));
        fixture_pass(f, MINUTE);
        assert_true(session_needs_touch(&f->context, &found));
        assert_int_equal(fixture_transaction(f, touch), 0);
        assert_true(signed_in(f));
        assert_int_equal(found.seen_at, f->clock.now);
        assert_false(session_needs_touch(&f->context, &found));
}

static void a_clock_that_goes_back_leaves_last_use_alone(void **state) {
        struct fixture *f = *state;

        assert_true(signed_in(f));
        fixture_pass(f, -60 * MINUTE);
        assert_false(session_needs_touch(&f->context, &found));
        assert_int_equal(fixture_transaction(f, touch), 0);
        assert_true(signed_in(f));
        assert_int_equal(found.seen_at, FIXTURE_START);
}

static void a_new_login_ends_the_session_before_it(void **state) {
        struct fixture *f = *state;
        char first[COOKIE_VALUE_MAX];

        memcpy(first, fixture_cookie(f, "gatehouse")->value, sizeof(first));
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, begin), 0);
        fixture_keep_cookies(f);
        assert_string_not_equal(first, fixture_cookie(f, "gatehouse")->value);
        assert_true(signed_in(f));
        fixture_set_cookie(f, "gatehouse", first);
        assert_false(signed_in(f));
}

static void a_forged_cookie_ends_nobodys_session(void **state) {
        struct fixture *f = *state;
        char mine[COOKIE_VALUE_MAX], *value = fixture_cookie(f, "gatehouse")->value;

        memcpy(mine, value, sizeof(mine));
        value[40] = value[40] == 'A' ? 'B' : 'A'; /* the same id, another secret */
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, begin), 0);
        fixture_set_cookie(f, "gatehouse", mine);
        assert_true(signed_in(f));
}

static void leaving_ends_the_session_and_takes_the_cookie_back(void **state) {
        struct fixture *f = *state;
        char first[COOKIE_VALUE_MAX];

        memcpy(first, fixture_cookie(f, "gatehouse")->value, sizeof(first));
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, session_leave), 0);
        fixture_keep_cookies(f);
        assert_string_equal(fixture_cookie(f, "gatehouse")->value, "");
        assert_contains(str_of(fixture_cookie(f, "gatehouse")->attributes), "Max-Age=0");
        fixture_set_cookie(f, "gatehouse", first);
        assert_false(signed_in(f));
}

static int disable(struct request *req, struct response *res _unused_) {
        return db_user_set_active(req->tx, found.user_id, false, 0) == 1 ? 0 : -ERR_INTERNAL;
}

static void a_disabled_person_is_signed_in_nowhere(void **state) {
        struct fixture *f = *state;

        assert_true(signed_in(f));
        assert_int_equal(fixture_transaction(f, disable), 0);
        assert_false(signed_in(f));
}

static int end_all(struct request *req, struct response *res _unused_) {
        return sessions_end_all(req->tx, found.user_id);
}

static void all_sessions_of_a_person_end_together(void **state) {
        struct fixture *f = *state;

        assert_true(signed_in(f));
        assert_int_equal(fixture_transaction(f, end_all), 0);
        assert_false(signed_in(f));
}

static void only_the_hash_of_the_value_is_stored(void **state) {
        struct fixture *f = *state;
        struct hash h = hash_sha256(str_of(fixture_cookie(f, "gatehouse")->value));

        assert_true(signed_in(f));
        assert_true(str_eq(found.hash, hash_str(&h)));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_session_leads_to_its_person, setup, teardown),
                cmocka_unit_test_setup_teardown(the_cookie_is_closed_to_scripts_and_other_sites, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(on_https_the_cookie_is_bound_to_the_host, setup, teardown),
                cmocka_unit_test_setup_teardown(every_altered_cookie_signs_nobody_in, setup, teardown),
                cmocka_unit_test_setup_teardown(a_session_ends_when_it_is_idle, setup, teardown),
                cmocka_unit_test_setup_teardown(use_puts_off_idleness_but_not_the_absolute_end, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(last_use_is_written_once_a_minute, setup, teardown),
                cmocka_unit_test_setup_teardown(a_clock_that_goes_back_leaves_last_use_alone, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_new_login_ends_the_session_before_it, setup, teardown),
                cmocka_unit_test_setup_teardown(a_forged_cookie_ends_nobodys_session, setup, teardown),
                cmocka_unit_test_setup_teardown(leaving_ends_the_session_and_takes_the_cookie_back, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_disabled_person_is_signed_in_nowhere, setup, teardown),
                cmocka_unit_test_setup_teardown(all_sessions_of_a_person_end_together, setup, teardown),
                cmocka_unit_test_setup_teardown(only_the_hash_of_the_value_is_stored, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
