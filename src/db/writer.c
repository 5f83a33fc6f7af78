/* The writer: a thread that drains its queue, a commit at a time. While one commit waits for the disk, the
 * jobs of the next one gather.
 *
 * The queue is a stack that any thread pushes on with one compare-and-swap, and that the writer takes whole.
 * When it finds nothing it leaves the mark `asleep` there; only the push that replaces the mark makes the
 * system call that wakes it. */
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/metrics.h"
#include "db/database_int.h"

struct writer {
        struct database *db;
        pthread_t thread;
        sem_t wake;
        _Atomic(struct write_job *)
                pushed;        /* newest first; NULL while the writer is awake and nothing waits */
        atomic_size_t depth;   /* pushed, and not yet in a batch */
        struct write_job stop; /* pushed last: the writer ends */

        /* the writer's own: taken off the stack, oldest first */
        struct write_job *waiting, *waiting_last;
        bool stopping;
};

static struct write_job asleep;

static void writer_push(struct writer *w, struct write_job *job) {
        struct write_job *top = atomic_load_explicit(&w->pushed, memory_order_relaxed);

        do
                job->next = top == &asleep ? NULL : top;
        while (!atomic_compare_exchange_weak_explicit(&w->pushed, &top, job, memory_order_release,
                                                      memory_order_relaxed));
        if (top == &asleep)
                (void)sem_post(&w->wake);
}

/* Moves what was pushed to the end of the waiting list, turned round into the order of its coming. */
static void writer_take(struct writer *w) {
        struct write_job *top, *oldest = NULL, *newest;

        top = atomic_exchange_explicit(&w->pushed, NULL, memory_order_acquire);
        newest = top;
        while (top) {
                struct write_job *next = top->next;

                top->next = oldest;
                oldest = top;
                top = next;
        }
        if (!oldest)
                return;
        if (w->waiting)
                w->waiting_last->next = oldest;
        else
                w->waiting = oldest;
        w->waiting_last = newest;
}

/* Sleeps until something was pushed. */
static void writer_wait(struct writer *w) {
        struct write_job *nothing = NULL;

        if (!atomic_compare_exchange_strong_explicit(&w->pushed, &nothing, &asleep, memory_order_relaxed,
                                                     memory_order_relaxed))
                return;
        while (sem_wait(&w->wake) < 0 && errno == EINTR)
                ;
}

/* The next batch; NULL when the writer is to end and nothing waits any more. */
static struct write_job *writer_batch(struct writer *w) {
        struct write_job *first, *last;
        size_t n = 0;

        writer_take(w);
        while (!w->waiting && !w->stopping) {
                writer_wait(w);
                writer_take(w);
        }
        first = w->waiting;
        last = NULL;
        while (w->waiting && n < WRITE_BATCH_MAX) {
                if (w->waiting == &w->stop) {
                        w->stopping = true;
                        w->waiting = w->stop.next;
                        break;
                }
                last = w->waiting;
                w->waiting = last->next;
                n++;
        }
        if (!last)
                return NULL;
        last->next = NULL;
        atomic_fetch_sub_explicit(&w->depth, n, memory_order_relaxed);
        metrics_queue_depth(-(int)n);
        return first;
}

static void *writer_main(void *data) {
        struct writer *w = data;
        struct write_job *batch;

        while ((batch = writer_batch(w)))
                write_batch(w->db, batch);
        return NULL;
}

int database_writer_start(struct database *db) {
        struct writer *w;
        int r;

        if (!database_reads_inline(db))
                return pool_start(db);
        r = readers_prepare(db);
        if (r < 0)
                return r;
        w = calloc(1, sizeof(*w));
        if (!w)
                return -ERR_NO_MEMORY;
        w->db = db;
        (void)sem_init(&w->wake, 0, 0);
        if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
                (void)sem_destroy(&w->wake);
                free(w);
                return -ERR_NO_MEMORY;
        }
        db->writer = w;
        return 0;
}

struct writer *writer_stop(struct writer *w) {
        if (!w)
                return NULL;
        writer_push(w, &w->stop);
        (void)pthread_join(w->thread, NULL);
        (void)sem_destroy(&w->wake);
        free(w);
        return NULL;
}

void database_submit(struct database *db, struct write_job *job) {
        struct writer *w = db->writer;

        if (db->pool) {
                pool_submit(db->pool, job);
                return;
        }
        if (atomic_fetch_add_explicit(&w->depth, 1, memory_order_relaxed) >= WRITE_QUEUE_MAX) {
                atomic_fetch_sub_explicit(&w->depth, 1, memory_order_relaxed);
                job->done(job, -ERR_BUSY);
                return;
        }
        metrics_queue_depth(1);
        writer_push(w, job);
}

/* --- one job, waited for --- */

struct write_now {
        struct write_job job;
        int (*run)(struct tx *tx, void *data);
        void *data;
        int result;
        sem_t finished;
};

static int write_now_run(struct write_job *job, struct tx *tx) {
        struct write_now *now = CONTAINER_OF(job, struct write_now, job);

        return now->run(tx, now->data);
}

static void write_now_done(struct write_job *job, int result) {
        struct write_now *now = CONTAINER_OF(job, struct write_now, job);

        now->result = result;
        (void)sem_post(&now->finished);
}

int database_write_now(struct database *db, int (*run)(struct tx *tx, void *data), void *data) {
        struct write_now now = { .job = { .run = write_now_run, .done = write_now_done },
                                 .run = run,
                                 .data = data };

        (void)sem_init(&now.finished, 0, 0);
        if (db->writer || db->pool) {
                database_submit(db, &now.job);
        } else {
                (void)pthread_mutex_lock(&db->direct);
                if (database_reads_inline(db))
                        write_batch(db, &now.job);
                else
                        pool_run_job(db, db->connection, &now.job);
                (void)pthread_mutex_unlock(&db->direct);
        }
        while (sem_wait(&now.finished) < 0 && errno == EINTR)
                ;
        (void)sem_destroy(&now.finished);
        return now.result;
}
