/* What many nodes do at the same moment on one PostgreSQL. */
#include "postgres_fixture.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/id.h"
#include "db/node.h"

enum { NODES = 40, NOW = 1000000 };

static int setup(void **state) {
        struct postgres_fixture *f;

        assert_int_equal(postgres_fixture_setup(state), 0);
        f = *state;
        database_set_connections(f->db, NODES);
        return database_writer_start(f->db);
}

/* --- leases --- */

struct leasing {
        struct write_job job;
        struct arena arena;
        struct node node;
        unsigned runs;
        int result;
};

static sem_t leased;
static pthread_barrier_t together;

static int lease(struct write_job *job, struct tx *tx) {
        struct leasing *l = CONTAINER_OF(job, struct leasing, job);
        struct mark_row mark;
        int r;

        /* their transactions are open, so none has seen what another will do */
        r = db_node_clock_mark(tx, &l->arena, &mark);
        if (l->runs++ == 0)
                (void)pthread_barrier_wait(&together);
        return r < 0 ? r : node_lease(tx, &l->arena, &random_system, NOW, &l->node);
}

static void lease_done(struct write_job *job, int result) {
        CONTAINER_OF(job, struct leasing, job)->result = result;
        (void)sem_post(&leased);
}

static void many_leases_at_once_all_succeed_with_different_numbers(void **state) {
        static struct leasing all[NODES];
        struct postgres_fixture *f = *state;
        bool taken[ID_NODE_MAX + 1] = { false };

        (void)sem_init(&leased, 0, 0);
        (void)pthread_barrier_init(&together, NULL, NODES);
        postgres_fixture_run(f, "INSERT INTO nodes (node, owner, leased_until, clock_at) "
                                "SELECT n, 'gone', 5, 5 FROM generate_series(0, 9) AS n");
        for (unsigned i = 0; i < NODES; i++) {
                all[i].job = (struct write_job){ .run = lease, .done = lease_done };
                arena_init(&all[i].arena, 64 * 1024);
                database_submit(f->db, &all[i].job);
        }
        for (unsigned i = 0; i < NODES; i++)
                (void)sem_wait(&leased);
        for (unsigned i = 0; i < NODES; i++) {
                assert_int_equal(all[i].result, 0);
                assert_int_equal(all[i].runs, 1);
                assert_true(all[i].node.number < NODES); /* those that had run out were used */
                assert_false(taken[all[i].node.number]);
                taken[all[i].node.number] = true;
                arena_done(&all[i].arena);
        }
        (void)pthread_barrier_destroy(&together);
}

/* --- migrations --- */

struct migrating {
        pthread_t thread;
        char url[320];
        unsigned applied;
        int result;
};

static void *migrate(void *data) {
        struct migrating *m = data;
        char problem[DATABASE_PROBLEM_MAX] = "";
        struct database *db;

        m->result = database_open(str_of(m->url), &db, problem);
        (void)pthread_barrier_wait(&together);
        if (m->result < 0)
                return NULL;
        m->result = database_migrate(db, &m->applied, problem);
        (void)database_close(db);
        return NULL;
}

static void of_many_that_migrate_at_once_one_applies_each_migration(void **state) {
        static struct migrating all[NODES];
        struct postgres_fixture *f = *state;
        unsigned applied = 0;

        postgres_fixture_run(f, "CREATE DATABASE fresh");
        (void)pthread_barrier_init(&together, NULL, NODES);
        for (unsigned i = 0; i < NODES; i++) {
                (void)snprintf(all[i].url, sizeof(all[i].url), "postgresql://tester@/fresh?host=%s",
                               f->folder);
                assert_int_equal(pthread_create(&all[i].thread, NULL, migrate, &all[i]), 0);
        }
        for (unsigned i = 0; i < NODES; i++)
                assert_int_equal(pthread_join(all[i].thread, NULL), 0);
        for (unsigned i = 0; i < NODES; i++) {
                assert_int_equal(all[i].result, 0);
                applied += all[i].applied;
        }
        assert_int_equal(applied, db_migrations_count);
        (void)pthread_barrier_destroy(&together);
}

/* --- clean-up --- */

struct cleaning {
        struct write_job job;
        struct arena arena;
        sem_t asked, leave, done;
        int held;
};

static int take_lock(struct write_job *job, struct tx *tx) {
        struct cleaning *c = CONTAINER_OF(job, struct cleaning, job);
        struct held_row held;

        c->held = db_cleanup_lock(tx, &c->arena, &held);
        (void)sem_post(&c->asked);
        (void)sem_wait(&c->leave);
        return 0;
}

static void lock_left(struct write_job *job, int result) {
        assert_int_equal(result, 0);
        (void)sem_post(&CONTAINER_OF(job, struct cleaning, job)->done);
}

static void lock_begin(struct postgres_fixture *f, struct cleaning *c) {
        *c = (struct cleaning){ .job = { .run = take_lock, .done = lock_left } };
        (void)sem_init(&c->asked, 0, 0);
        (void)sem_init(&c->leave, 0, 0);
        (void)sem_init(&c->done, 0, 0);
        arena_init(&c->arena, 4096);
        database_submit(f->db, &c->job);
        (void)sem_wait(&c->asked);
}

static void lock_end(struct cleaning *c) {
        (void)sem_post(&c->leave);
        (void)sem_wait(&c->done);
        arena_done(&c->arena);
}

static void one_node_cleans_up_at_a_time(void **state) {
        struct postgres_fixture *f = *state;
        struct cleaning one, other;

        lock_begin(f, &one);
        assert_int_equal(one.held, 1);
        lock_begin(f, &other);
        assert_int_equal(other.held, 0);
        lock_end(&other);
        lock_end(&one);
        lock_begin(f, &other);
        assert_int_equal(other.held, 1);
        lock_end(&other);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(many_leases_at_once_all_succeed_with_different_numbers),
                cmocka_unit_test(of_many_that_migrate_at_once_one_applies_each_migration),
                cmocka_unit_test(one_node_cleans_up_at_a_time),
        };

        if (!postgres_installed())
                return 77; /* Meson: skipped */
        return cmocka_run_group_tests(tests, setup, postgres_fixture_teardown);
}
