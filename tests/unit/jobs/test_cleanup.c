#include "jobs/cleanup.h"

#include <stdio.h>

#include "../support/fixture.h"

#include "base/errors.h"
#include "db/statements.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

/* Rows of every kind, made at one instant: id, and expiry as the product would set it. */
struct rows {
        const struct settings *settings;
        int64_t made_at; /* milliseconds since 1970 */
        int64_t first;   /* ids count from here, so that two sets don't collide */
        unsigned count;
};

static int insert_rows(struct tx *tx, void *data) {
        static const char hash[32];
        const struct rows *r = data;
        const struct settings *s = r->settings;
        struct arena arena;
        struct str h = str_n(hash, sizeof(hash));

        arena_init(&arena, 1 << 20);
        for (unsigned i = 0; i < r->count; i++) {
                int64_t id = id_at(r->made_at) + r->first + i, t = r->made_at;
                char name[32];

                snprintf(name, sizeof(name), "t%lld", (long long)id);
                assert_int_equal(
                        db_code_insert(tx, id, h, id, STR("u"), STR("c"), t + s->code_lifetime * 1000), 1);
                assert_int_equal(
                        db_access_token_insert(tx, id, h, id, STR(""), t + s->access_token_lifetime * 1000),
                        1);
                assert_int_equal(db_refresh_token_insert(tx, id, h, id, t + s->refresh_token_lifetime * 1000),
                                 1);
                assert_int_equal(db_authorization_insert(tx, id, STR("a"), STR("u"), STR(""),
                                                         t + s->authorization_lifetime * 1000),
                                 1);
                assert_int_equal(db_session_insert(tx, id, h, STR("u"), t, t + s->session_lifetime * 1000,
                                                   STR(""), STR("")),
                                 1);
                assert_int_equal(db_link_insert(tx, id, h, STR("setup"), t + DAY), 1);
                assert_int_equal(
                        db_throttle_take(tx, &arena, str_of(name), t, HOUR, 0, &(struct throttle_row){ 0 }),
                        1);
        }
        arena_done(&arena);
        return 0;
}

static void insert(struct fixture *f, int64_t made_at, int64_t first, unsigned count) {
        struct rows rows = { &f->settings, made_at, first, count };

        assert_int_equal(fixture_write(f, insert_rows, &rows), 0);
}

static struct cleanup_counts clean(struct fixture *f) {
        const struct cleanup cleanup = { .settings = &f->settings,
                                         .clock = &f->clock.clock,
                                         .database = f->db,
                                         .key = &f->context.server_key };
        struct cleanup_counts counts;

        assert_int_equal(cleanup_run(&cleanup, &counts), CLEANUP_DONE);
        return counts;
}

static void what_is_in_use_stays(void **state) {
        struct fixture f;
        struct cleanup_counts counts;

        fixture_init(&f);
        insert(&f, FIXTURE_START, 0, 3);
        counts = clean(&f);
        for (unsigned i = 0; i < CLEANUP_KINDS; i++)
                assert_int_equal(counts.removed[i], 0);
        fixture_done(&f);
}

static void each_kind_goes_when_its_time_is_over(void **state) {
        struct fixture f;
        struct row {
                enum cleanup_kind kind;
                int64_t end; /* milliseconds after it was made */
        } rows[CLEANUP_KINDS];
        size_t n = 0;

        fixture_init(&f);
        /* from the first that ends to the last */
        rows[n++] = (struct row){ CLEANUP_THROTTLES, HOUR };
        rows[n++] = (struct row){ CLEANUP_LINKS, DAY };
        rows[n++] = (struct row){ CLEANUP_CODES, f.settings.code_lifetime * 1000 + CLEANUP_KEEP_MS };
        rows[n++] = (struct row){ CLEANUP_ACCESS_TOKENS,
                                  f.settings.access_token_lifetime * 1000 + CLEANUP_KEEP_MS };
        rows[n++] = (struct row){ CLEANUP_SESSIONS, f.settings.session_idle * 1000 };
        rows[n++] = (struct row){ CLEANUP_REFRESH_TOKENS,
                                  f.settings.refresh_token_lifetime * 1000 + CLEANUP_KEEP_MS };
        rows[n++] = (struct row){ CLEANUP_AUTHORIZATIONS,
                                  f.settings.authorization_lifetime * 1000 + CLEANUP_KEEP_MS };
        insert(&f, FIXTURE_START, 0, 2);
        for (size_t i = 0; i < n; i++) {
                struct cleanup_counts counts;

                f.clock.now = FIXTURE_START + rows[i].end - 1;
                counts = clean(&f);
                assert_int_equal(counts.removed[rows[i].kind], 0);
                f.clock.now = FIXTURE_START + rows[i].end + 1;
                counts = clean(&f);
                if (counts.removed[rows[i].kind] != 2)
                        fail_msg("%s: %lld removed", cleanup_names[rows[i].kind],
                                 (long long)counts.removed[rows[i].kind]);
        }
        fixture_done(&f);
}

static void only_what_is_old_goes(void **state) {
        struct fixture f;
        struct cleanup_counts counts;

        fixture_init(&f);
        insert(&f, FIXTURE_START, 0, 4);
        insert(&f, FIXTURE_START + 40 * DAY, 10, 5);
        f.clock.now = FIXTURE_START + 40 * DAY;
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_CODES], 4);
        assert_int_equal(counts.removed[CLEANUP_ACCESS_TOKENS], 4);
        assert_int_equal(counts.removed[CLEANUP_REFRESH_TOKENS], 4);
        assert_int_equal(counts.removed[CLEANUP_AUTHORIZATIONS], 0);
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_CODES], 0);
        fixture_done(&f);
}

static void many_rows_go_in_batches(void **state) {
        struct fixture f;
        struct cleanup_counts counts;

        fixture_init(&f);
        insert(&f, FIXTURE_START, 0, 2 * CLEANUP_BATCH + 1);
        f.clock.now = FIXTURE_START + 2 * DAY;
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_CODES], 2 * CLEANUP_BATCH + 1);
        assert_int_equal(counts.removed[CLEANUP_LINKS], 2 * CLEANUP_BATCH + 1);
        fixture_done(&f);
}

static bool stop_after_one(void *data, enum cleanup_kind kind, const struct cleanup_counts *so_far) {
        int *calls = data;

        return ++*calls < 2;
}

static void a_round_can_be_stopped_between_batches(void **state) {
        struct fixture f;
        struct cleanup_counts counts;
        struct cleanup cleanup;
        int calls = 0;

        fixture_init(&f);
        insert(&f, FIXTURE_START, 0, 6 * CLEANUP_BATCH + 1);
        f.clock.now = FIXTURE_START + 2 * DAY;
        cleanup = (struct cleanup){ .settings = &f.settings,
                                    .clock = &f.clock.clock,
                                    .database = f.db,
                                    .go_on = stop_after_one,
                                    .data = &calls };
        assert_int_equal(cleanup_run(&cleanup, &counts), CLEANUP_STOPPED);
        assert_int_equal(calls, 2);
        assert_in_range(counts.removed[CLEANUP_CODES], 2 * CLEANUP_BATCH_MIN, 6 * CLEANUP_BATCH - 1);
        assert_int_equal(counts.removed[CLEANUP_ACCESS_TOKENS], 0);
        assert_int_equal(counts.removed[CLEANUP_CODES] + clean(&f).removed[CLEANUP_CODES],
                         6 * CLEANUP_BATCH + 1);
        fixture_done(&f);
}

static int insert_long_lived(struct tx *tx, void *data) {
        int64_t id = id_at(FIXTURE_START);

        assert_int_equal(db_access_token_insert(tx, id, STR("h"), id, STR(""), FIXTURE_START + 10 * DAY), 1);
        return db_refresh_token_insert(tx, id, STR("h"), id, FIXTURE_START + 90 * DAY);
}

static void a_lifetime_that_was_shortened_ends_no_token_that_is_alive(void **state) {
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, insert_long_lived, NULL), 1);
        f.clock.now = FIXTURE_START + 9 * DAY; /* an hour and thirty days are what is set now */
        assert_int_equal(clean(&f).removed[CLEANUP_ACCESS_TOKENS], 0);
        f.clock.now = FIXTURE_START + 89 * DAY;
        assert_int_equal(clean(&f).removed[CLEANUP_REFRESH_TOKENS], 0);
        f.clock.now = FIXTURE_START + 92 * DAY;
        assert_int_equal(clean(&f).removed[CLEANUP_REFRESH_TOKENS], 1);
        fixture_done(&f);
}

static int insert_revoked(struct tx *tx, void *data) {
        int64_t id = id_at(FIXTURE_START);

        assert_int_equal(
                db_authorization_insert(tx, id, STR("a"), STR("u"), STR(""), FIXTURE_START + 365 * DAY), 1);
        return db_authorization_revoke(tx, id, FIXTURE_START + 5 * DAY);
}

static void a_revoked_family_goes_when_nothing_of_it_can_be_alive(void **state) {
        struct fixture f;
        int64_t end;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, insert_revoked, NULL), 1);
        end = FIXTURE_START + 5 * DAY + f.settings.refresh_token_lifetime * 1000 + CLEANUP_KEEP_MS;
        f.clock.now = end - 1;
        assert_int_equal(clean(&f).removed[CLEANUP_AUTHORIZATIONS], 0);
        f.clock.now = end + 1;
        assert_int_equal(clean(&f).removed[CLEANUP_AUTHORIZATIONS], 1);
        fixture_done(&f);
}

/* A spent token whose reuse must revoke its family, and the successors that a replay within the grace asks for. */
static int insert_spent(struct tx *tx, void *data) {
        const struct settings *s = data;
        int64_t id = id_at(FIXTURE_START), t = FIXTURE_START;

        assert_int_equal(db_refresh_token_insert(tx, id, STR("h"), id, t + s->refresh_token_lifetime * 1000),
                         1);
        assert_int_equal(db_refresh_token_spend(tx, id, t, id + 1, id + 2), 1);
        assert_int_equal(db_access_token_insert(tx, id + 2, STR("h"), id, STR(""), t + 1000), 1);
        assert_int_equal(
                db_code_insert(tx, id, STR("h"), id, STR("u"), STR("c"), t + s->code_lifetime * 1000), 1);
        return db_code_spend(tx, id, t);
}

static void what_was_spent_is_remembered_to_its_own_end(void **state) {
        struct fixture f;
        struct cleanup_counts counts;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, insert_spent, &f.settings), 1);
        f.clock.now = FIXTURE_START + 300 * 1000; /* the longest grace */
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_ACCESS_TOKENS], 0);
        assert_int_equal(counts.removed[CLEANUP_REFRESH_TOKENS], 0);
        f.clock.now = FIXTURE_START + f.settings.code_lifetime * 1000;
        assert_int_equal(clean(&f).removed[CLEANUP_CODES], 0);
        f.clock.now = FIXTURE_START + f.settings.refresh_token_lifetime * 1000;
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_REFRESH_TOKENS], 0);
        assert_int_equal(counts.removed[CLEANUP_ACCESS_TOKENS], 1);
        fixture_done(&f);
}

static void the_dead_among_the_living_are_found(void **state) {
        struct fixture f;

        fixture_init(&f);
        for (unsigned i = 0; i < 20; i++) { /* alive, dead, alive, … */
                insert(&f, FIXTURE_START, 2 * 2000 * i, 200);
                f.settings.session_lifetime = 1;
                insert(&f, FIXTURE_START, 2 * 2000 * i + 2000, 100);
                f.settings.session_lifetime = 90 * 86400;
        }
        f.clock.now = FIXTURE_START + HOUR;
        assert_int_equal(clean(&f).removed[CLEANUP_SESSIONS], 2000);
        assert_int_equal(clean(&f).removed[CLEANUP_SESSIONS], 0);
        fixture_done(&f);
}

static void add_pause(void *data, int64_t ms) {
        int64_t *total = data;

        assert_in_range(ms, 0, 1000);
        *total += ms;
}

static void between_batches_there_is_a_pause(void **state) {
        struct fixture f;
        struct cleanup_counts counts;
        struct cleanup cleanup;
        int64_t paused = 0;

        fixture_init(&f);
        insert(&f, FIXTURE_START, 0, 6 * CLEANUP_BATCH);
        f.clock.now = FIXTURE_START + 2 * DAY;
        cleanup = (struct cleanup){ .settings = &f.settings,
                                    .clock = &f.clock.clock,
                                    .database = f.db,
                                    .pause = add_pause,
                                    .data = &paused };
        assert_int_equal(cleanup_run(&cleanup, &counts), CLEANUP_DONE);
        assert_true(paused > 0);
        fixture_done(&f);
}

static void batches_grow_while_they_are_quick_and_shrink_when_they_are_slow(void **state) {
        assert_int_equal(cleanup_next_size(500, 100), 1000);
        assert_int_equal(cleanup_next_size(500, 4000), 500);
        assert_int_equal(cleanup_next_size(500, 50 * 1000), 250);
        assert_int_equal(cleanup_next_size(CLEANUP_BATCH_MAX, 1), CLEANUP_BATCH_MAX);
        assert_int_equal(cleanup_next_size(CLEANUP_BATCH_MIN, 1000 * 1000), CLEANUP_BATCH_MIN);
        assert_int_equal(cleanup_pause_ms(1), 1);
        assert_int_equal(cleanup_pause_ms(5000), 20);
        assert_int_equal(cleanup_pause_ms(60 * 1000 * 1000), 1000);
}

static void rounds_begin_at_times_drawn_by_lot(void **state) {
        const struct settings s = { .cleanup_interval_hours = 6 };
        bool differ = false;

        for (int i = 0; i < 50; i++) {
                int64_t first = cleanup_delay_ms(&s, &random_system, true),
                        next = cleanup_delay_ms(&s, &random_system, false);

                assert_in_range(first, 60 * 1000, 120 * 1000);
                assert_in_range(next, 6 * HOUR, 6 * HOUR + 6 * HOUR / 10);
                differ |= first != cleanup_delay_ms(&s, &random_system, true);
        }
        assert_true(differ);
}

static int insert_graph(struct tx *tx, void *data) {
        struct str id = str_of(data);
        int64_t row = *((const char *)data) * 1000;

        assert_int_equal(db_graph_insert(tx, id, STR("u"), STR(""), 1, 1, FIXTURE_START), 1);
        for (int i = 0; i < 30; i++)
                assert_int_equal(db_graph_version_insert(tx, row + i, id, i + 1, 0, STR("{}"), STR("{}"),
                                                         FIXTURE_START),
                                 1);
        return 0;
}

static int delete_graph(struct tx *tx, void *data) {
        return db_graph_delete(tx, str_of(data), STR("u"), FIXTURE_START);
}

static void deleted_graphs_go_with_their_versions_and_others_stay(void **state) {
        struct cleanup_counts counts;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(fixture_write(&f, insert_graph, "a"), 0);
        assert_int_equal(fixture_write(&f, insert_graph, "b"), 0);
        assert_int_equal(fixture_write(&f, delete_graph, "a"), 1);
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_GRAPH_VERSIONS], 30);
        assert_int_equal(counts.removed[CLEANUP_GRAPHS], 1);
        counts = clean(&f);
        assert_int_equal(counts.removed[CLEANUP_GRAPH_VERSIONS] + counts.removed[CLEANUP_GRAPHS], 0);
        fixture_done(&f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_in_use_stays),
                cmocka_unit_test(each_kind_goes_when_its_time_is_over),
                cmocka_unit_test(only_what_is_old_goes),
                cmocka_unit_test(many_rows_go_in_batches),
                cmocka_unit_test(a_lifetime_that_was_shortened_ends_no_token_that_is_alive),
                cmocka_unit_test(a_revoked_family_goes_when_nothing_of_it_can_be_alive),
                cmocka_unit_test(what_was_spent_is_remembered_to_its_own_end),
                cmocka_unit_test(the_dead_among_the_living_are_found),
                cmocka_unit_test(between_batches_there_is_a_pause),
                cmocka_unit_test(batches_grow_while_they_are_quick_and_shrink_when_they_are_slow),
                cmocka_unit_test(rounds_begin_at_times_drawn_by_lot),
                cmocka_unit_test(a_round_can_be_stopped_between_batches),
                cmocka_unit_test(deleted_graphs_go_with_their_versions_and_others_stay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
