/* What a snapshot has found it finds again; nothing outlasts the snapshot. */
#include "db_fixture.h"

static void look_up(struct db_fixture *f, const char *id, struct user_row *ret) {
        struct tx tx;

        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &f->arena, str_of(id), ret), 1);
}

static int rename_user(struct tx *tx, void *data) {
        return db_user_set_name(tx, STR("a"), str_of(data), 2);
}

static void a_row_that_is_found_again_is_the_same(void **state) {
        struct db_fixture *f = *state;
        struct user_row first, again;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        look_up(f, "a", &first);
        look_up(f, "a", &again);
        assert_true(f->reader->memo.row != NULL);
        assert_str(again.id, "a");
        assert_str(again.email, "a@example.com");
        assert_null(again.name.ptr);
        assert_int_equal(again.created_at, first.created_at);
        assert_int_equal(again.is_active, first.is_active);
}

static void its_strings_belong_to_the_request(void **state) {
        struct db_fixture *f = *state;
        struct user_row first, again;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        look_up(f, "a", &first);
        look_up(f, "a", &again);
        database_read_end(f->reader);
        assert_ptr_not_equal(first.email.ptr, again.email.ptr);
        assert_str(first.email, "a@example.com");
        assert_str(again.email, "a@example.com");
}

static void another_key_is_another_row(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        assert_int_equal(fixture_add_user(f, "b", "b@example.com"), 1);
        look_up(f, "a", &row);
        look_up(f, "b", &row);
        assert_str(row.email, "b@example.com");
        look_up(f, "a", &row);
        assert_str(row.email, "a@example.com");
}

static void what_was_committed_since_is_seen(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        look_up(f, "a", &row);
        assert_int_equal(database_write_now(f->db, rename_user, "Ada"), 1);
        look_up(f, "a", &row);
        assert_str(row.name, "Ada");
}

static void the_end_of_a_snapshot_forgets(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        look_up(f, "a", &row);
        database_read_end(f->reader);
        assert_null(f->reader->memo.row);
}

static void a_row_that_does_not_fit_the_arena_is_an_error(void **state) {
        struct db_fixture *f = *state;
        struct user_row row;
        struct arena small;
        struct tx tx;

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        look_up(f, "a", &row);
        arena_init(&small, 0);
        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(db_user_by_id(&tx, &small, STR("a"), &row), -ERR_NO_MEMORY);
        arena_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_row_that_is_found_again_is_the_same),
                TEST(its_strings_belong_to_the_request),
                TEST(another_key_is_another_row),
                TEST(what_was_committed_since_is_seen),
                TEST(the_end_of_a_snapshot_forgets),
                TEST(a_row_that_does_not_fit_the_arena_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
