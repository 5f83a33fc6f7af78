/* Values on their way in and out. */
#include "db_fixture.h"

static int insert_with_everything(struct tx *tx, void *data) {
        return db_user_insert(tx, STR("u1"), STR("a\0b@example.com"), STR(""), STR("Zürich/\xf0\x9f\x98\x80"),
                              STR_NULL, true, INT64_MIN);
}

static void values_come_back_as_they_were_given(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;
        struct tx tx;

        assert_int_equal(database_write_now(f->db, insert_with_everything, NULL), 1);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("u1"), &row), 1);
        assert_str(row.email, "a\0b@example.com");
        assert_str(row.name, "");
        assert_str(row.timezone, "Zürich/\xf0\x9f\x98\x80");
        assert_true(row.is_admin && row.is_active);
        assert_true(row.created_at == INT64_MIN);
        assert_int_equal(row.timezone.ptr[row.timezone.len], '\0');
}

static void a_missing_text_that_may_not_be_null_is_empty(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;
        struct tx tx;

        assert_int_equal(database_write_now(f->db, insert_with_everything, NULL), 1);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("u1"), &row), 1);
        assert_str(row.password_hash, "");
}

static void null_comes_back_as_null(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;
        struct tx tx;

        assert_int_equal(fixture_add_user(f, "u2", "b@example.com"), 1);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("u2"), &row), 1);
        assert_null(row.name.ptr);
}

static void an_unknown_row_is_not_found_and_leaves_the_output(void **state) {
        struct db_fixture *f = *state;
        struct user_row row = { .created_at = 42 };
        struct tx tx;

        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("nobody"), &row), 0);
        assert_int_equal(row.created_at, 42);
}

static int insert_binary(struct tx *tx, void *data) {
        return db_link_insert(tx, 7, STR("\0\1\2\xff"), STR("setup"), 100);
}

static int consume_binary(struct tx *tx, void *data) {
        struct link_row row;
        int r;

        r = db_link_consume(tx, data, 7, STR("\0\1\2\xff"), STR("setup"), 99, &row);
        if (r == 1)
                assert_str(row.hash, "\0\1\2\xff");
        return r;
}

static void a_write_that_returns_a_row_is_done_once(void **state) {
        struct db_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, insert_binary, NULL), 1);
        assert_int_equal(database_write_now(f->db, consume_binary, &f->arena), 1);
        assert_int_equal(database_write_now(f->db, consume_binary, &f->arena), 0);
}

enum { MANY = 100 };

static int insert_many_apps(struct tx *tx, void *data) {
        char id[16];
        int r;

        for (int i = 0; i < MANY; i++) {
                (void)snprintf(id, sizeof(id), "app%03d", i);
                r = db_app_insert(tx, str_of(id), str_of(id), STR("n"), STR_NULL, STR_NULL, STR_NULL,
                                  STR_NULL, STR("u"), STR("g"), STR("s"), STR("owner"), i);
                if (r != 1)
                        return -ERR_INTERNAL;
        }
        return 0;
}

static void a_list_has_all_rows_in_order(void **state) {
        struct db_fixture *f = *state;
        struct app_row *rows;
        struct tx tx;
        size_t n;

        assert_int_equal(database_write_now(f->db, insert_many_apps, NULL), 0);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_apps_of_owner(&tx, &f->arena, STR("owner"), 1000, &rows, &n), 0);
        assert_int_equal(n, MANY);
        assert_str(rows[0].id, "app099");
        assert_str(rows[MANY - 1].id, "app000");
        assert_int_equal(db_apps_of_owner(&tx, &f->arena, STR("nobody"), 1000, &rows, &n), 0);
        assert_int_equal(n, 0);
}

static void a_row_that_the_arena_cannot_hold_is_an_error(void **state) {
        struct db_fixture *f = *state;
        struct arena tiny;
        struct user_row row;
        struct tx tx;

        assert_int_equal(fixture_add_user(f, "u3", "c@example.com"), 1);
        assert_int_equal(database_read(f->reader, &tx), 0);
        arena_init(&tiny, 8);
        assert_int_equal(db_user_by_id(&tx, &tiny, STR("u3"), &row), -ERR_NO_MEMORY);
        /* and the connection is none the worse */
        assert_int_equal(db_user_by_id(&tx, &f->arena, STR("u3"), &row), 1);
}

static void a_reader_refuses_to_write(void **state) {
        struct db_fixture *f = *state;
        struct tx tx;

        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(tx_add_user(&tx, "u4", "d@example.com"), -ERR_INTERNAL);
        tx.writable = true; /* the connection refuses too */
        assert_int_equal(tx_add_user(&tx, "u4", "d@example.com"), -ERR_STORAGE);
        database_read_end(f->reader);
        assert_false(fixture_has_user(f, "u4"));
}

static int insert_same_key(struct tx *tx, void *data) {
        assert_int_equal(db_link_insert(tx, 7, STR("h"), STR("p"), 1), 1);
        return db_link_insert(tx, 7, STR("h"), STR("p"), 1);
}

static void a_collision_of_keys_is_a_conflict(void **state) {
        struct db_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, insert_same_key, NULL), -ERR_CONFLICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(values_come_back_as_they_were_given),
                TEST(a_missing_text_that_may_not_be_null_is_empty),
                TEST(null_comes_back_as_null),
                TEST(an_unknown_row_is_not_found_and_leaves_the_output),
                TEST(a_write_that_returns_a_row_is_done_once),
                TEST(a_list_has_all_rows_in_order),
                TEST(a_row_that_the_arena_cannot_hold_is_an_error),
                TEST(a_reader_refuses_to_write),
                TEST(a_collision_of_keys_is_a_conflict),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
