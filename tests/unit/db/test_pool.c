/* The pool of database threads against a real PostgreSQL that fails in every way. */
#include "postgres_fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <time.h>

static int setup(void **state) {
        struct postgres_fixture *f;

        assert_int_equal(postgres_fixture_setup(state), 0);
        f = *state;
        database_set_connections(f->db, 2);
        assert_int_equal(database_writer_start(f->db), 0);
        postgres_fixture_run(f, "CREATE SEQUENCE tries");
        return 0;
}

/* What an insert of a link does besides, while `body` holds; NULL takes it away. */
static void trap(const struct postgres_fixture *f, const char *when, const char *body) {
        char sql[1024];

        postgres_fixture_run(f, "SET client_min_messages = warning; DROP TRIGGER IF EXISTS trap ON links; "
                                "ALTER SEQUENCE tries RESTART");
        if (!body)
                return;
        (void)snprintf(sql, sizeof(sql),
                       "CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s "
                       "RETURN NEW; END $$;"
                       "CREATE %s ON links %s FOR EACH ROW EXECUTE FUNCTION trap()",
                       body, when,
                       strncmp(when, "CONSTRAINT", 10) == 0 ? "DEFERRABLE INITIALLY DEFERRED" : "");
        postgres_fixture_run(f, sql);
}

static const char at_once[] = "TRIGGER trap BEFORE INSERT";
static const char at_commit[] = "CONSTRAINT TRIGGER trap AFTER INSERT";

struct link_job {
        int64_t id;
        unsigned runs;
        bool deaf; /* the answer to COMMIT gets lost */
};

static int add_link(struct tx *tx, void *data) {
        struct link_job *job = data;
        int r = db_link_insert(tx, job->id, STR("h"), STR("p"), 1);

        if (r >= 0 && job->deaf && job->runs == 0)
                assert_int_equal(shutdown(PQsocket(postgres_of(tx->connection)->handle), SHUT_RD), 0);
        job->runs++;
        return r;
}

static void assert_stored(const struct postgres_fixture *f, int64_t id, long times) {
        char sql[128];

        (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM links WHERE id = %lld", (long long)id);
        assert_int_equal(postgres_fixture_number(f, sql), times);
}

static void a_serialization_failure_is_tried_again(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 1 };

        trap(f, at_once, "IF nextval('tries') < 4 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF;");
        assert_int_equal(database_write_now(f->db, add_link, &job), 1);
        assert_int_equal(job.runs, 4);
        assert_stored(f, 1, 1);
}

static void tries_have_an_end(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 2 };

        trap(f, at_once, "RAISE EXCEPTION USING ERRCODE = '40001';");
        assert_int_equal(database_write_now(f->db, add_link, &job), -ERR_STORAGE);
        assert_int_equal(job.runs, 5);
        trap(f, NULL, NULL);
        assert_stored(f, 2, 0);
}

static void any_other_failure_is_not_tried_again(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 3 };

        trap(f, at_once, "RAISE EXCEPTION USING ERRCODE = '53100';");
        assert_int_equal(database_write_now(f->db, add_link, &job), -ERR_STORAGE);
        assert_int_equal(job.runs, 1);
        trap(f, NULL, NULL);
}

static void a_connection_lost_before_the_commit_is_made_anew(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 4 };

        trap(f, at_once,
             "IF nextval('tries') < 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;");
        assert_int_equal(database_write_now(f->db, add_link, &job), 1);
        assert_int_equal(job.runs, 2);
        assert_stored(f, 4, 1);
}

static void a_commit_that_was_lost_and_failed_is_run_again(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 5 };

        trap(f, at_commit,
             "IF nextval('tries') < 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;");
        assert_int_equal(database_write_now(f->db, add_link, &job), 1);
        assert_int_equal(job.runs, 2);
        trap(f, NULL, NULL);
        assert_stored(f, 5, 1);
}

static void a_commit_whose_answer_was_lost_is_looked_up_and_not_run_again(void **state) {
        struct postgres_fixture *f = *state;
        struct link_job job = { .id = 6, .deaf = true };

        assert_int_equal(database_write_now(f->db, add_link, &job), 1);
        assert_int_equal(job.runs, 1);
        assert_stored(f, 6, 1);
}

/* --- two at a time --- */

struct crossing {
        struct write_job job;
        const char *first, *second;
        sem_t *mine, *other, *finished;
        unsigned runs;
        int result;
};

static int cross(struct write_job *job, struct tx *tx) {
        struct crossing *c = CONTAINER_OF(job, struct crossing, job);
        int r;

        r = db_user_set_timezone(tx, str_of(c->first), STR("t"), 2);
        if (r >= 0 && c->runs++ == 0) {
                (void)sem_post(c->mine);
                (void)sem_wait(c->other);
        }
        return r < 0 ? r : db_user_set_timezone(tx, str_of(c->second), STR("t"), 2);
}

static void crossed(struct write_job *job, int result) {
        struct crossing *c = CONTAINER_OF(job, struct crossing, job);

        c->result = result;
        (void)sem_post(c->finished);
}

static int add_users(struct tx *tx, void *data _unused_) {
        int r = db_user_insert(tx, STR("a"), STR("a@example.org"), STR_NULL, STR("-"), STR("-"), false, 1);

        return r < 0 ? r
                     : db_user_insert(tx, STR("b"), STR("b@example.org"), STR_NULL, STR("-"), STR("-"), false,
                                      1);
}

static void of_two_that_wait_for_each_other_both_succeed(void **state) {
        struct postgres_fixture *f = *state;
        sem_t one, two, finished;
        struct crossing a = { { .run = cross, .done = crossed }, "a", "b", &one, &two, &finished, 0, 0 };
        struct crossing b = { { .run = cross, .done = crossed }, "b", "a", &two, &one, &finished, 0, 0 };

        (void)sem_init(&one, 0, 0);
        (void)sem_init(&two, 0, 0);
        (void)sem_init(&finished, 0, 0);
        assert_int_equal(database_write_now(f->db, add_users, NULL), 1);
        database_submit(f->db, &a.job);
        database_submit(f->db, &b.job);
        (void)sem_wait(&finished);
        (void)sem_wait(&finished);
        assert_int_equal(a.result, 1);
        assert_int_equal(b.result, 1);
        assert_int_equal(a.runs + b.runs, 3);
}

/* --- reads, and a server that goes and comes --- */

struct reading {
        struct write_job job;
        struct postgres_fixture *f;
        bool write;
        int result;
        sem_t finished;
};

static int read_something(struct write_job *job, struct tx *tx) {
        struct reading *r = CONTAINER_OF(job, struct reading, job);
        struct total_row total;

        assert_false(tx->writable);
        return r->write ? db_user_set_timezone(tx, STR("a"), STR("x"), 3)
                        : db_users_count(tx, &r->f->arena, 100, &total);
}

static void read_done(struct write_job *job, int result) {
        struct reading *r = CONTAINER_OF(job, struct reading, job);

        r->result = result;
        (void)sem_post(&r->finished);
}

static int read_now(struct postgres_fixture *f, bool write) {
        struct reading r = { .job = { .run = read_something, .done = read_done, .reads = true },
                             .f = f,
                             .write = write };

        (void)sem_init(&r.finished, 0, 0);
        database_submit(f->db, &r.job);
        (void)sem_wait(&r.finished);
        return r.result;
}

static void a_read_needs_no_transaction_and_cannot_write(void **state) {
        struct postgres_fixture *f = *state;

        assert_int_equal(read_now(f, false), 1);
        assert_int_equal(read_now(f, true), -ERR_INTERNAL);
        assert_int_equal(read_now(f, false), 1);
}

static void a_server_that_went_away_is_found_again(void **state) {
        struct postgres_fixture *f = *state;
        const struct timespec pause = { .tv_nsec = 50 * 1000000 };
        struct link_job job = { .id = 7 };
        int r = -1;

        postgres_fixture_kill(f);
        assert_int_equal(read_now(f, false), -ERR_STORAGE);
        assert_int_equal(database_write_now(f->db, add_link, &job), -ERR_STORAGE);
        postgres_fixture_start(f);
        for (unsigned i = 0; i < 200 && r != 1; i++) {
                r = database_write_now(f->db, add_link, &job);
                (void)nanosleep(&pause, NULL);
        }
        assert_int_equal(r, 1);
        assert_stored(f, 7, 1);
        assert_int_equal(read_now(f, false), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_serialization_failure_is_tried_again),
                cmocka_unit_test(tries_have_an_end),
                cmocka_unit_test(any_other_failure_is_not_tried_again),
                cmocka_unit_test(a_connection_lost_before_the_commit_is_made_anew),
                cmocka_unit_test(a_commit_that_was_lost_and_failed_is_run_again),
                cmocka_unit_test(a_commit_whose_answer_was_lost_is_looked_up_and_not_run_again),
                cmocka_unit_test(of_two_that_wait_for_each_other_both_succeed),
                cmocka_unit_test(a_read_needs_no_transaction_and_cannot_write),
                cmocka_unit_test(a_server_that_went_away_is_found_again),
        };

        if (!postgres_installed())
                return 77; /* Meson: skipped */
        return cmocka_run_group_tests(tests, setup, postgres_fixture_teardown);
}
