/* Brings what the writer committed to the disk, and only then releases the answers: on a thread of its own, so that the
 * writer works on the next batch while the disk works on this one.
 *
 * One batch is with the disk, one waits for it at most: room is what the writer waits for before it gathers the next, so
 * that meanwhile more requests come to share its commit. */
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "db/database_int.h"

struct flusher {
        struct database *db;
        pthread_t thread;
        sem_t room, due;
        struct write_job *
                jobs; /* of the batch that waits; the thread's once `due` was posted, until it posts `room` */
        bool wrote;
        bool stopping;
};

static void wait_for(sem_t *s) {
        while (sem_wait(s) < 0 && errno == EINTR)
                ;
}

/* After a failure nobody knows what of it is on the disk, whatever a later attempt says. The commit can't be undone either: others
 * have built on it. So nothing of it is acknowledged, and the next start finds what is there. */
static void flush(struct flusher *f) {
        if (f->db->driver->flush(f->db->connection) >= 0)
                return;
        LOG(LOG_ERROR, "What was committed cannot be brought to the disk; the server ends, and acknowledges "
                       "nothing of it. "
                       "Look after the disk before it is started again");
        _exit(EXIT_FAILURE);
}

static void *flusher_main(void *data) {
        struct flusher *f = data;

        for (;;) {
                struct write_job *jobs;
                bool wrote;

                wait_for(&f->due);
                if (f->stopping)
                        return NULL;
                jobs = f->jobs;
                wrote = f->wrote;
                (void)sem_post(&f->room);
                if (wrote)
                        flush(f);
                write_batch_release(jobs);
        }
}

/* From now on each commit is on the disk when it returns. */
static struct flusher *flusher_end(struct flusher *f) {
        (void)f->db->driver->flush_apart(f->db->connection, false);
        (void)sem_destroy(&f->room);
        (void)sem_destroy(&f->due);
        free(f);
        return NULL;
}

int flusher_start(struct database *db, struct flusher **ret) {
        struct flusher *f;
        int r;

        f = calloc(1, sizeof(*f));
        if (!f)
                return -ERR_NO_MEMORY;
        r = db->driver->flush_apart(db->connection, true);
        if (r < 0) {
                free(f);
                return r;
        }
        f->db = db;
        (void)sem_init(&f->room, 0, 1);
        (void)sem_init(&f->due, 0, 0);
        if (pthread_create(&f->thread, NULL, flusher_main, f) == 0) {
                *ret = f;
                return 0;
        }
        (void)flusher_end(f);
        return -ERR_NO_MEMORY;
}

struct flusher *flusher_stop(struct flusher *f) {
        if (!f)
                return NULL;
        f->stopping = true;
        (void)sem_post(&f->due);
        (void)pthread_join(f->thread, NULL);
        return flusher_end(f);
}

void flusher_await_room(struct flusher *f) {
        wait_for(&f->room);
}

void flusher_hand(struct flusher *f, struct write_job *jobs, bool wrote) {
        f->jobs = jobs;
        f->wrote = wrote;
        (void)sem_post(&f->due);
}
