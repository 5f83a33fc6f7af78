/* The writer's thread and its queue. */
#include "db_fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "base/metrics.h"

enum { THREADS = 4, JOBS_PER_THREAD = 200 };

static struct db_fixture *started(void **state) {
        struct db_fixture *f = *state;

        assert_int_equal(database_writer_start(f->db), 0);
        return f;
}

struct link_job {
        struct write_job job;
        int64_t id;
        int result;
        int64_t order; /* when it ran, among all */
        sem_t *finished;
        struct database *db;
        uint64_t commits; /* when it was answered */
};

static int64_t runs;

static int link_run(struct write_job *job, struct tx *tx) {
        struct link_job *l = CONTAINER_OF(job, struct link_job, job);

        l->order = runs++; /* the writer's thread alone */
        return db_link_insert(tx, l->id, STR("h"), STR("p"), 1);
}

static void link_done(struct write_job *job, int result) {
        struct link_job *l = CONTAINER_OF(job, struct link_job, job);

        l->result = result;
        l->commits = atomic_load(&l->db->commits);
        (void)sem_post(l->finished);
}

static void wait_for(sem_t *finished, size_t n) {
        while (n--)
                while (sem_wait(finished) < 0)
                        ;
}

struct submitter {
        pthread_t thread;
        struct db_fixture *f;
        int64_t first;
        struct link_job jobs[JOBS_PER_THREAD];
        sem_t finished;
};

/* Submits all, then checks as a client would: after the answer, a new read finds the row. */
static void *submitter_main(void *data) {
        struct submitter *s = data;
        struct db_connection *reader;
        struct link_row row;
        struct arena arena;
        struct tx tx;

        arena_init(&arena, 65536);
        if (database_reader_open(s->f->db, &reader) < 0)
                return "no reader";
        for (int i = 0; i < JOBS_PER_THREAD; i++) {
                s->jobs[i] = (struct link_job){ .job = { .run = link_run, .done = link_done },
                                                .id = s->first + i,
                                                .finished = &s->finished,
                                                .db = s->f->db };
                database_submit(s->f->db, &s->jobs[i].job);
                if (i % 10 != 0)
                        continue;
                wait_for(&s->finished, (size_t)(i ? 10 : 1));
                /* the snapshot stays open from one round to the next, as in a loop's turn */
                if (database_read(reader, &tx) < 0 || db_link_by_id(&tx, &arena, s->jobs[i].id, &row) != 1)
                        return "an acknowledged row is not there";
                arena_reset(&arena);
        }
        wait_for(&s->finished, (JOBS_PER_THREAD - 1) % 10);
        (void)database_reader_close(reader);
        arena_done(&arena);
        return NULL;
}

static void many_threads_get_every_answer_once_and_read_what_was_acknowledged(void **state) {
        struct db_fixture *f = started(state);
        static struct submitter submitters[THREADS];
        uint64_t commits = metrics_commits();

        runs = 0;
        for (int i = 0; i < THREADS; i++) {
                struct submitter *s = &submitters[i];

                s->f = f;
                s->first = 1 + i * JOBS_PER_THREAD;
                assert_int_equal(sem_init(&s->finished, 0, 0), 0);
                assert_int_equal(pthread_create(&s->thread, NULL, submitter_main, s), 0);
        }
        for (int i = 0; i < THREADS; i++) {
                struct submitter *s = &submitters[i];
                void *problem;

                assert_int_equal(pthread_join(s->thread, &problem), 0);
                if (problem)
                        fail_msg("%s", (const char *)problem);
                for (int j = 0; j < JOBS_PER_THREAD; j++) {
                        assert_int_equal(s->jobs[j].result, 1);
                        /* what one thread submits runs in its order */
                        assert_true(j == 0 || s->jobs[j].order > s->jobs[j - 1].order);
                }
                (void)sem_destroy(&s->finished);
        }
        assert_int_equal(runs, THREADS * JOBS_PER_THREAD);
        assert_true(metrics_commits() - commits <= THREADS * JOBS_PER_THREAD);
}

static sem_t gate, at_gate;

static int wait_at_gate(struct write_job *job, struct tx *tx) {
        (void)sem_post(&at_gate);
        wait_for(&gate, 1);
        return 0;
}

static void jobs_that_wait_share_commits_of_limited_size(void **state) {
        enum { N = WRITE_BATCH_MAX + 10 };
        struct db_fixture *f = started(state);
        static struct link_job jobs[N];
        sem_t finished;
        struct link_job first = { .job = { .run = wait_at_gate, .done = link_done },
                                  .finished = &finished,
                                  .db = f->db };
        uint64_t commits;

        (void)sem_init(&finished, 0, 0);
        database_submit(f->db, &first.job);
        wait_for(&at_gate, 1);
        commits = atomic_load(&f->db->commits);
        for (int i = 0; i < N; i++) {
                jobs[i] = (struct link_job){ .job = { .run = link_run, .done = link_done },
                                             .id = 1 + i,
                                             .finished = &finished,
                                             .db = f->db };
                database_submit(f->db, &jobs[i].job);
        }
        (void)sem_post(&gate);
        wait_for(&finished, N + 1);
        assert_int_equal(atomic_load(&f->db->commits), commits + 2);
        for (int i = 0; i < N; i++) {
                assert_int_equal(jobs[i].result, 1);
                /* the count was raised before the answer */
                assert_true(jobs[i].commits >= commits + (i < WRITE_BATCH_MAX ? 1 : 2));
        }
        (void)sem_destroy(&finished);
}

static void a_full_queue_refuses_and_goes_on(void **state) {
        struct db_fixture *f = started(state);
        struct link_job *jobs = calloc(WRITE_QUEUE_MAX + 1, sizeof(*jobs));
        sem_t finished;
        struct link_job first = { .job = { .run = wait_at_gate, .done = link_done },
                                  .finished = &finished,
                                  .db = f->db };

        assert_non_null(jobs);
        (void)sem_init(&finished, 0, 0);
        database_submit(f->db, &first.job);
        wait_for(&at_gate, 1);
        for (int i = 0; i < WRITE_QUEUE_MAX + 1; i++) {
                jobs[i] = (struct link_job){ .job = { .run = link_run, .done = link_done },
                                             .id = 1 + i,
                                             .finished = &finished,
                                             .db = f->db };
                database_submit(f->db, &jobs[i].job);
        }
        assert_int_equal(jobs[WRITE_QUEUE_MAX].result, -ERR_BUSY); /* at once */
        (void)sem_post(&gate);
        wait_for(&finished, WRITE_QUEUE_MAX + 2);
        for (int i = 0; i < WRITE_QUEUE_MAX; i++)
                assert_int_equal(jobs[i].result, 1);
        /* there is room again */
        jobs[WRITE_QUEUE_MAX].result = 0;
        database_submit(f->db, &jobs[WRITE_QUEUE_MAX].job);
        wait_for(&finished, 1);
        assert_int_equal(jobs[WRITE_QUEUE_MAX].result, 1);
        (void)sem_destroy(&finished);
        free(jobs);
}

static void closing_answers_everything_first(void **state) {
        enum { N = 300 };
        struct db_fixture *f = started(state);
        static struct link_job jobs[N];
        sem_t finished;

        (void)sem_init(&finished, 0, 0);
        for (int i = 0; i < N; i++) {
                jobs[i] = (struct link_job){ .job = { .run = link_run, .done = link_done },
                                             .id = 1 + i,
                                             .finished = &finished,
                                             .db = f->db };
                database_submit(f->db, &jobs[i].job);
        }
        f->reader = database_reader_close(f->reader);
        f->db = database_close(f->db);
        for (int i = 0; i < N; i++) {
                assert_int_equal(sem_trywait(&finished), 0);
                assert_int_equal(jobs[i].result, 1);
        }
        (void)sem_destroy(&finished);
}

static void write_now_goes_through_the_writer(void **state) {
        struct db_fixture *f = started(state);

        assert_int_equal(fixture_add_user(f, "a", "a@example.com"), 1);
        assert_true(fixture_has_user(f, "a"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, db_fixture_setup, db_fixture_teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(many_threads_get_every_answer_once_and_read_what_was_acknowledged),
                TEST(jobs_that_wait_share_commits_of_limited_size),
                TEST(a_full_queue_refuses_and_goes_on),
                TEST(closing_answers_everything_first),
                TEST(write_now_goes_through_the_writer),
        };

        (void)sem_init(&gate, 0, 0);
        (void)sem_init(&at_gate, 0, 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
