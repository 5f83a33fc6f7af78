/* Connecting to PostgreSQL: the address, the session's settings, what is wrong with it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "db/postgres_int.h"

/* What an address may override stands before it, what it may not behind it (libpq, PQconnectdbParams). A server that is
 * gone without a word is noticed by the kernel within some ten seconds. */
static const char *const option_names[] = { "connect_timeout",           "keepalives_idle",
                                            "keepalives_interval",       "keepalives_count",
                                            "tcp_user_timeout",          "target_session_attrs",
                                            "fallback_application_name", "dbname",
                                            "client_encoding",           NULL };
static const char *const option_values[] = { "2",          "5",         "2",  "3",    "10000",
                                             "read-write", "gatehouse", NULL, "UTF8", NULL };
enum { OPTION_URL = 7 };

/* Every statement looks rows up by an index, and their plans don't depend on the parameters: planned once a connection.
 * A database that was set to lose the newest commits in a crash is not believed. */
static const char session_sql[] = "SET default_transaction_isolation = 'read committed';"
                                  "SET plan_cache_mode = force_generic_plan;"
                                  "SET enable_seqscan = off;"
                                  "SET jit = off;"
                                  "SET lock_timeout = '5s';"
                                  "SET statement_timeout = '15s';"
                                  "SET idle_in_transaction_session_timeout = '30s';"
                                  "SET bytea_output = 'hex';"
                                  "SELECT set_config('synchronous_commit', 'on', false) WHERE "
                                  "current_setting('synchronous_commit') = 'off';";

/* Two connections with the same answer spoke to the same server without a crash in between: a crash restarts the
 * postmaster or, when only one of its processes died, starts the statistics anew. */
static const char incarnation_sql[] =
        "SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || "
        "COALESCE(extract(epoch FROM (SELECT stats_reset FROM pg_stat_bgwriter))::text, '-')";

/* One line of what libpq tells, without the line breaks; it holds no password. */
static void cause_write(const PGconn *handle, char *out, size_t capacity) {
        size_t n;

        (void)snprintf(out, capacity, "%s", handle ? PQerrorMessage(handle) : "out of memory");
        n = strlen(out);
        while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == ' '))
                out[--n] = '\0';
        for (size_t i = 0; i < n; i++)
                if ((unsigned char)out[i] < 0x20)
                        out[i] = ' ';
}

static void on_notice(void *data _unused_, const PGresult *result) {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        bool warning = state && strncmp(state, "00", 2) != 0;

        LOG(warning ? LOG_WARNING : LOG_DEBUG, "The database tells",
            LOG_STR("text", str_of(text ? text : "-")), LOG_STR("state", str_of(state ? state : "-")));
}

static int session_start(struct postgres_connection *c, const char *const *values) {
        PGresult *result;
        int r;

        r = c->direct ? 0 : postgres_check_direct(c->handle, option_names, values);
        if (r < 0)
                return r;
        c->direct = true; /* from now on: a setting that changes meanwhile shows by its errors */

        result = PQexec(c->handle, session_sql);
        r = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : -ERR_STORAGE;
        PQclear(result);
        if (r < 0)
                return r;
        result = PQexec(c->handle, incarnation_sql);
        if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
                (void)snprintf(c->incarnation, sizeof(c->incarnation), "%s", PQgetvalue(result, 0, 0));
        else
                r = -ERR_STORAGE;
        PQclear(result);
        if (r == 0 && PQenterPipelineMode(c->handle) != 1)
                r = -ERR_STORAGE;
        return r == 0 ? postgres_prepare_controls(c) : r;
}

void postgres_disconnect(struct postgres_connection *c) {
        PQfinish(c->handle);
        c->handle = NULL;
        c->transaction = TRANSACTION_NONE;
        c->xid = 0;
        c->n_deferred = 0;
        memset(c->prepared, 0, db_statements_count * sizeof(c->prepared[0]));
}

int postgres_connect(struct postgres_connection *c, char ret_problem[DATABASE_PROBLEM_MAX]) {
        const char *values[ARRAY_LENGTH(option_values)];
        char cause[256];
        int r = -ERR_STORAGE;

        if (c->handle)
                return 0;
        memcpy(values, option_values, sizeof(values));
        values[OPTION_URL] = c->url;
        c->handle = PQconnectdbParams(option_names, values, 1);
        if (PQstatus(c->handle) == CONNECTION_OK) {
                (void)PQsetNoticeReceiver(c->handle, on_notice, NULL);
                r = session_start(c, values);
                if (r >= 0)
                        return 0;
        }
        if (r == -ERR_SETTINGS) {
                (void)snprintf(
                        ret_problem, DATABASE_PROBLEM_MAX,
                        "DATABASE_URL leads to a pooler that lends connections by the transaction, which "
                        "takes prepared statements and notifications away: name the address of "
                        "PostgreSQL itself, or set the pooler to pool_mode = session for this database");
                postgres_disconnect(c);
                return r;
        }
        cause_write(c->handle, cause, sizeof(cause));
        (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                       "the database cannot be reached: %s; check that it runs, and DATABASE_URL", cause);
        postgres_disconnect(c);
        return -ERR_STORAGE;
}

/* A password with an @ or a slash that is not percent-encoded is taken apart at the wrong place, and would show up in
 * messages as part of the host's name. */
static bool url_is_clear(const char *url) {
        const char *rest = strstr(url, "://") + 3;
        const char *at = strchr(rest, '@');

        return !at || (!strchr(at + 1, '@') && (size_t)(at - rest) == strcspn(rest, "@/?#"));
}

static int url_check(const char *url, char *ret_problem) {
        char *message = NULL; /* may quote the address with its password: never shown */
        PQconninfoOption *options;

        options = PQconninfoParse(url, &message);
        PQconninfoFree(options);
        PQfreemem(message);
        if (options && url_is_clear(url))
                return 0;
        (void)snprintf(
                ret_problem, DATABASE_PROBLEM_MAX,
                "DATABASE_URL is no valid address: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
                "with special characters of the password percent-encoded (@ as %%40, / as %%2F)");
        return -ERR_SETTINGS;
}

int postgres_open(const char *url, enum db_role role, struct db_connection **ret,
                  char ret_problem[DATABASE_PROBLEM_MAX]) {
        struct postgres_connection *c;
        int r;

        r = url_check(url, ret_problem);
        if (r < 0)
                return r;
        c = calloc(1, sizeof(*c) + db_statements_count * sizeof(c->prepared[0]));
        if (c)
                c->url = strdup(url);
        if (!c || !c->url) {
                free(c);
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "out of memory while opening the database");
                return -ERR_NO_MEMORY;
        }
        c->base.driver = &db_driver_postgres;
        c->role = role;
        r = postgres_connect(c, ret_problem);
        if (r < 0) {
                (void)postgres_close(&c->base);
                return r;
        }
        *ret = &c->base;
        return 0;
}

struct db_connection *postgres_close(struct db_connection *base) {
        struct postgres_connection *c;

        if (!base)
                return NULL;
        c = postgres_of(base);
        postgres_disconnect(c);
        memory_free_wiped(c->url);
        record_done(&base->record);
        free(c);
        return NULL;
}
