/* Many requests' writes in one transaction: each within its own savepoint, all on disk before any of them is
 * answered. */
#include "base/log.h"
#include "base/metrics.h"
#include "db/database_int.h"

/* Runs one job; what it wrote is undone or kept. A failure of the undoing itself ends the whole transaction.
 */
static int job_run(struct db_connection *c, struct write_job *job, bool *wrote) {
        struct tx tx = { .connection = c, .writable = true };
        bool undo;
        int r;

        r = job->run(job, &tx);
        if (tx.failed && (r >= 0 || tx.keep))
                r = -ERR_STORAGE;
        undo = tx.failed || (r < 0 && !tx.keep);
        if (!tx.wrote || !c->driver->in_transaction(c))
                return r;
        if ((undo ? c->driver->savepoint_undo(c) : c->driver->savepoint_release(c)) < 0)
                c->driver->rollback(c);
        if (!undo)
                *wrote = true;
        return r;
}

/* Returns the number of jobs that ran, or an error when nothing of the batch holds. */
static int batch_commit(struct db_connection *c, struct write_job *jobs, int *results, bool *wrote) {
        int r, n = 0;

        r = c->driver->begin(c, true);
        if (r < 0)
                return r;
        for (struct write_job *job = jobs; job; job = job->next) {
                results[n++] = job_run(c, job, wrote);
                if (!c->driver->in_transaction(c))
                        return -ERR_STORAGE;
        }
        r = c->driver->commit(c);
        return r < 0 ? r : n;
}

void write_batch(struct database *db, struct write_job *jobs) {
        int results[WRITE_BATCH_MAX], r;
        bool wrote = false;
        size_t i = 0;

        r = batch_commit(db->connection, jobs, results, &wrote);
        if (r < 0) {
                LOG(LOG_ERROR, "A commit failed; its requests were refused and nothing of them was stored");
        } else if (wrote) {
                /* Before the answers: whoever gets one finds what it tells of. */
                atomic_fetch_add_explicit(&db->commits, 1, memory_order_release);
                metrics_commit((unsigned)r);
        }
        while (jobs) {
                struct write_job *job = jobs;

                jobs = job->next; /* the job is the caller's again once it is done */
                job->done(job, r < 0 ? -ERR_STORAGE : results[i++]);
        }
        if (r >= 0)
                db->driver->tidy(db->connection);
}
