/* Reads that share a connection's round trips, and the queue before the pool. */
#include "postgres_fixture.h"

#include <semaphore.h>
#include <stdlib.h>

enum { THREADS = 2, READS = 40 };

static int add_people(struct tx *tx, void *data _unused_) {
        for (int i = 0; i < READS; i++) {
                char id[32], email[32];
                int r;

                (void)snprintf(id, sizeof(id), "person-%d", i);
                (void)snprintf(email, sizeof(email), "%d@example.org", i);
                r = db_user_insert(tx, str_of(id), str_of(email), STR_NULL, STR("-"), STR("-"), false, i);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int setup(void **state) {
        struct postgres_fixture *f;

        assert_int_equal(postgres_fixture_setup(state), 0);
        f = *state;
        database_set_connections(f->db, THREADS);
        assert_int_equal(database_writer_start(f->db), 0);
        return database_write_now(f->db, add_people, NULL);
}

/* --- holding the threads up, so that what is submitted waits together --- */

struct barrier {
        struct write_job jobs[THREADS];
        sem_t entered, leave, left;
};

static struct barrier barrier;

static int hold(struct write_job *job _unused_, struct tx *tx _unused_) {
        (void)sem_post(&barrier.entered);
        (void)sem_wait(&barrier.leave);
        return 0;
}

static void held(struct write_job *job _unused_, int result) {
        assert_int_equal(result, 0);
        (void)sem_post(&barrier.left);
}

static void threads_hold(struct postgres_fixture *f) {
        (void)sem_init(&barrier.entered, 0, 0);
        (void)sem_init(&barrier.leave, 0, 0);
        (void)sem_init(&barrier.left, 0, 0);
        for (int i = 0; i < THREADS; i++) {
                barrier.jobs[i] = (struct write_job){ .run = hold, .done = held };
                database_submit(f->db, &barrier.jobs[i]);
        }
        for (int i = 0; i < THREADS; i++)
                (void)sem_wait(&barrier.entered);
}

static void threads_release(void) {
        for (int i = 0; i < THREADS; i++)
                (void)sem_post(&barrier.leave);
        for (int i = 0; i < THREADS; i++)
                (void)sem_wait(&barrier.left);
}

/* --- reads --- */

enum kind { BY_ID, TWICE, BY_BOTH, MISSING, BY_LIST, MANY, FAILS, REFUSED, KINDS };

struct reading {
        struct write_job job;
        enum kind kind;
        int number;
        struct arena arena;
        struct user_row user;
        int result;
};

static sem_t finished;

static int person(struct reading *r, struct tx *tx, int number) {
        char id[16]; /* gone when the look-up is answered */
        int found;

        (void)snprintf(id, sizeof(id), "person-%d", number);
        found = db_user_by_id(tx, &r->arena, str_of(id), &r->user);
        memset(id, 'x', sizeof(id));
        return found;
}

static int read_it(struct write_job *job, struct tx *tx) {
        struct reading *r = CONTAINER_OF(job, struct reading, job);
        struct consent_row consent;
        struct app_row *apps;
        size_t n;
        int found;

        switch (r->kind) {
        case BY_ID:
                return person(r, tx, r->number);
        case TWICE:
                found = person(r, tx, (r->number + 1) % READS);
                return found == 1 ? person(r, tx, r->number) : found;
        case BY_BOTH:
                found = person(r, tx, r->number);
                return found == 1 ? db_user_by_email(tx, &r->arena, r->user.email, &r->user) : found;
        case MISSING:
                return person(r, tx, READS);
        case BY_LIST:
                found = person(r, tx, r->number);
                return found == 1 ? db_apps_of_owner(tx, &r->arena, r->user.id, 10, &apps, &n) : found;
        case MANY:
                for (int i = 0; i < 9; i++) {
                        found = person(r, tx, (r->number + i) % READS);
                        if (found != 1)
                                return found;
                }
                return person(r, tx, r->number);
        case FAILS:
                return db_consent_find(tx, &r->arena, STR("u"), STR("a"), &consent);
        default:
                found = person(r, tx, r->number);
                return found == 1 ? -ERR_NOT_FOUND : found;
        }
}

static void read_done(struct write_job *job, int result) {
        struct reading *r = CONTAINER_OF(job, struct reading, job);

        r->result = result;
        (void)sem_post(&finished);
}

static struct reading *reads_run(struct postgres_fixture *f, const enum kind *kinds, int n_kinds) {
        struct reading *all = calloc(READS, sizeof(*all));

        assert_non_null(all);
        (void)sem_init(&finished, 0, 0);
        threads_hold(f);
        for (int i = 0; i < READS; i++) {
                all[i].job = (struct write_job){ .run = read_it, .done = read_done, .reads = true };
                all[i].kind = kinds[i % n_kinds];
                all[i].number = i;
                arena_init(&all[i].arena, 1024 * 1024);
                database_submit(f->db, &all[i].job);
        }
        threads_release();
        for (int i = 0; i < READS; i++)
                (void)sem_wait(&finished);
        return all;
}

static void reads_check(struct reading *all) {
        static const int results[KINDS] = { [BY_ID] = 1,
                                            [TWICE] = 1,
                                            [BY_BOTH] = 1,
                                            [MANY] = 1,
                                            [FAILS] = -ERR_STORAGE,
                                            [REFUSED] = -ERR_NOT_FOUND };

        for (int i = 0; i < READS; i++) {
                assert_int_equal(all[i].result, results[all[i].kind]);
                if (results[all[i].kind] == 1)
                        assert_int_equal(all[i].user.created_at, i);
                arena_done(&all[i].arena);
        }
        free(all);
}

static void each_of_many_reads_gets_its_own_answer(void **state) {
        static const enum kind kinds[] = { BY_ID, TWICE, MISSING, BY_BOTH, REFUSED };

        reads_check(reads_run(*state, kinds, 5));
}

static void what_cannot_share_runs_by_itself(void **state) {
        static const enum kind kinds[] = { BY_LIST, BY_ID, MANY };

        reads_check(reads_run(*state, kinds, 3));
}

static void a_read_that_fails_harms_none_beside_it(void **state) {
        static const enum kind kinds[] = { BY_ID, BY_ID, FAILS, BY_BOTH };
        struct postgres_fixture *f = *state;

        postgres_fixture_run(f, "ALTER TABLE consents RENAME TO elsewhere");
        reads_check(reads_run(f, kinds, 4));
        postgres_fixture_run(f, "ALTER TABLE elsewhere RENAME TO consents");
}

static void reads_whose_connection_is_lost_are_asked_again(void **state) {
        static const enum kind kinds[] = { BY_ID, BY_BOTH };
        struct postgres_fixture *f = *state;

        for (int i = 0; i < 3; i++) {
                postgres_fixture_run(f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                        "application_name = 'gatehouse'");
                reads_check(reads_run(f, kinds, 2));
        }
}

/* --- the queue --- */

static struct {
        sem_t done;
        atomic_uint good, busy;
} counted;

static int nothing(struct write_job *job _unused_, struct tx *tx _unused_) {
        return 0;
}

static void count(struct write_job *job _unused_, int result) {
        assert_true(result == 0 || result == -ERR_BUSY);
        (void)atomic_fetch_add(result == 0 ? &counted.good : &counted.busy, 1);
        (void)sem_post(&counted.done);
}

static void a_full_queue_refuses_at_once_and_loses_nothing(void **state) {
        enum { MORE = 10, ALL = POOL_QUEUE_MAX + MORE };
        struct postgres_fixture *f = *state;
        struct write_job *jobs = calloc(ALL, sizeof(*jobs));

        assert_non_null(jobs);
        (void)sem_init(&counted.done, 0, 0);
        threads_hold(f);
        for (int i = 0; i < ALL; i++) {
                jobs[i] = (struct write_job){ .run = nothing, .done = count, .reads = i % 2 };
                database_submit(f->db, &jobs[i]);
        }
        assert_int_equal(atomic_load(&counted.busy), MORE);
        assert_int_equal(atomic_load(&counted.good), 0);
        threads_release();
        for (int i = 0; i < ALL; i++)
                (void)sem_wait(&counted.done);
        assert_int_equal(atomic_load(&counted.busy), MORE);
        assert_int_equal(atomic_load(&counted.good), POOL_QUEUE_MAX);
        free(jobs);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_of_many_reads_gets_its_own_answer),
                cmocka_unit_test(what_cannot_share_runs_by_itself),
                cmocka_unit_test(a_read_that_fails_harms_none_beside_it),
                cmocka_unit_test(reads_whose_connection_is_lost_are_asked_again),
                cmocka_unit_test(a_full_queue_refuses_at_once_and_loses_nothing),
        };

        if (!postgres_installed())
                return 77; /* Meson: skipped */
        return cmocka_run_group_tests(tests, setup, postgres_fixture_teardown);
}
