/* A database's inside, shared by database.c, writer.c and migrate.c. */
#pragma once

#include <pthread.h>

#include "db/driver_int.h"

enum {
        WRITE_BATCH_MAX = 256,   /* jobs of one commit */
        WRITE_QUEUE_MAX = 65536, /* jobs that wait; more are refused with ERR_BUSY */
};

struct writer;

struct database {
        const struct db_driver *driver;
        char *address;
        struct db_connection
                *connection; /* writes: the writer's once it runs, else of whoever holds `direct` */
        pthread_mutex_t direct;
        struct writer *writer; /* NULL until it is started */
        _Atomic uint64_t
                commits; /* raised before the answers of a commit are released: see database_read() */
};

/* Runs jobs in one transaction and calls each one's `done`. Takes a list of at most WRITE_BATCH_MAX. */
void write_batch(struct database *db, struct write_job *jobs);

/* Lets the writer finish what it has and end. Takes NULL; returns NULL. */
struct writer *writer_stop(struct writer *writer);
