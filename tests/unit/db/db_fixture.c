#include "db_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "support/database_file.h"

int db_fixture_setup_empty(void **state) {
        struct db_fixture *f = calloc(1, sizeof(*f));

        assert_non_null(f);
        log_setup(LOG_ERROR, LOG_LOGFMT);
        database_folder_make(f->folder);
        (void)snprintf(f->path, sizeof(f->path), "%s/test.db", f->folder);
        (void)snprintf(f->url, sizeof(f->url), "sqlite:%s", f->path);
        arena_init(&f->arena, 1024 * 1024);
        *state = f;
        return 0;
}

int db_fixture_setup(void **state) {
        char problem[DATABASE_PROBLEM_MAX];
        struct db_fixture *f;

        assert_int_equal(db_fixture_setup_empty(state), 0);
        f = *state;
        database_file_make(f->path);
        assert_int_equal(database_open(str_of(f->url), &f->db, problem), 0);
        assert_int_equal(database_reader_open(f->db, &f->reader), 0);
        return 0;
}

int db_fixture_teardown(void **state) {
        struct db_fixture *f = *state;

        f->reader = database_reader_close(f->reader);
        f->db = database_close(f->db);
        database_folder_remove(f->folder);
        arena_done(&f->arena);
        free(f);
        return 0;
}

int tx_add_user(struct tx *tx, const char *id, const char *email) {
        return db_user_insert(tx, str_of(id), str_of(email), STR_NULL, STR("not-set"), STR("-"), false, 1);
}

struct new_user {
        const char *id, *email;
};

static int add_user(struct tx *tx, void *data) {
        const struct new_user *user = data;

        return tx_add_user(tx, user->id, user->email);
}

int fixture_add_user(struct db_fixture *f, const char *id, const char *email) {
        struct new_user user = { id, email };

        return database_write_now(f->db, add_user, &user);
}

bool fixture_has_user(struct db_fixture *f, const char *id) {
        struct user_row row;
        struct tx tx;
        int r;

        database_read_end(f->reader);
        assert_int_equal(database_read(f->reader, &tx), 0);
        r = db_user_by_id(&tx, &f->arena, str_of(id), &row);
        assert_true(r >= 0);
        database_read_end(f->reader);
        return r == 1;
}

static int test_job_run(struct write_job *job, struct tx *tx) {
        struct test_job *t = CONTAINER_OF(job, struct test_job, job);

        return t->run(tx, t->data);
}

static void test_job_done(struct write_job *job, int result) {
        struct test_job *t = CONTAINER_OF(job, struct test_job, job);

        t->result = result;
        t->done++;
}

void batch_add(struct test_batch *batch, int (*run)(struct tx *tx, void *data), void *data) {
        struct test_job *t = &batch->jobs[batch->n++];

        *t = (struct test_job){ .job = { .run = test_job_run, .done = test_job_done },
                                .run = run,
                                .data = data };
        if (batch->n > 1)
                t[-1].job.next = &t->job;
}

void batch_run(struct test_batch *batch, struct database *db) {
        write_batch(db, &batch->jobs[0].job);
        for (size_t i = 0; i < batch->n; i++)
                assert_int_equal(batch->jobs[i].done, 1);
}
