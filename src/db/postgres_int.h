/* The PostgreSQL driver's own: a connection and what is prepared on it.
 *
 * The connection is always in libpq's pipeline mode: what belongs to one step (BEGIN and the first statement; a statement
 * and its first preparation) is sent at once and answered in one round trip. */
#pragma once

#include <libpq-fe.h>

#include "db/driver_int.h"

enum postgres_transaction {
        TRANSACTION_NONE, /* each statement commits by itself */
        TRANSACTION_DUE,  /* BEGIN goes out together with the first statement */
        TRANSACTION_OPEN,
        TRANSACTION_ABORTED, /* a statement failed: the server takes nothing but ROLLBACK */
};

enum { POSTGRES_PARAMS_MAX = 32, POSTGRES_DEFERRED_MAX = 8, SQLSTATE_LENGTH = 5, INCARNATION_MAX = 96 };

struct postgres_connection {
        struct db_connection base;
        char *url; /* may hold a password */
        enum db_role role;
        PGconn *handle; /* NULL while there is no connection */
        enum postgres_transaction transaction;
        enum db_trouble trouble;
        int failure;         /* why the transaction is aborted */
        uint64_t xid;        /* of the open transaction, once it has written something; else 0 */
        unsigned n_deferred; /* inserts that were sent, whose answers come before the next one's */
        unsigned deferred[POSTGRES_DEFERRED_MAX];
        uint64_t in_doubt;                 /* of a transaction whose COMMIT was not acknowledged */
        char incarnation[INCARNATION_MAX]; /* of the server's memory: a crash begins a new one */
        char in_doubt_incarnation[INCARNATION_MAX];
        bool direct;     /* no pooler stands between that lends its connections by the transaction */
        bool prepared[]; /* by a statement's number */
};

static inline struct postgres_connection *postgres_of(struct db_connection *c) {
        return CONTAINER_OF(c, struct postgres_connection, base);
}

/* Object identifiers of the types that are used (PostgreSQL, pg_type.dat). */
Oid postgres_type(enum db_type type);

/* --- connection: postgres_connection.c --- */

int postgres_open(const char *url, enum db_role role, struct db_connection **ret,
                  char ret_problem[DATABASE_PROBLEM_MAX]);
struct db_connection *postgres_close(struct db_connection *c);

/* Connects, unless it is connected. errors: ERR_STORAGE, ERR_SETTINGS (see postgres_check_direct()) */
int postgres_connect(struct postgres_connection *c, char ret_problem[DATABASE_PROBLEM_MAX]);

/* Whether two connections to the address are two of the server's. A pooler that lends a connection for a transaction at a time
 * (PgBouncer's pool_mode transaction) takes prepared statements and notifications away with it.
 *
 * handle     one of the two, idle, outside of pipeline mode
 * names, values   of PQconnectdbParams(), for the other one
 * errors     ERR_SETTINGS (such a pooler stands there), ERR_STORAGE */
int postgres_check_direct(PGconn *handle, const char *const *names, const char *const *values);

/* Gives the connection up; what was open on it is rolled back by the server. */
void postgres_disconnect(struct postgres_connection *c);

/* --- talking: postgres_talk.c --- */

/* The control statements, prepared when the connection is made. */
enum postgres_control { CONTROL_BEGIN, CONTROL_COMMIT, CONTROL_ROLLBACK, CONTROL_XID, POSTGRES_CONTROLS };

/* Sends the preparation of the control statements and waits for it. */
int postgres_prepare_controls(struct postgres_connection *c);

/* Runs one control statement, behind the inserts whose answers are still to come. Nothing is logged or judged.
 *
 * ret   the answer, or that of the insert which failed; NULL when the connection was lost. PQclear() it. */
int postgres_control(struct postgres_connection *c, enum postgres_control which, PGresult **ret);

/* Waits for the answers of such inserts and pays no attention to them: before a rollback, which would be skipped behind
 * one that failed. */
void postgres_settle(struct postgres_connection *c);

/* Sends an insert whose answer the commit, or the next statement, will bring as well. False when it has to be waited for:
 * the first write of a transaction, which brings the transaction's number, and whatever is not prepared yet. */
bool postgres_defer(struct postgres_connection *c, unsigned statement, const struct db_value *params);

/* Runs a named statement, opening the transaction if that is due.
 *
 * ret   PGRES_TUPLES_OK or PGRES_COMMAND_OK; PQclear() it
 * errors   ERR_STORAGE, ERR_CONFLICT (a constraint) */
int postgres_run(struct postgres_connection *c, unsigned statement, const struct db_value *params,
                 PGresult **ret);

/* Runs several look-ups outside of a transaction, in one round trip.
 *
 * n         at most DB_QUESTIONS_MAX
 * results   on success all are set: PQclear() them
 * errors    as postgres_run(); then nothing is known of any */
int postgres_run_many(struct postgres_connection *c, const struct db_question *const *questions, unsigned n,
                      PGresult **results);

/* Runs text outside pipeline mode: several statements at once, results as text. */
int postgres_script(struct db_connection *c, const char *sql);
int postgres_query(struct postgres_connection *c, const char *sql, const char *param, PGresult **ret);

/* Logs a failed answer, notes what it does to the transaction, and gives its result.
 *
 * what     a statement's name, or what was being done
 * result   NULL when the connection was lost */
int postgres_failed(struct postgres_connection *c, const char *what, const PGresult *result);

/* --- statements: postgres_statement.c --- */

int postgres_find(struct db_connection *c, struct arena *arena, unsigned statement,
                  const struct db_value *params, void *row);
int postgres_list(struct db_connection *c, struct arena *arena, unsigned statement,
                  const struct db_value *params, void **ret_rows, size_t *ret_n);
int postgres_execute(struct db_connection *c, unsigned statement, const struct db_value *params);
int postgres_find_many(struct db_connection *c, struct arena *arena, struct db_question *const *questions,
                       unsigned n);
