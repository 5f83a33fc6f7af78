/* Reads for threads that may wait for them. */
#include <errno.h>
#include <semaphore.h>

#include "db/database_int.h"

/* --- an embedded database: on the calling thread, on a connection that is lent --- */

static struct db_connection *borrow(struct database *db) {
        struct db_connection *reader = NULL;

        (void)pthread_mutex_lock(&db->lending);
        if (db->n_idle > 0)
                reader = db->idle[--db->n_idle];
        (void)pthread_mutex_unlock(&db->lending);
        return reader;
}

static void give_back(struct database *db, struct db_connection *reader) {
        database_read_end(reader);
        (void)pthread_mutex_lock(&db->lending);
        if (db->n_idle < ARRAY_LENGTH(db->idle)) {
                db->idle[db->n_idle++] = reader;
                reader = NULL;
        }
        (void)pthread_mutex_unlock(&db->lending);
        (void)database_reader_close(reader);
}

int readers_prepare(struct database *db) {
        struct db_connection *reader;
        int r;

        r = database_reader_open_as(db, DB_READER_FAR, &reader);
        if (r == 0)
                give_back(db, reader);
        return r;
}

static int read_here(struct database *db, int (*run)(struct tx *tx, void *data), void *data) {
        struct db_connection *reader = borrow(db);
        struct tx tx;
        int r = 0;

        if (!reader)
                r = database_reader_open_as(db, DB_READER_FAR, &reader);
        if (r < 0)
                return r;
        r = database_read(reader, &tx);
        if (r == 0)
                r = run(&tx, data);
        give_back(db, reader);
        return r;
}

/* --- a server: on a thread of the pool, or before there is one on this --- */

struct read_now {
        struct write_job job;
        int (*run)(struct tx *tx, void *data);
        void *data;
        int result;
        sem_t finished;
};

static int read_now_run(struct write_job *job, struct tx *tx) {
        struct read_now *now = CONTAINER_OF(job, struct read_now, job);

        return now->run(tx, now->data);
}

static void read_now_done(struct write_job *job, int result) {
        struct read_now *now = CONTAINER_OF(job, struct read_now, job);

        now->result = result;
        (void)sem_post(&now->finished);
}

static int read_there(struct database *db, int (*run)(struct tx *tx, void *data), void *data) {
        struct read_now now = {
                .job = { .run = read_now_run, .done = read_now_done, .reads = true, .alone = true },
                .run = run,
                .data = data
        };

        (void)sem_init(&now.finished, 0, 0);
        if (db->pool) {
                database_submit(db, &now.job);
        } else {
                (void)pthread_mutex_lock(&db->direct);
                pool_run_job(db, db->connection, &now.job);
                (void)pthread_mutex_unlock(&db->direct);
        }
        while (sem_wait(&now.finished) < 0 && errno == EINTR)
                ;
        (void)sem_destroy(&now.finished);
        return now.result;
}

int database_read_now(struct database *db, int (*run)(struct tx *tx, void *data), void *data) {
        return database_reads_inline(db) ? read_here(db, run, data) : read_there(db, run, data);
}
