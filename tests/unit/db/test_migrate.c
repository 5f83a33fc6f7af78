/* Schema versions. */
#include "db_fixture.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_sql(const char *path, const char *sql) {
        sqlite3 *handle;

        assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
        assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
        (void)sqlite3_close(handle);
}

static void an_empty_database_has_version_0(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture *f = *state;
        unsigned current = 99, newest = 99;

        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_int_equal(database_version(f->db, &current, &newest), 0);
        assert_int_equal(current, 0);
        assert_int_equal(newest, db_migrations_count);
}

static void migrations_are_applied_once(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture *f = *state;
        unsigned applied = 99, current, newest;

        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_int_equal(database_migrate(f->db, &applied, problem), 0);
        assert_int_equal(applied, db_migrations_count);
        assert_int_equal(database_migrate(f->db, &applied, problem), 0);
        assert_int_equal(applied, 0);
        assert_int_equal(database_version(f->db, &current, &newest), 0);
        assert_int_equal(current, newest);
}

static void a_newer_database_is_refused_with_both_versions(void **state) {
        char problem[DATABASE_PROBLEM_MAX], wanted[32];
        struct db_fixture *f = *state;
        unsigned applied = 99;

        run_sql(f->path, "INSERT INTO schema_migrations VALUES (9999, 'future', 'x')");
        assert_int_equal(database_migrate(f->db, &applied, problem), -ERR_SETTINGS);
        assert_int_equal(applied, 99);
        assert_contains(str_of(problem), "9999");
        (void)snprintf(wanted, sizeof(wanted), "above %u", db_migrations_count);
        assert_true(str_contains(str_of(problem), str_of(wanted)));
        assert_contains(str_of(problem), "start the newer program");
}

static void a_migration_that_was_changed_is_refused(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture *f = *state;
        unsigned applied;

        run_sql(f->path, "UPDATE schema_migrations SET checksum = 'other' WHERE version = 1");
        assert_int_equal(database_migrate(f->db, &applied, problem), -ERR_SETTINGS);
        assert_contains(str_of(problem), "version 1");
}

static void a_migration_that_fails_leaves_nothing(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture *f = *state;
        unsigned applied = 99, current, newest;

        /* The last table of the first migration is there already. */
        run_sql(f->path, "CREATE TABLE refresh_tokens (x)");
        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_true(database_migrate(f->db, &applied, problem) < 0);
        assert_contains(str_of(problem), "was undone");
        assert_int_equal(database_version(f->db, &current, &newest), 0);
        assert_int_equal(current, 0);
        run_sql(f->path, "DROP TABLE refresh_tokens");
        assert_int_equal(database_migrate(f->db, &applied, problem), 0);
        assert_int_equal(applied, db_migrations_count);
}

/* Opens and migrates; the exit status is the number of migrations applied, or 255. */
static _Noreturn void migrate_in_child(const char *url) {
        char problem[DATABASE_PROBLEM_MAX];
        struct database *db;
        unsigned applied;

        if (database_open(str_of(url), &db, problem) < 0 || database_migrate(db, &applied, problem) < 0) {
                print_error("%s\n", problem);
                _exit(255);
        }
        _exit((int)applied);
}

static void of_processes_that_start_at_once_one_migrates(void **state) {
        struct db_fixture *f = *state;
        unsigned applied = 0;
        pid_t children[6];

        for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
                children[i] = fork();
                if (children[i] == 0)
                        migrate_in_child(f->url);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
                int status;

                assert_int_equal(waitpid(children[i], &status, 0), children[i]);
                assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
                applied += (unsigned)WEXITSTATUS(status);
        }
        assert_int_equal(applied, db_migrations_count);
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(of_processes_that_start_at_once_one_migrates, db_fixture_setup_empty),
                TEST(an_empty_database_has_version_0, db_fixture_setup_empty),
                TEST(migrations_are_applied_once, db_fixture_setup_empty),
                TEST(a_newer_database_is_refused_with_both_versions, db_fixture_setup),
                TEST(a_migration_that_was_changed_is_refused, db_fixture_setup),
                TEST(a_migration_that_fails_leaves_nothing, db_fixture_setup_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
