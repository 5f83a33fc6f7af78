/* Opening: addresses, files, and problems that an operator can act on. */
#include "db_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void refused(const char *url, int error, const char *says) {
        char problem[DATABASE_PROBLEM_MAX] = "";
        struct database *db = NULL;
        int r;

        r = database_open(str_of(url), &db, problem);
        if (r != -error || !str_contains(str_of(problem), str_of(says)))
                print_error("%s: %d, %s\n", url, r, problem);
        assert_int_equal(r, -error);
        assert_null(db);
        assert_true(str_contains(str_of(problem), str_of(says)));
}

static void addresses_that_name_no_file_are_refused(void **state) {
        refused("", ERR_SETTINGS, "sqlite:PATH");
        refused("./data/x.db", ERR_SETTINGS, "sqlite:PATH");
        refused("mysql://localhost/x", ERR_SETTINGS, "sqlite:PATH");
        refused("sqlite:", ERR_SETTINGS, "names no file");
        refused("sqlite::memory:", ERR_SETTINGS, "names no file");
        refused("sqlite:/tmp/", ERR_SETTINGS, "names no file");
}

static mode_t mode_of(const char *path) {
        struct stat st;

        assert_int_equal(stat(path, &st), 0);
        return st.st_mode & 0777;
}

static void file_and_folder_are_made_for_their_owner_alone(void **state) {
        struct db_fixture *f = *state;
        char url[256], path[256], problem[DATABASE_PROBLEM_MAX];
        mode_t before = umask(0);
        unsigned applied;

        (void)snprintf(url, sizeof(url), "sqlite:%s/one/two/new.db", f->folder);
        assert_int_equal(database_open(str_of(url), &f->db, problem), 0);
        assert_int_equal(database_migrate(f->db, &applied, problem), 0);
        (void)umask(before);
        (void)snprintf(path, sizeof(path), "%s/one", f->folder);
        assert_int_equal(mode_of(path), 0700);
        (void)snprintf(path, sizeof(path), "%s/one/two", f->folder);
        assert_int_equal(mode_of(path), 0700);
        (void)snprintf(path, sizeof(path), "%s/one/two/new.db", f->folder);
        assert_int_equal(mode_of(path), 0600);
        (void)snprintf(path, sizeof(path), "%s/one/two/new.db-wal", f->folder);
        assert_int_equal(mode_of(path), 0600);
}

static void a_file_that_is_no_database_is_refused_and_kept(void **state) {
        struct db_fixture *f = *state;
        char text[4096], again[4096];
        int fd = open(f->path, O_RDWR | O_CREAT, 0600);

        memset(text, 'x', sizeof(text));
        assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
        refused(f->url, ERR_STORAGE, "not a database of this program");
        assert_int_equal(pread(fd, again, sizeof(again), 0), sizeof(again));
        assert_memory_equal(text, again, sizeof(text));
        (void)close(fd);
}

static void a_folder_that_is_a_file_is_named(void **state) {
        struct db_fixture *f = *state;
        char url[256];
        int fd = open(f->path, O_RDWR | O_CREAT, 0600);

        (void)close(fd);
        (void)snprintf(url, sizeof(url), "sqlite:%s/x.db", f->path);
        refused(url, ERR_STORAGE, f->path);
}

static void what_one_connection_wrote_outlives_it(void **state) {
        struct db_fixture *f = *state;
        char problem[DATABASE_PROBLEM_MAX];

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        f->reader = database_reader_close(f->reader);
        f->db = database_close(f->db);
        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_int_equal(database_reader_open(f->db, &f->reader), 0);
        assert_true(fixture_has_user(f, "a"));
}

static void another_process_s_commit_shows_in_the_next_snapshot(void **state) {
        struct db_fixture *f = *state;
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture other = { .db = NULL };

        assert_false(fixture_has_user(f, "a"));
        assert_int_equal(database_open(str_of(f->url), &other.db, problem), 0);
        assert_int_equal(fixture_add_user(&other, "a", "a@example.com"), 1);
        other.db = database_close(other.db);
        assert_true(fixture_has_user(f, "a"));
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(addresses_that_name_no_file_are_refused),
                TEST(file_and_folder_are_made_for_their_owner_alone, db_fixture_setup_empty),
                TEST(a_file_that_is_no_database_is_refused_and_kept, db_fixture_setup_empty),
                TEST(a_folder_that_is_a_file_is_named, db_fixture_setup_empty),
                TEST(what_one_connection_wrote_outlives_it, db_fixture_setup),
                TEST(another_process_s_commit_shows_in_the_next_snapshot, db_fixture_setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
