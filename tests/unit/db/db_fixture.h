/* A database in a folder of its own, for tests of src/db. Its address is in `url`, so that a test can open it again. */
#pragma once

#include "unit.h"

#include <stdio.h>

#include "db/database_int.h"
#include "db/statements.h"

struct db_fixture {
        char folder[64];
        char path[128];
        char url[160];
        struct database *db;
        struct db_connection *reader;
        struct arena arena;
};

/* Opens and migrates, writer not started, one reader open. As cmocka's setup and teardown; *state is the fixture. */
int db_fixture_setup(void **state);
int db_fixture_teardown(void **state);

/* Only the folder and the names: nothing is opened. */
int db_fixture_setup_empty(void **state);

/* In a transaction of its own. */
int fixture_add_user(struct db_fixture *f, const char *id, const char *email);

/* Whether a new snapshot has the user. */
bool fixture_has_user(struct db_fixture *f, const char *id);

/* Adds a user within a transaction. */
int tx_add_user(struct tx *tx, const char *id, const char *email);

/* A batch of jobs for write_batch(): add with job_add(), results in order. */
enum { JOBS_MAX = 8 };

struct test_job {
        struct write_job job;
        int (*run)(struct tx *tx, void *data);
        void *data;
        int result;
        int done; /* how often it was called */
};

struct test_batch {
        struct test_job jobs[JOBS_MAX];
        size_t n;
};

void batch_add(struct test_batch *batch, int (*run)(struct tx *tx, void *data), void *data);
void batch_run(struct test_batch *batch, struct database *db);
