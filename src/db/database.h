/* A database that is open: its connections, its writer, its schema.
 *
 * Owned by whoever opened it. All functions but database_submit() belong to start-up and shut-down. */
#pragma once

#include "base/strbuf.h"
#include "db/tx.h"

struct database;
struct db_connection;
struct node_talk;

enum { DATABASE_PROBLEM_MAX = 512 };

/* Opens a database; creates the file and its folder if need be. Applies no migration.
 *
 * url           "sqlite:PATH" (":memory:" is not supported: connections could not share it), or
 *               "postgresql://…" (PostgreSQL, libpq: connection URIs)
 * ret_problem   on failure, one line for the operator: what is wrong, and the remedy
 * errors        ERR_SETTINGS (bad address), ERR_STORAGE
 */
_must_use_ int database_open(struct str url, struct database **ret, char ret_problem[DATABASE_PROBLEM_MAX]);

/* How many connections to a server database_writer_start() shall open; 8 if nobody says. An embedded database has no use
 * for it. */
void database_set_connections(struct database *db, unsigned connections);

/* Whether reads may run on the calling thread (database_read()): so it is with an embedded database. With a server they
 * are handed to database_submit() as jobs that only read. */
bool database_reads_inline(const struct database *db);

/* Has a server's rows kept in memory from database_writer_start() on (db/row_cache.h); without effect on an embedded
 * database. errors: ERR_NO_MEMORY */
_must_use_ int database_keep_rows(struct database *db);

/* Has this node tell the others, and hear from them, from database_writer_start() on (db/node_talk.h); without effect on an
 * embedded database. Borrowed until database_close(). */
void database_talk(struct database *db, const struct node_talk *talk);

/* For commands beside a server: from now on what database_write_now() changes holds on every node that serves this
 * database when it returns, as if a node had changed it (db/listener.h); it may then take LISTENER_TRUST_MS longer. Without
 * effect on an embedded database, of which nobody keeps rows. errors: ERR_NO_MEMORY */
_must_use_ int database_await_nodes(struct database *db);

/* Waits for the writer to finish what it has, then closes everything. Takes NULL; returns NULL. */
struct database *database_close(struct database *db);

/* Brings the schema up to this binary's version, in one transaction per migration; safe when several
 * processes do it at once.
 *
 * ret_applied   number of migrations applied
 * errors        ERR_SETTINGS (the database is newer than the binary), ERR_STORAGE
 */
_must_use_ int database_migrate(struct database *db, unsigned *ret_applied,
                                char ret_problem[DATABASE_PROBLEM_MAX]);

/* Version of the schema in the database and the newest that this binary knows. */
_must_use_ int database_version(struct database *db, unsigned *ret_current, unsigned *ret_newest);

/* --- reading --- */

/* A connection for the calling thread's reads. */
_must_use_ int database_reader_open(struct database *db, struct db_connection **ret);
struct db_connection *database_reader_close(struct db_connection *reader);

/* Begins a read transaction, or goes on with the one that is open on this connection if nothing was committed
 * by this process since it began: many requests of one turn of an event loop share a snapshot.
 *
 * errors   ERR_STORAGE */
_must_use_ int database_read(struct db_connection *reader, struct tx *ret);

/* Ends the snapshot, if one is open: at the end of each turn of the event loop. */
void database_read_end(struct db_connection *reader);

/* A reader of what is kept in memory of a server's rows, for the calling thread; it never waits for anything. */
_must_use_ int database_kept_reader_open(struct database *db, struct db_connection **ret);

/* Begins a read of kept rows only. What is not kept fails with ERR_BUSY, and tx->failed tells: the request is then run anew by
 * database_submit(). False when nothing may be served at the moment; *ret is good all the same for what needs no row. */
_must_use_ bool database_read_kept(struct db_connection *reader, struct tx *ret);

/* Reads on behalf of a thread that may wait, the pool's or the agents', never an event loop: what takes long there holds up
 * nobody, and nothing is committed for it. `run` may run more than once, and must set its outputs anew each time.
 *
 * Returns what run returned, or -ERR_STORAGE, -ERR_BUSY, -ERR_NO_MEMORY. */
_must_use_ int database_read_now(struct database *db, int (*run)(struct tx *tx, void *data), void *data);

/* What is kept in memory of a server's rows, in Prometheus' text format; nothing when nothing is. */
void database_metrics(const struct tx *tx, struct strbuf *out);

/* --- writing --- */

/* How many commits of this process have put something on record (db/record.h). */
uint64_t database_recorded(const struct database *db);

/* A request's work on the writer. Lives in the caller's own struct; untouched by the caller until `done`. */
struct write_job {
        struct write_job *next;

        /* It only reads: each of its statements sees what is committed, and no transaction is needed. */
        bool reads;
        bool alone; /* the pool's: nothing else shall be run beside it */

        /* Runs within the batch's transaction. A negative result undoes what this job wrote, unless
         * tx_keep(). May run more than once, after another of its batch had to be undone or when the engine
         * asks for a retry; must therefore have no effect but through tx, and set its outputs anew each time. */
        int (*run)(struct write_job *job, struct tx *tx);

        /* After the commit, on the writer's thread: result is what run returned, or -ERR_STORAGE when the
         * commit failed and nothing of the batch holds. Only now may the answer be released. When too many
         * jobs wait already it is called at once, on the submitter's thread, with -ERR_BUSY. Must not block.
         */
        void (*done)(struct write_job *job, int result);
};

/* Hands a job to the writer. From any thread; never blocks on storage. `done` is called exactly once. */
void database_submit(struct database *db, struct write_job *job);

/* Starts the writer thread, or the threads of a server's connections. Without it, only database_write_now() works. */
_must_use_ int database_writer_start(struct database *db);

/* Runs one job and waits until it is committed: for the command line and for start-up; never on an event loop
 * or the writer's own thread. Runs on the calling thread in a transaction of its own, or on the writer if
 * that was started. Returns what run returned, or -ERR_STORAGE. */
_must_use_ int database_write_now(struct database *db, int (*run)(struct tx *tx, void *data), void *data);
