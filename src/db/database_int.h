/* A database's inside, shared by database.c, writer.c and migrate.c. */
#pragma once

#include <pthread.h>

#include "db/away.h"
#include "db/driver_int.h"

enum {
        WRITE_BATCH_MAX = 256,   /* jobs of one commit */
        WRITE_QUEUE_MAX = 65536, /* jobs that wait; more are refused with ERR_BUSY */
        READERS_IDLE_MAX = 4,    /* kept for the next who reads outside of the event loops */
        POOL_QUEUE_MAX = 8192,   /* the same for a server, which takes longer for each */
};

struct writer;
struct pool;
struct listener;
struct node_talk;
struct row_cache;

struct database {
        const struct db_driver *driver;
        char *address;
        struct db_connection
                *connection; /* writes: the writer's once it runs, else of whoever holds `direct` */
        pthread_mutex_t direct;
        pthread_mutex_t lending;
        struct db_connection *idle[READERS_IDLE_MAX]; /* an embedded database's, for database_read_now() */
        size_t n_idle;
        struct writer *writer;        /* of an embedded database; NULL until it is started */
        struct pool *pool;            /* of a server; NULL until it is started */
        struct away away;             /* of a server: whether it can be reached */
        unsigned connections;         /* of the pool */
        struct row_cache *cache;      /* of a server; NULL when no rows are to be kept */
        struct listener *listener;    /* of a server, while the pool runs */
        const struct node_talk *talk; /* NULL for nothing to tell other nodes */
        _Atomic uint64_t recorded;    /* commits that put something on record */
        _Atomic uint64_t
                commits; /* raised before the answers of a commit are released: see database_read() */
};

/* Runs jobs in one transaction and calls each one's `done`. Takes a list of at most WRITE_BATCH_MAX. */
void write_batch(struct database *db, struct write_job *jobs);

/* Runs a job in a transaction of its own on a server's connection, again where that helps, and calls `done`. */
void pool_run_job(struct database *db, struct db_connection *c, struct write_job *job);

/* Makes a server's connection anew if it was lost, and notes for everybody what came of it. errors: ERR_STORAGE */
_must_use_ int server_reach(struct db_connection *c);

/* Runs jobs that only read, side by side: what several of them ask for next is asked in one round trip (read_batch.c).
 *
 * jobs      at most DB_QUESTIONS_MAX, none of them `alone`
 * ret_left  those that need a connection to themselves, now marked so; `done` was called for all others
 * returns   their number */
unsigned read_batch_run(struct db_connection *c, struct arena *arena, struct write_job *const *jobs,
                        unsigned n, struct write_job **ret_left);

/* Opens the first of an embedded database's readers that are lent: threads that begin to read at once would open one each. */
_must_use_ int readers_prepare(struct database *db);

/* Starts the threads; the first one takes over the database's connection. */
int pool_start(struct database *db);
void pool_submit(struct pool *pool, struct write_job *job);

/* Runs what waits, then ends the threads. Takes NULL; returns NULL. */
struct pool *pool_stop(struct pool *pool);

/* Lets the writer finish what it has and end. Takes NULL; returns NULL. */
struct writer *writer_stop(struct writer *writer);

/* As database_reader_open(), for a role that reads. */
_must_use_ int database_reader_open_as(struct database *db, enum db_role role, struct db_connection **ret);
