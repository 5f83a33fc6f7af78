/* Node numbers and the floor of ids. */
#include "db_fixture.h"

#include "base/id.h"
#include "db/node.h"

enum { NOW = 1000000 };

struct lease {
        struct db_fixture *f;
        int64_t now;
        struct node node;
        int64_t renewed;
};

static int lease(struct tx *tx, void *data) {
        struct lease *l = data;

        return node_lease(tx, &l->f->arena, &random_system, l->now, &l->node);
}

static int renew(struct tx *tx, void *data) {
        struct lease *l = data;

        return node_renew(tx, &l->node, l->now, &l->renewed);
}

static int release(struct tx *tx, void *data) {
        struct lease *l = data;

        return node_release(tx, &l->node);
}

static void each_process_gets_its_own_number(void **state) {
        struct db_fixture *f = *state;

        for (uint32_t i = 0; i < 3; i++) {
                struct lease l = { .f = f, .now = NOW };

                assert_int_equal(database_write_now(f->db, lease, &l), 0);
                assert_int_equal(l.node.number, i);
                assert_int_equal(l.node.leased_until, NOW + NODE_LEASE_MS);
        }
}

static void a_number_passes_on_when_its_lease_has_run_out(void **state) {
        struct db_fixture *f = *state;
        struct lease first = { .f = f, .now = NOW }, second = { .f = f, .now = NOW + NODE_LEASE_MS };

        assert_int_equal(database_write_now(f->db, lease, &first), 0);
        assert_int_equal(database_write_now(f->db, lease, &second), 0);
        assert_int_equal(second.node.number, first.node.number);
        /* its former holder learns that it is lost, and can't give back what is not its own */
        first.now = second.now;
        assert_int_equal(database_write_now(f->db, renew, &first), -ERR_CONFLICT);
        assert_int_equal(database_write_now(f->db, release, &first), 0);
        assert_int_equal(database_write_now(f->db, renew, &second), 0);
}

static int take_held(struct tx *tx, void *data) {
        struct lease *l = data;

        assert_int_equal(db_node_lease(tx, l->node.number, STR("thief"), NOW * 2, l->node.leased_until - 1),
                         0);
        return db_node_lease(tx, l->node.number, STR("heir"), NOW * 2, l->node.leased_until);
}

static void a_held_number_is_not_given_twice(void **state) {
        struct db_fixture *f = *state;
        struct lease l = { .f = f, .now = NOW };

        assert_int_equal(database_write_now(f->db, lease, &l), 0);
        assert_int_equal(database_write_now(f->db, take_held, &l), 1);
}

static void a_renewed_lease_holds_on(void **state) {
        struct db_fixture *f = *state;
        struct lease first = { .f = f, .now = NOW }, second = { .f = f, .now = NOW + NODE_LEASE_MS };

        assert_int_equal(database_write_now(f->db, lease, &first), 0);
        first.now = NOW + NODE_RENEW_MS;
        assert_int_equal(database_write_now(f->db, renew, &first), 0);
        assert_int_equal(first.renewed, NOW + NODE_RENEW_MS + NODE_LEASE_MS);
        assert_int_equal(database_write_now(f->db, lease, &second), 0);
        assert_int_equal(second.node.number, 1);
}

static void a_released_number_is_free_at_once(void **state) {
        struct db_fixture *f = *state;
        struct lease first = { .f = f, .now = NOW }, second = { .f = f, .now = NOW };

        assert_int_equal(database_write_now(f->db, lease, &first), 0);
        assert_int_equal(database_write_now(f->db, release, &first), 0);
        assert_int_equal(database_write_now(f->db, lease, &second), 0);
        assert_int_equal(second.node.number, first.node.number);
}

static int mark(struct tx *tx, void *data) {
        struct lease *l = data;

        return node_clock_mark(tx, &l->f->arena, &l->renewed);
}

static int64_t mark_of(struct db_fixture *f) {
        struct lease l = { .f = f };

        assert_int_equal(database_write_now(f->db, mark, &l), 0);
        return l.renewed;
}

static void the_greatest_time_of_any_clock_is_remembered(void **state) {
        struct db_fixture *f = *state;
        struct lease first = { .f = f, .now = NOW }, second = { .f = f, .now = NOW + 1 };

        assert_int_equal(mark_of(f), 0);
        assert_int_equal(database_write_now(f->db, lease, &first), 0);
        assert_int_equal(mark_of(f), NOW);
        assert_int_equal(database_write_now(f->db, lease, &second), 0);
        assert_int_equal(mark_of(f), NOW + 1);
        first.now = NOW + NODE_RENEW_MS;
        assert_int_equal(database_write_now(f->db, renew, &first), 0);
        assert_int_equal(mark_of(f), NOW + NODE_RENEW_MS);
        /* neither a clock that was set back nor the end of the lease takes it away */
        first.now = NOW;
        assert_int_equal(database_write_now(f->db, renew, &first), 0);
        assert_int_equal(database_write_now(f->db, release, &first), 0);
        assert_int_equal(mark_of(f), NOW + NODE_RENEW_MS);
        assert_int_equal(database_write_now(f->db, lease, &first), 0);
        assert_int_equal(mark_of(f), NOW + NODE_RENEW_MS);
}

static int lease_all(struct tx *tx, void *data) {
        for (int i = 0; i <= ID_NODE_MAX; i++) {
                int r = lease(tx, data);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void when_all_numbers_are_taken_the_lease_is_refused(void **state) {
        struct db_fixture *f = *state;
        struct lease l = { .f = f, .now = NOW };

        assert_int_equal(database_write_now(f->db, lease_all, &l), 0);
        assert_int_equal(l.node.number, ID_NODE_MAX);
        assert_int_equal(database_write_now(f->db, lease, &l), -ERR_BUSY);
}

static void a_holder_stops_before_its_lease_ends(void **state) {
        struct node node = { .leased_until = NOW + NODE_LEASE_MS };

        assert_true(node_holds(&node, NOW));
        assert_true(node_holds(&node, NOW + NODE_LEASE_MS - NODE_MARGIN_MS - 1));
        assert_false(node_holds(&node, NOW + NODE_LEASE_MS - NODE_MARGIN_MS));
}

struct insert {
        int64_t id;
        int which;
};

static int insert_token(struct tx *tx, void *data) {
        struct insert *i = data;

        switch (i->which) {
        case 0:
                return db_session_insert(tx, i->id, STR("h"), STR("u"), 1, 2, STR("a"), STR("b"));
        case 1:
                return db_link_insert(tx, i->id, STR("h"), STR("p"), 1);
        case 2:
                return db_authorization_insert(tx, i->id, STR("a"), STR("u"), STR(""), 1);
        case 3:
                return db_code_insert(tx, i->id, STR("h"), 1, STR("r"), STR("c"), 1);
        case 4:
                return db_access_token_insert(tx, i->id, STR("h"), 1, STR(""), 1);
        default:
                return db_refresh_token_insert(tx, i->id, STR("h"), 1, 1);
        }
}

static void the_floor_is_the_greatest_id_of_any_kind_of_token(void **state) {
        struct db_fixture *f = *state;
        int64_t floor = 99;
        struct tx tx;

        assert_int_equal(database_read(f->reader, &tx), 0);
        assert_int_equal(node_id_floor(&tx, &f->arena, &floor), 0);
        assert_true(floor == 0);
        for (int i = 0; i < 6; i++) {
                struct insert insert = { .id = INT64_C(1) << (40 + i), .which = i };

                assert_int_equal(database_write_now(f->db, insert_token, &insert), 1);
                assert_int_equal(database_read(f->reader, &tx), 0);
                assert_int_equal(node_id_floor(&tx, &f->arena, &floor), 0);
                assert_true(floor == insert.id);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(each_process_gets_its_own_number),
                TEST(a_number_passes_on_when_its_lease_has_run_out),
                TEST(a_held_number_is_not_given_twice),
                TEST(a_renewed_lease_holds_on),
                TEST(a_released_number_is_free_at_once),
                TEST(the_greatest_time_of_any_clock_is_remembered),
                TEST(when_all_numbers_are_taken_the_lease_is_refused),
                cmocka_unit_test(a_holder_stops_before_its_lease_ends),
                TEST(the_floor_is_the_greatest_id_of_any_kind_of_token),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
