/* Transactions on PostgreSQL, what became of one whose COMMIT was not acknowledged, and the table of what the driver
 * does. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/postgres_int.h"

static int postgres_begin(struct db_connection *base, bool writable _unused_) {
        struct postgres_connection *c = postgres_of(base);

        c->trouble = DB_TROUBLE_NONE;
        c->xid = 0;
        c->in_doubt = 0;
        c->transaction = TRANSACTION_DUE;
        return 0;
}

static bool postgres_in_transaction(struct db_connection *base) {
        return postgres_of(base)->transaction != TRANSACTION_NONE;
}

static void postgres_rollback(struct db_connection *base) {
        struct postgres_connection *c = postgres_of(base);
        bool open = c->transaction == TRANSACTION_OPEN || c->transaction == TRANSACTION_ABORTED;
        PGresult *result = NULL;

        c->transaction = TRANSACTION_NONE;
        c->xid = 0;
        if (!open || !c->handle)
                return;
        postgres_settle(c);
        if (!c->handle)
                return;
        /* A connection that can't even roll back is of no use; the server does it when the connection ends. */
        if (postgres_control(c, CONTROL_ROLLBACK, &result) < 0)
                postgres_disconnect(c);
        PQclear(result);
}

/* The acknowledgement got lost: only the server knows whether the transaction holds. */
static int commit_lost(struct postgres_connection *c) {
        c->in_doubt = c->xid;
        memcpy(c->in_doubt_incarnation, c->incarnation, sizeof(c->incarnation));
        /* Whatever wrote nothing can simply run again. */
        c->trouble = c->xid ? DB_TROUBLE_UNKNOWN : DB_TROUBLE_LOST;
        LOG(LOG_WARNING, "The connection was lost during a commit");
        postgres_disconnect(c);
        return -ERR_STORAGE;
}

static int postgres_commit(struct db_connection *base) {
        struct postgres_connection *c = postgres_of(base);
        enum postgres_transaction was = c->transaction;
        PGresult *result = NULL;
        bool deferred;
        int r;

        if (was == TRANSACTION_ABORTED) {
                r = c->failure;
                postgres_rollback(base);
                return r;
        }
        if (was != TRANSACTION_OPEN) {
                c->transaction = TRANSACTION_NONE;
                return c->handle ? 0 : -ERR_STORAGE; /* no statement was run */
        }
        deferred = c->n_deferred > 0;
        r = postgres_control(c, CONTROL_COMMIT, &result);
        if (PQstatus(c->handle) != CONNECTION_OK || !result) {
                r = commit_lost(c);
        } else if (r < 0) {
                r = postgres_failed(c, "commit", result);
                if (deferred) /* it may have been an insert that failed: then the transaction is open still */
                        postgres_rollback(base);
        } else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
                LOG(LOG_ERROR, "The database rolled a transaction back instead of committing it");
                r = -ERR_STORAGE;
        }
        PQclear(result);
        c->transaction = TRANSACTION_NONE;
        c->xid = 0;
        return r;
}

static enum db_trouble postgres_trouble(struct db_connection *base) {
        struct postgres_connection *c = postgres_of(base);
        enum db_trouble trouble = c->trouble;

        c->trouble = DB_TROUBLE_NONE;
        return trouble;
}

static int postgres_revive(struct db_connection *base, char ret_problem[DATABASE_PROBLEM_MAX]) {
        return postgres_connect(postgres_of(base), ret_problem);
}

static bool postgres_alive(struct db_connection *base) {
        return postgres_of(base)->handle != NULL;
}

/* A number that was given out shortly before a crash may be given out again after it, to another transaction: across a
 * crash "committed" proves nothing. Anything else does: what is durable is not forgotten. */
static int outcome_judge(const struct postgres_connection *c, const char *status) {
        bool same_server = strcmp(c->incarnation, c->in_doubt_incarnation) == 0;

        if (strcmp(status, "aborted") == 0)
                return 0;
        if (strcmp(status, "in progress") == 0)
                return same_server ? -ERR_BUSY : 0;
        if (strcmp(status, "committed") == 0 && same_server)
                return 1;
        return -ERR_STORAGE;
}

static int postgres_outcome(struct db_connection *base) {
        struct postgres_connection *c = postgres_of(base);
        PGresult *result;
        char xid[24];
        int r;

        if (c->in_doubt == 0)
                return 0;
        (void)snprintf(xid, sizeof(xid), "%llu", (unsigned long long)c->in_doubt);
        r = postgres_query(c, "SELECT COALESCE(pg_xact_status($1::xid8), 'forgotten')", xid, &result);
        if (r < 0)
                return c->trouble == DB_TROUBLE_LOST ? -ERR_BUSY : r;
        r = outcome_judge(c, PQgetvalue(result, 0, 0));
        LOG(LOG_INFO, "A commit in doubt was looked up", LOG_STR("status", str_of(PQgetvalue(result, 0, 0))));
        PQclear(result);
        return r;
}

static int postgres_has_table(struct db_connection *base, const char *name) {
        PGresult *result;
        int r;

        r = postgres_query(postgres_of(base), "SELECT to_regclass($1) IS NOT NULL", name, &result);
        if (r < 0)
                return r;
        r = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
        PQclear(result);
        return r;
}

const struct db_driver db_driver_postgres = {
        .engine = DB_POSTGRES,
        .open = postgres_open,
        .close = postgres_close,
        .begin = postgres_begin,
        .commit = postgres_commit,
        .rollback = postgres_rollback,
        .in_transaction = postgres_in_transaction,
        .find = postgres_find,
        .find_many = postgres_find_many,
        .list = postgres_list,
        .execute = postgres_execute,
        .script = postgres_script,
        .has_table = postgres_has_table,
        .alive = postgres_alive,
        .revive = postgres_revive,
        .trouble = postgres_trouble,
        .outcome = postgres_outcome,
};
