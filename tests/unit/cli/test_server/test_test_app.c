#include "cli/test_server/test_app.h"

#include "../../support/fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include "account/user.h"
#include "base/errors.h"
#include "db/statements.h"

static int count_apps(struct tx *tx, void *data) {
        struct arena arena;
        struct app_row *apps;
        size_t n = 0;
        int r;

        arena_init(&arena, 1 << 20);
        r = db_test_apps(tx, &arena, STR(TEST_APP_NAME), 100, &apps, &n);
        arena_done(&arena);
        return r < 0 ? r : (int)n;
}

static int apps(struct fixture *f) {
        return fixture_write(f, count_apps, NULL);
}

static int make_registered(struct fixture *f, struct str owner_id, struct str owner_email,
                           struct test_app *app) {
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct arena arena;
        int r;

        arena_init(&arena, 1 << 20);
        *app = (struct test_app){ 0 };
        r = test_app_register(f->db, &arena, 9876, owner_id, owner_email, app, text);
        arena_done(&arena);
        return r;
}

/* One of everything that an app gives rise to. */
static int insert_descendants(struct tx *tx, void *data) {
        const struct test_app *app = data;
        struct str app_id = str_n(app->app.id, sizeof(app->app.id));
        static const char hash[32];
        int64_t id = id_at(app->created_at + 1);

        assert_int_equal(
                db_authorization_insert(tx, id, app_id, STR("u"), STR("IDENTITY"), app->created_at + 1000),
                1);
        assert_int_equal(db_code_insert(tx, id, str_n(hash, 32), id, STR("u"), STR("c"), 0), 1);
        assert_int_equal(db_access_token_insert(tx, id, str_n(hash, 32), id, STR(""), 0), 1);
        assert_int_equal(db_refresh_token_insert(tx, id, str_n(hash, 32), id, 0), 1);
        /* another app's */
        assert_int_equal(db_authorization_insert(tx, id + 1, STR("other"), STR("u"), STR(""), 0), 1);
        assert_int_equal(db_code_insert(tx, id + 1, str_n(hash, 32), id + 1, STR("u"), STR("c"), 0), 1);
        return 0;
}

static int check_descendants(struct tx *tx, void *data) {
        const struct test_app *app = data;
        int64_t id = id_at(app->created_at + 1);

        /* Whatever is still there can be removed once more. */
        assert_int_equal(db_authorization_revoke(tx, id, 1), 0);
        assert_int_equal(db_authorization_revoke(tx, id + 1, 1), 1);
        assert_int_equal(db_codes_delete_ended(tx, 0, INT64_MAX, INT64_MAX), 1);
        assert_int_equal(db_access_tokens_delete_ended(tx, 0, INT64_MAX, INT64_MAX), 0);
        assert_int_equal(db_refresh_tokens_delete_ended(tx, 0, INT64_MAX, INT64_MAX), 0);
        return 0;
}

static void an_app_goes_with_all_that_came_of_it(void **state) {
        struct fixture f;
        struct test_app app;

        fixture_init(&f);
        assert_int_equal(make_registered(&f, STR_NULL, STR_NULL, &app), 0);
        assert_int_equal(apps(&f), 1);
        assert_int_equal(fixture_write(&f, insert_descendants, &app), 0);
        assert_true(test_app_remove(f.db, &app) >= 0);
        assert_int_equal(apps(&f), 0);
        assert_int_equal(fixture_write(&f, check_descendants, &app), 0);
        fixture_done(&f);
}

static void an_owner_has_to_exist(void **state) {
        struct fixture f;
        struct test_app app;

        fixture_init(&f);
        assert_int_equal(make_registered(&f, STR("nobody"), STR_NULL, &app), -ERR_NOT_FOUND);
        assert_int_equal(make_registered(&f, STR_NULL, STR("nobody@example.com"), &app), -ERR_NOT_FOUND);
        assert_int_equal(make_registered(&f, STR_NULL, STR("not an address"), &app), -ERR_INVALID_FIELD);
        assert_int_equal(apps(&f), 0);
        fixture_done(&f);
}

static void a_living_processes_app_stays_for_a_day(void **state) {
        struct fixture f;
        struct test_app app;

        fixture_init(&f);
        assert_int_equal(make_registered(&f, STR_NULL, STR_NULL, &app), 0);
        assert_int_equal(test_app_remove_stale(f.db, app.created_at + 86399999), 0);
        assert_int_equal(apps(&f), 1);
        assert_int_equal(test_app_remove_stale(f.db, app.created_at + 86400001), 1);
        assert_int_equal(apps(&f), 0);
        fixture_done(&f);
}

static void a_dead_processes_app_goes_at_once(void **state) {
        struct fixture f;
        struct test_app app;
        int status;
        pid_t child;

        fixture_init(&f);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
                _exit(make_registered(&f, STR_NULL, STR_NULL, &app) == 0 ? 0 : 1);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(apps(&f), 1);
        assert_int_equal(test_app_remove_stale(f.db, clock_now(&clock_system)), 1);
        assert_int_equal(apps(&f), 0);
        fixture_done(&f);
}

static int insert_namesake(struct tx *tx, void *data) {
        return db_app_insert(tx, STR("id"), STR("client"), STR(TEST_APP_NAME),
                             STR("An app that somebody made"), STR_NULL, STR_NULL, STR_NULL,
                             STR("https://a.example/"), STR("authorization_code"), STR("IDENTITY"), STR_NULL,
                             1);
}

static void a_namesake_is_left_alone(void **state) {
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, insert_namesake, NULL), 1);
        assert_int_equal(test_app_remove_stale(f.db, clock_now(&clock_system)), 0);
        assert_int_equal(apps(&f), 1);
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_app_goes_with_all_that_came_of_it),
                cmocka_unit_test(an_owner_has_to_exist),
                cmocka_unit_test(a_living_processes_app_stays_for_a_day),
                cmocka_unit_test(a_dead_processes_app_goes_at_once),
                cmocka_unit_test(a_namesake_is_left_alone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
