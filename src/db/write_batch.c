/* Many requests' writes in one transaction, all on disk before any of them is answered.
 *
 * Nearly every request keeps what it wrote, and a savepoint for each costs as much as an insert. So a batch runs without;
 * only when one of its requests has to be undone is it rolled back and run again with a savepoint for each. */
#include "base/log.h"
#include "base/metrics.h"
#include "db/database_int.h"

/* What one run of a batch came to, besides a negative error: it must be run again, with savepoints. */
enum { BATCH_AGAIN = 1 };

struct batch {
        struct db_connection *connection;
        struct write_job *jobs;
        int results[WRITE_BATCH_MAX];
        unsigned n; /* jobs that ran */
        bool wrote; /* something of them is kept */
};

static int job_undo(struct batch *b, bool savepoints) {
        struct db_connection *c = b->connection;

        if (!savepoints) {
                c->driver->rollback(c);
                return b->jobs->next ? BATCH_AGAIN : 0; /* what ran alone is undone by that */
        }
        if (c->driver->savepoint_undo(c) < 0)
                c->driver->rollback(c);
        return c->driver->in_transaction(c) ? 0 : -ERR_STORAGE;
}

/* Runs one job; what it wrote is undone or kept. A failure of the undoing itself ends the whole transaction. */
static int job_run(struct batch *b, struct write_job *job, bool savepoints) {
        struct db_connection *c = b->connection;
        struct tx tx = { .connection = c, .writable = true, .savepoint = savepoints };
        size_t recorded = c->record.bytes.len;
        int r;

        r = job->run(job, &tx);
        if (tx.failed && (r >= 0 || tx.keep))
                r = -ERR_STORAGE;
        b->results[b->n++] = r;
        if (!c->driver->in_transaction(c))
                return -ERR_STORAGE; /* the engine gave it up by itself */
        if (!tx.wrote)
                return 0;
        if (tx.failed || (r < 0 && !tx.keep)) {
                c->record.bytes.len = recorded;
                c->record.bytes.failed = false;
                return job_undo(b, savepoints);
        }
        b->wrote = true;
        return savepoints ? c->driver->savepoint_release(c) : 0;
}

static int batch_run(struct batch *b, bool savepoints) {
        struct db_connection *c = b->connection;
        int r;

        b->n = 0;
        b->wrote = false;
        record_reset(&c->record);
        r = c->driver->begin(c, true);
        for (struct write_job *job = b->jobs; job && r == 0; job = job->next)
                r = job_run(b, job, savepoints);
        if (r == 0 && c->driver->in_transaction(c))
                r = record_store(c);
        if (r == 0 && c->driver->in_transaction(c))
                r = c->driver->commit(c);
        if (r < 0)
                c->driver->rollback(c);
        return r;
}

void write_batch(struct database *db, struct write_job *jobs) {
        struct batch b = { .connection = db->connection, .jobs = jobs };
        size_t i = 0;
        int r;

        r = batch_run(&b, false);
        if (r == BATCH_AGAIN)
                r = batch_run(&b, true);
        if (r < 0) {
                LOG(LOG_ERROR, "A commit failed; its requests were refused and nothing of them was stored");
        } else if (b.wrote) {
                /* Before the answers: whoever gets one finds what it tells of. */
                atomic_fetch_add_explicit(&db->commits, 1, memory_order_release);
                metrics_commit(b.n);
        }
        while (jobs) {
                struct write_job *job = jobs;

                jobs = job->next; /* the job is the caller's again once it is done */
                job->done(job, r < 0 ? -ERR_STORAGE : b.results[i++]);
        }
        if (r >= 0)
                db->driver->tidy(db->connection);
}
