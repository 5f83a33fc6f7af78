/* Requests that share a commit. */
#include "db_fixture.h"

#include "db/sqlite_int.h"

static int add_a(struct tx *tx, void *data) {
        return tx_add_user(tx, "a", "a@example.com");
}

static int add_b_and_fail(struct tx *tx, void *data) {
        assert_int_equal(tx_add_user(tx, "b", "b@example.com"), 1);
        assert_int_equal(tx_add_user(tx, "b2", "b2@example.com"), 1);
        return -ERR_CODE_EXPIRED;
}

static int add_c(struct tx *tx, void *data) {
        return tx_add_user(tx, "c", "c@example.com");
}

static int add_d_keep_and_fail(struct tx *tx, void *data) {
        assert_int_equal(tx_add_user(tx, "d", "d@example.com"), 1);
        tx_keep(tx);
        return -ERR_CODE_SPENT;
}

static int see_a(struct tx *tx, void *data) {
        struct user_row row;

        return db_user_by_id(tx, data, STR("a"), &row);
}

static void a_refused_request_undoes_only_its_own(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, add_a, NULL);
        batch_add(&batch, add_b_and_fail, NULL);
        batch_add(&batch, add_c, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 1);
        assert_int_equal(batch.jobs[1].result, -ERR_CODE_EXPIRED);
        assert_int_equal(batch.jobs[2].result, 1);
        assert_true(fixture_has_user(f, "a"));
        assert_false(fixture_has_user(f, "b"));
        assert_false(fixture_has_user(f, "b2"));
        assert_true(fixture_has_user(f, "c"));
}

static int count_runs(struct tx *tx, void *data) {
        int *runs = data;

        (*runs)++;
        return tx_add_user(tx, "r", "r@example.com");
}

static void a_batch_runs_again_only_when_one_of_several_is_undone(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };
        int runs = 0;

        batch_add(&batch, count_runs, &runs);
        batch_add(&batch, add_a, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(runs, 1);

        batch = (struct test_batch){ .n = 0 };
        batch_add(&batch, add_b_and_fail, NULL);
        batch_run(&batch, f->db);
        assert_false(fixture_has_user(f, "b"));

        batch = (struct test_batch){ .n = 0 };
        batch_add(&batch, count_runs, &runs);
        batch_add(&batch, add_b_and_fail, NULL);
        batch_add(&batch, add_c, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(runs, 3);
        assert_int_equal(batch.jobs[1].result, -ERR_CODE_EXPIRED);
        assert_false(fixture_has_user(f, "b"));
        assert_true(fixture_has_user(f, "c"));
}

static void what_is_kept_outlives_the_refusal(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, add_d_keep_and_fail, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, -ERR_CODE_SPENT);
        assert_true(fixture_has_user(f, "d"));
}

static void a_request_sees_what_those_before_it_wrote(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, see_a, &f->arena);
        batch_add(&batch, add_a, NULL);
        batch_add(&batch, see_a, &f->arena);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 0);
        assert_int_equal(batch.jobs[2].result, 1);
}

static int read_with_tiny_arena(struct tx *tx, void *data) {
        struct arena tiny;
        struct user_row row;

        assert_int_equal(tx_add_user(tx, "e", "e@example.com"), 1);
        arena_init(&tiny, 8);
        assert_int_equal(db_user_by_id(tx, &tiny, STR("e"), &row), -ERR_NO_MEMORY);
        if (data)
                tx_keep(tx);
        return data ? -ERR_CODE_SPENT : 0; /* says that all is well */
}

static void a_failure_that_the_handler_overlooks_still_fails(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, read_with_tiny_arena, NULL);
        batch_add(&batch, read_with_tiny_arena, "keep");
        batch_add(&batch, add_a, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, -ERR_STORAGE);
        assert_int_equal(batch.jobs[1].result, -ERR_STORAGE);
        assert_int_equal(batch.jobs[2].result, 1);
        assert_false(fixture_has_user(f, "e"));
        assert_true(fixture_has_user(f, "a"));
}

static int collide_and_go_on(struct tx *tx, void *data) {
        assert_int_equal(db_link_insert(tx, 1, STR("h"), STR("p"), 1), 1);
        assert_int_equal(db_link_insert(tx, 1, STR("h"), STR("p"), 1), -ERR_CONFLICT);
        return tx_add_user(tx, "g", "g@example.com");
}

static void a_collision_is_the_handlers_to_judge(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, collide_and_go_on, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 1);
        assert_true(fixture_has_user(f, "g"));
}

static int give_up(struct tx *tx, void *data) {
        (void)tx_add_user(tx, "h", "h@example.com");
        tx->connection->driver->rollback(
                tx->connection); /* as the engine does by itself when the disk is full */
        return 1;
}

static void a_transaction_that_the_engine_gave_up_fails_the_batch(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };

        batch_add(&batch, add_a, NULL);
        batch_add(&batch, give_up, NULL);
        batch_add(&batch, add_c, NULL);
        batch_run(&batch, f->db);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(batch.jobs[i].result, -ERR_STORAGE);
        assert_false(fixture_has_user(f, "a"));
        assert_false(fixture_has_user(f, "c"));

        batch = (struct test_batch){ .n = 0 };
        batch_add(&batch, add_c, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 1);
}

static void an_open_snapshot_is_renewed_after_a_commit_and_only_then(void **state) {
        struct db_fixture *f = *state;
        struct tx first, second;
        struct user_row row;

        assert_int_equal(database_read(f->reader, &first), 0);
        assert_int_equal(db_user_by_id(&first, &f->arena, STR("a"), &row), 0);
        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        /* the snapshot that is open stands still … */
        assert_int_equal(db_user_by_id(&first, &f->arena, STR("a"), &row), 0);
        /* … and the next request has a newer one */
        assert_int_equal(database_read(f->reader, &second), 0);
        assert_int_equal(db_user_by_id(&second, &f->arena, STR("a"), &row), 1);
}

static void requests_of_one_turn_share_a_snapshot(void **state) {
        struct db_fixture *f = *state;
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture other = { .db = NULL };
        struct user_row row;
        struct tx tx;

        assert_int_equal(database_open(str_of(f->url), &other.db, problem), 0);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("a"), &row), 0);
        /* as another process would */
        assert_int_equal(fixture_add_user(&other, "a", "a@example.com"), 1);
        other.db = database_close(other.db);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("a"), &row), 0);
        database_read_end(f->reader);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("a"), &row), 1);
}

static void while_another_program_writes_the_batch_waits_and_is_then_refused(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };
        sqlite3 *other;

        (void)sqlite3_busy_timeout(sqlite_of(f->db->connection)->handle, 1);
        assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        batch_add(&batch, see_a, &f->arena);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, -ERR_STORAGE);

        assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
        (void)sqlite3_close(other);
        batch = (struct test_batch){ .n = 0 };
        batch_add(&batch, add_a, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(batch.jobs[0].result, 1);
}

static void a_request_that_wrote_nothing_renews_no_snapshot(void **state) {
        struct db_fixture *f = *state;
        struct test_batch batch = { .n = 0 };
        uint64_t before = atomic_load(&f->db->commits);

        batch_add(&batch, see_a, &f->arena);
        batch_add(&batch, add_b_and_fail, NULL);
        batch_run(&batch, f->db);
        assert_int_equal(atomic_load(&f->db->commits), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_refused_request_undoes_only_its_own),
                TEST(a_batch_runs_again_only_when_one_of_several_is_undone),
                TEST(what_is_kept_outlives_the_refusal),
                TEST(a_request_sees_what_those_before_it_wrote),
                TEST(a_failure_that_the_handler_overlooks_still_fails),
                TEST(a_collision_is_the_handlers_to_judge),
                TEST(a_transaction_that_the_engine_gave_up_fails_the_batch),
                TEST(an_open_snapshot_is_renewed_after_a_commit_and_only_then),
                TEST(requests_of_one_turn_share_a_snapshot),
                TEST(while_another_program_writes_the_batch_waits_and_is_then_refused),
                TEST(a_request_that_wrote_nothing_renews_no_snapshot),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
