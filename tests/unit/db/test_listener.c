/* What changes in the database is forgotten by every node before the change is answered; who can't hear serves nothing. */
#include "postgres_fixture.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/listener.h"
#include "db/listener_int.h"
#include "db/row_cache.h"

enum { PATIENCE_MS = 10000 };

static void nap(void) {
        const struct timespec ms = { .tv_nsec = 1000000 };

        (void)nanosleep(&ms, NULL);
}

/* Another server process's side of the same database. */
static struct database *node_start(const struct postgres_fixture *f) {
        char problem[DATABASE_PROBLEM_MAX];
        struct database *db;
        int64_t end = clock_monotonic_ms() + PATIENCE_MS;

        assert_int_equal(database_open(str_of(f->url), &db, problem), 0);
        database_set_connections(db, 2);
        assert_int_equal(database_keep_rows(db), 0);
        assert_int_equal(database_writer_start(db), 0);
        while (!row_cache_trusted(db->cache) && clock_monotonic_ms() < end)
                nap();
        assert_true(row_cache_trusted(db->cache));
        return db;
}

/* Has the row of user `u`'s session kept, read as a request reads it. */
struct reading {
        struct write_job job;
        struct arena arena;
        struct session_row row;
        int found;
        atomic_bool done;
};

static int reading_run(struct write_job *job, struct tx *tx) {
        struct reading *r = CONTAINER_OF(job, struct reading, job);

        r->found = db_session_with_user(tx, &r->arena, 5, &r->row);
        return r->found;
}

static void reading_done(struct write_job *job, int result _unused_) {
        atomic_store(&CONTAINER_OF(job, struct reading, job)->done, true);
}

static void read_session(struct database *db) {
        struct reading r = { .job = { .run = reading_run, .done = reading_done, .reads = true } };

        arena_init(&r.arena, 65536);
        database_submit(db, &r.job);
        while (!atomic_load(&r.done))
                nap();
        assert_int_equal(r.found, 1);
        arena_done(&r.arena);
}

/* 1 when the row is served from memory. */
static int kept(struct database *db, bool *ret_active) {
        struct db_connection *reader;
        struct session_row row;
        struct arena arena;
        struct tx tx;
        int r = 0;

        assert_int_equal(database_kept_reader_open(db, &reader), 0);
        arena_init(&arena, 65536);
        if (database_read_kept(reader, &tx)) {
                r = db_session_with_user(&tx, &arena, 5, &row);
                assert_true(tx.failed == (r < 0));
                if (r == 1 && ret_active)
                        *ret_active = row.is_active;
        }
        arena_done(&arena);
        (void)database_reader_close(reader);
        return r == 1;
}

static void prepare(const struct postgres_fixture *f) {
        postgres_fixture_run(
                f, "DELETE FROM users; DELETE FROM sessions;"
                   "INSERT INTO users VALUES ('u', 'u@example.com', NULL, 'UTC', '-', FALSE, TRUE, 1, 1);"
                   "INSERT INTO sessions VALUES (5, '\\x00', 'u', 1, 1, 9999999999999, '', '')");
}

static int disable(struct tx *tx, void *data _unused_) {
        return db_user_set_active(tx, STR("u"), false, 2);
}

static int enable(struct tx *tx, void *data _unused_) {
        return db_user_set_active(tx, STR("u"), true, 2);
}

static void a_row_that_was_read_is_served_from_memory(void **state) {
        struct postgres_fixture *f = *state;
        struct database *db;

        prepare(f);
        db = node_start(f);
        assert_false(kept(db, NULL));
        read_session(db);
        assert_true(kept(db, NULL));
        (void)database_close(db);
}

static void what_one_node_changes_holds_on_all_before_it_is_answered(void **state) {
        struct postgres_fixture *f = *state;
        struct database *here, *there;

        prepare(f);
        here = node_start(f);
        there = node_start(f);
        for (unsigned i = 0; i < 50; i++) {
                int64_t begin;

                read_session(here);
                read_session(there);
                assert_true(kept(there, NULL));
                begin = clock_monotonic_ms();
                assert_int_equal(database_write_now(here, i % 2 ? enable : disable, NULL), 1);
                assert_false(kept(here, NULL));
                assert_false(kept(there, NULL));
                assert_true(clock_monotonic_ms() - begin < LISTENER_TRUST_MS);
        }
        (void)database_close(here);
        (void)database_close(there);
}

static void what_a_command_changes_holds_on_all_before_it_ends(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct postgres_fixture *f = *state;
        struct database *db, *command;

        for (unsigned i = 0; i < 20; i++) {
                int64_t begin;

                prepare(f);
                db = node_start(f);
                read_session(db);
                assert_true(kept(db, NULL));
                assert_int_equal(database_open(str_of(f->url), &command, problem), 0);
                assert_int_equal(database_await_nodes(command), 0);
                begin = clock_monotonic_ms();
                assert_int_equal(database_write_now(command, disable, NULL), 1);
                assert_false(kept(db, NULL));
                assert_true(
                        row_cache_trusted(db->cache)); /* it has heard of it: it was not only waited for */
                assert_true(clock_monotonic_ms() - begin < LISTENER_TRUST_MS);
                (void)database_close(command);
                (void)database_close(db);
        }
}

static void what_others_change_is_forgotten_too(void **state) {
        static const char *const changes[] = {
                "UPDATE users SET is_active = FALSE",
                "UPDATE users SET name = 'x' WHERE id = 'u'",
                "UPDATE sessions SET expires_at = 9999999999998",
                "TRUNCATE apps",
                "DELETE FROM sessions",
                "DELETE FROM users",
        };
        struct postgres_fixture *f = *state;
        struct database *db;

        prepare(f);
        db = node_start(f);
        for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
                int64_t end = clock_monotonic_ms() + PATIENCE_MS;
                bool gone = false;

                prepare(f);
                read_session(db);
                postgres_fixture_run(f, changes[i]);
                while (!gone && clock_monotonic_ms() < end) {
                        gone = row_cache_trusted(db->cache) && !kept(db, NULL);
                        nap();
                }
                assert_true(gone);
        }
        (void)database_close(db);
}

static void silent_changes_leave_it(void **state) {
        struct postgres_fixture *f = *state;
        struct database *db;
        uint64_t begin;

        prepare(f);
        db = node_start(f);
        read_session(db);
        begin = row_cache_begin(db->cache);
        postgres_fixture_run(f, "UPDATE users SET password_hash = 'other'");
        postgres_fixture_run(f, "UPDATE sessions SET seen_at = 7");
        postgres_fixture_run(
                f, "INSERT INTO access_tokens VALUES (1, '\\x00', 1, '', 5, 0); DELETE FROM access_tokens");
        /* A last one that is heard, behind them. */
        postgres_fixture_run(f, "NOTIFY gatehouse, 'user:nobody'");
        for (int64_t end = clock_monotonic_ms() + PATIENCE_MS; clock_monotonic_ms() < end;) {
                if (row_cache_begin(db->cache) != begin)
                        break;
                nap();
        }
        assert_int_equal(row_cache_begin(db->cache), begin + 1);
        assert_true(kept(db, NULL));
        (void)database_close(db);
}

static void a_node_that_does_not_answer_is_waited_for_until_it_trusts_nothing(void **state) {
        static const char *const names[] = { "dbname", "application_name", NULL };
        struct postgres_fixture *f = *state;
        const char *values[] = { f->url, LISTENER_NAME "0123456789abcdef", NULL };
        struct database *db;
        int64_t begin, took;
        PGconn *deaf;

        prepare(f);
        db = node_start(f);
        deaf = PQconnectdbParams(names, values, 1);
        assert_int_equal(PQstatus(deaf), CONNECTION_OK);
        begin = clock_monotonic_ms();
        assert_int_equal(database_write_now(db, disable, NULL), 1);
        took = clock_monotonic_ms() - begin;
        assert_in_range(took, LISTENER_TRUST_MS, LISTENER_TRUST_MS + 3000);
        PQfinish(deaf);
        (void)database_close(db);
}

static void who_can_not_hear_serves_nothing_and_forgets(void **state) {
        struct postgres_fixture *f = *state;
        struct database *db;
        int64_t end;

        prepare(f);
        db = node_start(f);
        read_session(db);
        assert_true(kept(db, NULL));
        postgres_fixture_kill(f);
        for (end = clock_monotonic_ms() + PATIENCE_MS;
             row_cache_trusted(db->cache) && clock_monotonic_ms() < end;)
                nap();
        assert_false(kept(db, NULL));
        postgres_fixture_start(f);
        for (end = clock_monotonic_ms() + PATIENCE_MS;
             !row_cache_trusted(db->cache) && clock_monotonic_ms() < end;)
                nap();
        assert_true(row_cache_trusted(db->cache));
        assert_false(kept(db, NULL));
        (void)database_close(db);
}

static void it_ends_promptly_even_while_there_is_no_server(void **state _unused_) {
        struct row_cache *cache = row_cache_new(64, 65536);
        struct listener *l;
        int64_t begin;

        assert_non_null(cache);
        assert_int_equal(listener_start("postgresql://nobody@127.0.0.1:1/nothing", cache, NULL, &l), 0);
        for (unsigned i = 0; i < 200; i++)
                nap();
        assert_false(row_cache_trusted(cache));
        begin = clock_monotonic_ms();
        l = listener_stop(l);
        assert_true(clock_monotonic_ms() - begin < 1000);
        cache = row_cache_free(cache);
}

static void every_statement_that_changes_what_is_kept_is_announced(void **state _unused_) {
        static const unsigned announced[] = {
                DB_STATEMENT_user_set_active,     DB_STATEMENT_user_set_name,
                DB_STATEMENT_app_set_active,      DB_STATEMENT_app_delete,
                DB_STATEMENT_session_delete,      DB_STATEMENT_sessions_delete_of_user,
                DB_STATEMENT_access_token_revoke, DB_STATEMENT_authorization_revoke
        };
        static const unsigned silent[] = { DB_STATEMENT_session_touch, DB_STATEMENT_session_insert,
                                           DB_STATEMENT_user_by_id, DB_STATEMENT_code_spend,
                                           DB_STATEMENT_refresh_token_spend };
        struct listener l = { 0 };

        assert_int_equal(listener_learn_statements(&l), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(announced); i++)
                assert_true(listener_concerns(&l, announced[i]));
        for (size_t i = 0; i < ARRAY_LENGTH(silent); i++)
                assert_false(listener_concerns(&l, silent[i]));
        free(l.concerns);
}

static void only_sixteen_digits_are_an_id(void **state _unused_) {
        uint64_t id;

        assert_true(listener_id_parse(STR("0123456789abcdef"), &id));
        assert_true(id == UINT64_C(0x0123456789abcdef));
        assert_false(listener_id_parse(STR("0123456789abcde"), &id));
        assert_false(listener_id_parse(STR("0123456789ABCDEF"), &id));
        assert_false(listener_id_parse(STR("0123456789abcde'"), &id));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_row_that_was_read_is_served_from_memory),
                cmocka_unit_test(what_one_node_changes_holds_on_all_before_it_is_answered),
                cmocka_unit_test(what_a_command_changes_holds_on_all_before_it_ends),
                cmocka_unit_test(what_others_change_is_forgotten_too),
                cmocka_unit_test(silent_changes_leave_it),
                cmocka_unit_test(a_node_that_does_not_answer_is_waited_for_until_it_trusts_nothing),
                cmocka_unit_test(who_can_not_hear_serves_nothing_and_forgets),
                cmocka_unit_test(it_ends_promptly_even_while_there_is_no_server),
                cmocka_unit_test(every_statement_that_changes_what_is_kept_is_announced),
                cmocka_unit_test(only_sixteen_digits_are_an_id),
        };

        if (!postgres_installed())
                return 77;
        log_setup(LOG_ERROR, LOG_LOGFMT);
        return cmocka_run_group_tests(tests, postgres_fixture_setup, postgres_fixture_teardown);
}
