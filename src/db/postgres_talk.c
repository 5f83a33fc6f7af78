/* One step of talk with PostgreSQL: what is to be sent together, and the answers in their order. */
#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/postgres_step.h"

enum { NAME_MAX_LENGTH = 16 };

static const struct {
        const char *name, *sql;
} controls[POSTGRES_CONTROLS] = {
        [CONTROL_BEGIN] = { "begin", "BEGIN" },
        [CONTROL_COMMIT] = { "commit", "COMMIT" },
        [CONTROL_ROLLBACK] = { "rollback", "ROLLBACK" },
        /* Null while nothing was written: then there is nothing whose outcome could be in doubt. */
        [CONTROL_XID] = { "xid", "SELECT pg_current_xact_id_if_assigned()::text::bigint" },
};

Oid postgres_type(enum db_type type) {
        static const Oid types[] = { [DB_TEXT] = 25, [DB_BYTEA] = 17, [DB_BIGINT] = 20, [DB_BOOLEAN] = 16 };

        return types[type];
}

/* A reader's transactions are snapshots. */
static const char *control_sql(const struct postgres_connection *c, enum postgres_control which) {
        if (which == CONTROL_BEGIN && c->role != DB_WRITER)
                return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        return controls[which].sql;
}

/* --- failures --- */

/* What a failure means for the request (PostgreSQL, appendix A). */
static const struct {
        const char *state; /* or its class */
        enum db_trouble trouble;
        int result;
} failures[] = {
        { "40001", DB_TROUBLE_RETRY, -ERR_STORAGE }, /* serialization_failure */
        { "40P01", DB_TROUBLE_RETRY, -ERR_STORAGE }, /* deadlock_detected */
        { "23", DB_TROUBLE_NONE, -ERR_CONFLICT },    /* a constraint */
        { "08", DB_TROUBLE_LOST, -ERR_STORAGE },     /* the connection */
        { "57P", DB_TROUBLE_LOST, -ERR_STORAGE },    /* the server ends or starts */
        { "25006", DB_TROUBLE_LOST, -ERR_STORAGE },  /* it became a standby: connect to the new primary */
        { "26000", DB_TROUBLE_LOST, -ERR_STORAGE },  /* what was prepared is gone: prepare it anew */
        { "42P05", DB_TROUBLE_LOST, -ERR_STORAGE },  /* or stands there already */
        { "0A000", DB_TROUBLE_LOST, -ERR_STORAGE },  /* a table changed under what was prepared */
};

int postgres_failed(struct postgres_connection *c, const char *what, const PGresult *result) {
        const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
        const char *cause = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
        int r = -ERR_STORAGE;

        c->trouble = DB_TROUBLE_NONE;
        for (size_t i = 0; state && i < ARRAY_LENGTH(failures); i++)
                if (strncmp(state, failures[i].state, strlen(failures[i].state)) == 0) {
                        c->trouble = failures[i].trouble;
                        r = failures[i].result;
                        break;
                }
        if (!result || PQstatus(c->handle) != CONNECTION_OK)
                c->trouble = DB_TROUBLE_LOST;
        /* The detail beside the cause may quote a row: it stays out of the log. */
        LOG(c->trouble == DB_TROUBLE_RETRY ? LOG_INFO : LOG_ERROR, "The database refused an operation",
            LOG_STR("operation", str_of(what)), LOG_STR("state", str_of(state ? state : "-")),
            LOG_STR("cause", str_of(cause ? cause : "the connection was lost")));
        if (c->trouble == DB_TROUBLE_LOST)
                postgres_disconnect(c);
        else if (c->transaction != TRANSACTION_NONE)
                c->transaction = TRANSACTION_ABORTED;
        c->failure = r;
        return r;
}

/* --- control statements --- */

static void step_control(struct postgres_step *s, enum postgres_control which) {
        postgres_step_note(s,
                           PQsendQueryPrepared(s->c->handle, controls[which].name, 0, NULL, NULL, NULL, 1));
}

int postgres_prepare_controls(struct postgres_connection *c) {
        struct postgres_step s = { .c = c };
        int r;

        for (unsigned i = 0; i < POSTGRES_CONTROLS; i++)
                postgres_step_note(&s,
                                   PQsendPrepare(c->handle, controls[i].name, control_sql(c, i), 0, NULL));
        r = postgres_step_finish(&s) && !postgres_step_bad(&s) ? 0 : -ERR_STORAGE;
        postgres_step_done(&s);
        return r;
}

int postgres_control(struct postgres_connection *c, enum postgres_control which, PGresult **ret) {
        struct postgres_step s = postgres_step_begin(c);
        bool complete;
        unsigned at;

        step_control(&s, which);
        complete = postgres_step_finish(&s);
        for (at = 0; at + 1 < s.n; at++)
                if (s.results[at] && !result_good(s.results[at]))
                        break;
        /* Without a connection only an answer that tells of its end is of use. */
        *ret = s.results[at];
        s.results[at] = NULL;
        postgres_step_done(&s);
        return complete && result_good(*ret) ? 0 : -ERR_STORAGE;
}

void postgres_settle(struct postgres_connection *c) {
        struct postgres_step s = postgres_step_begin(c);

        if (c->n_deferred > 0 && !postgres_step_finish(&s))
                postgres_disconnect(c);
        postgres_step_done(&s);
}

/* --- named statements --- */

/* Parameters in libpq's form. Numbers and truth values are binary, in network order. */
struct wire_params {
        const char *values[POSTGRES_PARAMS_MAX];
        int lengths[POSTGRES_PARAMS_MAX];
        int formats[POSTGRES_PARAMS_MAX];
        uint64_t numbers[POSTGRES_PARAMS_MAX];
};

static void params_write(const struct db_value *params, unsigned n, struct wire_params *out) {
        for (unsigned i = 0; i < n; i++) {
                const struct db_value *v = &params[i];

                out->formats[i] = 1;
                out->lengths[i] = 0;
                out->values[i] = NULL;
                if (v->null)
                        continue;
                if (v->type == DB_TEXT || v->type == DB_BYTEA) {
                        out->values[i] = v->bytes.ptr;
                        out->lengths[i] = (int)v->bytes.len;
                } else if (v->type == DB_BIGINT) {
                        out->numbers[i] = htobe64((uint64_t)v->number);
                        out->values[i] = (const char *)&out->numbers[i];
                        out->lengths[i] = 8;
                } else {
                        out->numbers[i] = 0;
                        *(char *)&out->numbers[i] = v->number ? 1 : 0;
                        out->values[i] = (const char *)&out->numbers[i];
                        out->lengths[i] = 1;
                }
        }
}

static void step_prepare(struct postgres_step *s, const char *name, const struct db_statement *statement) {
        Oid types[POSTGRES_PARAMS_MAX];

        for (unsigned i = 0; i < statement->n_params; i++)
                types[i] = postgres_type(statement->params[i]);
        postgres_step_note(s, PQsendPrepare(s->c->handle, name, statement->sql[DB_POSTGRES],
                                            (int)statement->n_params, types));
}

/* A null, or the number in network order. */
static void xid_note(struct postgres_connection *c, const PGresult *result) {
        uint64_t xid;

        if (PQntuples(result) != 1 || PQgetisnull(result, 0, 0) || PQgetlength(result, 0, 0) != 8)
                return;
        memcpy(&xid, PQgetvalue(result, 0, 0), sizeof(xid));
        c->xid = be64toh(xid);
}

static int step_result(struct postgres_step *s, const struct db_statement *statement, unsigned at, bool xid,
                       PGresult **ret) {
        struct postgres_connection *c = s->c;
        bool complete = postgres_step_finish(s);
        const PGresult *bad = postgres_step_bad(s);

        /* Of a statement that fails, as of a transaction that is undone, the preparation stays. */
        if (complete && at > 0 && result_good(s->results[at - 1]))
                c->prepared[statement - db_statements] = true;
        if (!complete || bad)
                return postgres_failed(c, statement->name, bad);
        c->prepared[statement - db_statements] = true;
        if (c->transaction == TRANSACTION_DUE)
                c->transaction = TRANSACTION_OPEN;
        if (xid)
                xid_note(c, s->results[at + 1]);
        *ret = s->results[at];
        s->results[at] = NULL;
        return 0;
}

static void statement_name(unsigned number, char name[NAME_MAX_LENGTH]) {
        (void)snprintf(name, NAME_MAX_LENGTH, "s%u", number);
}

bool postgres_defer(struct postgres_connection *c, unsigned number, const struct db_value *params) {
        const struct db_statement *statement = &db_statements[number];
        char name[NAME_MAX_LENGTH];
        struct wire_params wire;

        if (!statement->inserts_one || c->transaction != TRANSACTION_OPEN || c->xid == 0 || !c->handle ||
            !c->prepared[number] || c->n_deferred == POSTGRES_DEFERRED_MAX)
                return false;
        statement_name(number, name);
        params_write(params, statement->n_params, &wire);
        if (PQsendQueryPrepared(c->handle, name, (int)statement->n_params, wire.values, wire.lengths,
                                wire.formats, 1) != 1)
                return false;
        c->deferred[c->n_deferred++] = number;
        return true;
}

int postgres_run(struct postgres_connection *c, unsigned number, const struct db_value *params,
                 PGresult **ret) {
        const struct db_statement *statement = &db_statements[number];
        bool xid = statement->writes && c->transaction != TRANSACTION_NONE && c->xid == 0;
        char name[NAME_MAX_LENGTH];
        struct postgres_step s = postgres_step_begin(c);
        struct wire_params wire;
        unsigned at;
        int r;

        if (!c->handle)
                return postgres_failed(c, statement->name, NULL);
        if (c->transaction == TRANSACTION_ABORTED)
                return -ERR_STORAGE;
        statement_name(number, name);
        if (c->transaction == TRANSACTION_DUE)
                step_control(&s, CONTROL_BEGIN);
        if (!c->prepared[number])
                step_prepare(&s, name, statement);
        at = s.n;
        params_write(params, statement->n_params, &wire);
        postgres_step_note(&s, PQsendQueryPrepared(c->handle, name, (int)statement->n_params, wire.values,
                                                   wire.lengths, wire.formats, 1));
        if (xid)
                step_control(&s, CONTROL_XID);
        r = step_result(&s, statement, at, xid, ret);
        postgres_step_done(&s);
        return r;
}

/* Of a batch that failed, a preparation may have been skipped. */
static void many_unprepare(struct postgres_step *s, const struct db_question *const *questions, unsigned n,
                           const unsigned *prepared_at) {
        for (unsigned i = 0; i < n; i++)
                if (prepared_at[i] < STEP_COMMANDS_MAX && !result_good(s->results[prepared_at[i]]))
                        s->c->prepared[questions[i]->statement] = false;
}

int postgres_run_many(struct postgres_connection *c, const struct db_question *const *questions, unsigned n,
                      PGresult **results) {
        unsigned prepared_at[DB_QUESTIONS_MAX], at[DB_QUESTIONS_MAX];
        struct postgres_step s = postgres_step_begin(c);
        const PGresult *bad;
        bool complete;
        int r = 0;

        if (!c->handle)
                return postgres_failed(c, "reads", NULL);
        for (unsigned i = 0; i < n; i++) {
                unsigned number = questions[i]->statement;
                const struct db_statement *statement = &db_statements[number];
                char name[NAME_MAX_LENGTH];
                struct wire_params wire;

                statement_name(number, name);
                prepared_at[i] = c->prepared[number] ? STEP_COMMANDS_MAX : s.n;
                if (!c->prepared[number])
                        step_prepare(&s, name, statement);
                c->prepared[number] = true; /* for those behind it */
                at[i] = s.n;
                params_write(questions[i]->params, statement->n_params, &wire);
                postgres_step_note(&s, PQsendQueryPrepared(c->handle, name, (int)statement->n_params,
                                                           wire.values, wire.lengths, wire.formats, 1));
        }
        complete = postgres_step_finish(&s);
        bad = postgres_step_bad(&s);
        if (!complete || bad) {
                many_unprepare(&s, questions, n, prepared_at);
                r = postgres_failed(c, "reads", bad);
        }
        for (unsigned i = 0; i < n && r >= 0; i++) {
                results[i] = s.results[at[i]];
                s.results[at[i]] = NULL;
        }
        postgres_step_done(&s);
        return r;
}

/* --- text --- */

/* The answers of deferred inserts: nothing else can be sent outside pipeline mode before they are read. */
static int deferred_check(struct postgres_connection *c) {
        struct postgres_step s = postgres_step_begin(c);
        const PGresult *bad;
        bool complete;
        int r = 0;

        if (c->n_deferred == 0)
                return 0;
        complete = postgres_step_finish(&s);
        bad = postgres_step_bad(&s);
        if (!complete || bad)
                r = postgres_failed(c, "insert", bad);
        postgres_step_done(&s);
        return r;
}

/* Leaves pipeline mode for one call, after sending a BEGIN that is due. */
static int text_run(struct postgres_connection *c, const char *what, const char *sql, const char *param,
                    bool several, PGresult **ret) {
        PGresult *result;
        int r = 0;

        if (!c->handle)
                return postgres_failed(c, what, NULL);
        if (c->transaction == TRANSACTION_ABORTED)
                return -ERR_STORAGE;
        r = deferred_check(c);
        if (r >= 0 && c->transaction == TRANSACTION_DUE) {
                r = postgres_control(c, CONTROL_BEGIN, &result);
                if (r < 0)
                        r = postgres_failed(c, "begin", result);
                else
                        c->transaction = TRANSACTION_OPEN;
                PQclear(result);
        }
        if (r < 0)
                return r;
        (void)PQexitPipelineMode(c->handle);
        result = several ? PQexec(c->handle, sql)
                         : PQexecParams(c->handle, sql, param ? 1 : 0, NULL, &param, NULL, NULL, 0);
        if (PQenterPipelineMode(c->handle) != 1 || !result_good(result))
                r = postgres_failed(c, what, result);
        if (r >= 0)
                *ret = result;
        else
                PQclear(result);
        return r;
}

int postgres_script(struct db_connection *c, const char *sql) {
        PGresult *result = NULL;
        int r;

        if (*sql == '\0') /* a migration that the other engine alone has */
                return 0;
        r = text_run(postgres_of(c), "script", sql, NULL, true, &result);
        if (r >= 0)
                PQclear(result);
        return r;
}

int postgres_query(struct postgres_connection *c, const char *sql, const char *param, PGresult **ret) {
        return text_run(c, "query", sql, param, false, ret);
}
