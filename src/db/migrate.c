/* Brings the schema up to date, one migration a transaction. Each transaction takes a lock first (SQLite: the write lock,
 * PostgreSQL: an advisory one) and looks at what is applied after that, so of several processes that start at once each
 * migration is applied by one. */
#include <stdio.h>

#include "base/log.h"
#include "db/database_int.h"
#include "db/statements.h"

enum { APPLIED_MAX = 10000, ARENA_MAX = 4 * 1024 * 1024 };

static const char table_name[] = "schema_migrations";

static const char *const table_sql[DB_ENGINES] = {
        [DB_SQLITE] = "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT "
                      "NOT NULL, "
                      "checksum TEXT NOT NULL) STRICT",
        [DB_POSTGRES] = "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT "
                        "NOT NULL, "
                        "checksum TEXT NOT NULL)",
};

/* What each of these transactions begins with. The lock's number is "gatehous" in ASCII; a migration, and the wait for
 * another node's, may take as long as it needs. */
static const char *const lock_sql[DB_ENGINES] = {
        [DB_POSTGRES] = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; "
                        "SET LOCAL idle_in_transaction_session_timeout = 0; "
                        "SELECT pg_advisory_xact_lock(x'67617465686f7573'::bigint)",
};

struct migration_job {
        struct database *db;
        char *ret_problem;
        struct arena arena;
};

/* Holds what is applied against what this binary knows. */
static int applied_check(const struct migration_job *job, const struct schema_migration_row *applied,
                         size_t n) {
        enum db_engine engine = job->db->driver->engine;

        if (n > db_migrations_count) {
                (void)snprintf(job->ret_problem, DATABASE_PROBLEM_MAX,
                               "the database has schema version %lld, but this program knows none above %u; "
                               "start the "
                               "newer program, or restore a backup from before the upgrade",
                               (long long)applied[n - 1].version, db_migrations_count);
                return -ERR_SETTINGS;
        }
        for (size_t i = 0; i < n; i++) {
                const struct db_migration *known = &db_migrations[i];

                if (applied[i].version == (int64_t)known->version &&
                    str_eq(applied[i].checksum, str_of(known->checksum[engine])))
                        continue;
                (void)snprintf(
                        job->ret_problem, DATABASE_PROBLEM_MAX,
                        "schema version %u of the database (" STR_FMT
                        ") is not the one that this program has "
                        "(%s); the database was made by another build: use that one, or choose another "
                        "DATABASE_URL",
                        known->version, STR_ARG(applied[i].name), known->name);
                return -ERR_SETTINGS;
        }
        return 0;
}

/* Takes the lock and makes the table of migrations. */
static int table_prepare(struct db_connection *c) {
        enum db_engine engine = c->driver->engine;
        int r = 0;

        if (lock_sql[engine])
                r = c->driver->script(c, lock_sql[engine]);
        if (r >= 0)
                r = c->driver->has_table(c, table_name);
        return r == 0 ? c->driver->script(c, table_sql[engine]) : MIN_OF(r, 0);
}

/* Applies the next migration. Returns 1, or 0 when there is none left. */
static int migrate_one(struct tx *tx, void *data) {
        struct migration_job *job = data;
        enum db_engine engine = job->db->driver->engine;
        const struct db_migration *next;
        struct schema_migration_row *applied;
        size_t n;
        int r;

        r = table_prepare(tx->connection);
        if (r < 0)
                return r;
        r = db_schema_migrations_applied(tx, &job->arena, APPLIED_MAX, &applied, &n);
        if (r < 0)
                return r;
        r = applied_check(job, applied, n);
        if (r < 0)
                return r;
        if (n == db_migrations_count)
                return 0;

        next = &db_migrations[n];
        /* Opens the request's savepoint, so that a failing script leaves nothing. */
        r = db_schema_migration_insert(tx, next->version, str_of(next->name), str_of(next->checksum[engine]));
        if (r >= 0)
                r = tx->connection->driver->script(tx->connection, next->sql[engine]);
        if (r < 0) {
                (void)snprintf(job->ret_problem, DATABASE_PROBLEM_MAX,
                               "migration %u (%s) failed and was undone; the log tells the cause",
                               next->version, next->name);
                return r;
        }
        LOG(LOG_INFO, "Migration applied", LOG_INT("version", next->version),
            LOG_STR("name", str_of(next->name)));
        return 1;
}

int database_migrate(struct database *db, unsigned *ret_applied, char ret_problem[DATABASE_PROBLEM_MAX]) {
        struct migration_job job = { .db = db, .ret_problem = ret_problem };
        unsigned applied = 0;
        int r;

        do {
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                               "the database cannot be written; the log tells the cause: check that the disk "
                               "has room and "
                               "that no other program holds it locked");
                arena_init(&job.arena, ARENA_MAX);
                r = database_write_now(db, migrate_one, &job);
                arena_done(&job.arena);
                if (r > 0)
                        applied++;
        } while (r > 0);
        if (r < 0)
                return r;
        *ret_applied = applied;
        return 0;
}

struct version_job {
        struct arena arena;
        unsigned current;
};

static int version_read(struct tx *tx, void *data) {
        struct version_job *job = data;
        struct schema_migration_row *applied;
        size_t n;
        int r;

        job->current = 0;
        r = tx->connection->driver->has_table(tx->connection, table_name);
        if (r <= 0)
                return r;
        r = db_schema_migrations_applied(tx, &job->arena, APPLIED_MAX, &applied, &n);
        if (r < 0)
                return r;
        job->current = n ? (unsigned)applied[n - 1].version : 0;
        return 0;
}

int database_version(struct database *db, unsigned *ret_current, unsigned *ret_newest) {
        struct version_job job = { .current = 0 };
        int r;

        arena_init(&job.arena, ARENA_MAX);
        r = database_write_now(db, version_read, &job);
        arena_done(&job.arena);
        if (r < 0)
                return r;
        *ret_current = job.current;
        *ret_newest = db_migrations_count;
        return 0;
}
