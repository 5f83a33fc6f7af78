/* The disk fails: a request is refused, nothing of it holds, and the next one works without a restart. */
#include "db_fixture.h"
#include "fault_vfs.h"

static int add_a(struct tx *tx, void *data) {
        return tx_add_user(tx, "a", "a@example.com");
}

static int add_b(struct tx *tx, void *data) {
        return tx_add_user(tx, "b", "b@example.com");
}

/* A batch of two under a fault that strikes after some operations; then another without it. */
static void batch_under(struct db_fixture *f, enum fault fault, int after) {
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, add_a, NULL);
        batch_add(&batch, add_b, NULL);
        fault_set(fault, after);
        batch_run(&batch, f->db);
        if (fault_count() == 0)
                fail_msg("the fault did not strike");
        fault_set(FAULT_NONE, 0);
        assert_int_equal(batch.jobs[0].result, -ERR_STORAGE);
        assert_int_equal(batch.jobs[1].result, -ERR_STORAGE);
        assert_false(fixture_has_user(f, "a"));
        assert_false(fixture_has_user(f, "b"));

        batch = (struct test_batch){ .n = 0 };
        batch_add(&batch, add_a, NULL);
        batch_add(&batch, add_b, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 1);
        assert_int_equal(batch.jobs[1].result, 1);
        assert_true(fixture_has_user(f, "a"));
        assert_true(fixture_has_user(f, "b"));
}

/* And what was acknowledged is there after the file is opened anew. */
static void reopened_has_both(struct db_fixture *f) {
        char problem[DATABASE_PROBLEM_MAX];

        f->reader = database_reader_close(f->reader);
        f->db = database_close(f->db);
        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_int_equal(database_reader_open(f->db, &f->reader), 0);
        assert_true(fixture_has_user(f, "a"));
        assert_true(fixture_has_user(f, "b"));
}

static void a_full_disk_refuses_the_batch_and_then_recovers(void **state) {
        batch_under(*state, FAULT_WRITE_FULL, 0);
        reopened_has_both(*state);
}

static void a_disk_that_fills_up_within_a_commit_leaves_nothing(void **state) {
        batch_under(*state, FAULT_WRITE_FULL, 3);
        reopened_has_both(*state);
}

static void a_write_error_refuses_the_batch_and_then_recovers(void **state) {
        batch_under(*state, FAULT_WRITE_ERROR, 1);
        reopened_has_both(*state);
}

static void a_torn_write_leaves_nothing(void **state) {
        batch_under(*state, FAULT_WRITE_HALF, 2);
        reopened_has_both(*state);
}

static void a_failed_sync_refuses_the_batch_and_then_recovers(void **state) {
        batch_under(*state, FAULT_SYNC_ERROR, 0);
        reopened_has_both(*state);
}

static void a_failed_read_is_a_storage_error(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;
        struct tx tx;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        assert_int_equal(database_read(f->reader, &tx), 0);
        fault_set(FAULT_READ_ERROR, 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("a"), &row), -ERR_STORAGE);
        assert_true(fault_count() > 0);
        fault_set(FAULT_NONE, 0);
        database_read_end(f->reader);
        assert_true(fixture_has_user(f, "a"));
}

/* Writes so much that the page cache spills within the transaction: the engine then gives up by itself. */
static int add_much(struct tx *tx, void *data) {
        static char big[200000];
        char id[32];
        int r;

        memset(big, 'x', sizeof(big));
        for (int i = 0; i < 60; i++) {
                (void)snprintf(id, sizeof(id), "big%d", i);
                r = db_user_insert(tx, str_of(id), str_of(id), str_n(big, sizeof(big)), STR("z"), STR("p"),
                                   false, 1);
                if (r < 0)
                        return r;
        }
        return 0;
}

static void a_disk_that_fills_up_within_a_request_fails_its_batch(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, add_a, NULL);
        batch_add(&batch, add_much, NULL);
        batch_add(&batch, add_b, NULL);
        fault_set(FAULT_WRITE_FULL, 5);
        batch_run(&batch, f->db);
        assert_true(fault_count() > 0);
        fault_set(FAULT_NONE, 0);
        for (size_t i = 0; i < batch.n; i++)
                assert_int_equal(batch.jobs[i].result, -ERR_STORAGE);
        assert_false(fixture_has_user(f, "a"));
        assert_false(fixture_has_user(f, "b"));
        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        assert_true(fixture_has_user(f, "a"));
}

/* Every point at which the disk may fill up in a run of commits: an answer that said yes holds, one that said no left
 * nothing. */
static void at_every_point_of_failure_answers_are_true(void **state) {
        struct db_fixture *f = *state;
        char id[32];
        int next = 0;

        for (int after = 0; after < 40; after++) {
                bool stored[3];
                int first = next;

                fault_set(after % 2 ? FAULT_WRITE_FULL : FAULT_SYNC_ERROR, after / 4);
                for (int i = 0; i < 3; i++, next++) {
                        (void)snprintf(id, sizeof(id), "u%d", next);
                        stored[i] = fixture_add_user(f, id, id) == 1;
                }
                fault_set(FAULT_NONE, 0);
                for (int i = 0; i < 3; i++) {
                        (void)snprintf(id, sizeof(id), "u%d", first + i);
                        assert_int_equal(fixture_has_user(f, id), stored[i]);
                }
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_full_disk_refuses_the_batch_and_then_recovers),
                TEST(a_disk_that_fills_up_within_a_commit_leaves_nothing),
                TEST(a_write_error_refuses_the_batch_and_then_recovers),
                TEST(a_torn_write_leaves_nothing),
                TEST(a_failed_sync_refuses_the_batch_and_then_recovers),
                TEST(a_failed_read_is_a_storage_error),
                TEST(a_disk_that_fills_up_within_a_request_fails_its_batch),
                TEST(at_every_point_of_failure_answers_are_true),
        };

        fault_vfs_install();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
