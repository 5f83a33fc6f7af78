/* Transactions on SQLite, and the table of what its driver does. */
#include "db/sqlite_int.h"

#include "base/log.h"

static const char *const control_sql[CONTROLS] = {
        [CONTROL_BEGIN_READ] = "BEGIN",
        [CONTROL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
        [CONTROL_COMMIT] = "COMMIT",
        [CONTROL_ROLLBACK] = "ROLLBACK",
        [CONTROL_SAVEPOINT_OPEN] = "SAVEPOINT request",
        [CONTROL_SAVEPOINT_RELEASE] = "RELEASE request",
        [CONTROL_SAVEPOINT_UNDO] = "ROLLBACK TO request",
};

int sqlite_failed(struct sqlite_connection *c, const char *what, int code) {
        LOG(LOG_ERROR, "The database refused an operation", LOG_STR("operation", str_of(what)),
            LOG_INT("code", sqlite3_extended_errcode(c->handle)),
            LOG_STR("cause", str_of(sqlite3_errmsg(c->handle))));
        switch (code & 0xff) {
        case SQLITE_NOMEM:
                return -ERR_NO_MEMORY;
        case SQLITE_CONSTRAINT:
                return -ERR_CONFLICT;
        default:
                return -ERR_STORAGE;
        }
}

static int sqlite_control(struct sqlite_connection *c, enum sqlite_control which) {
        sqlite3_stmt **statement = &c->control[which];
        int code;

        if (!*statement) {
                code = sqlite3_prepare_v3(c->handle, control_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                          statement, NULL);
                if (code != SQLITE_OK)
                        return sqlite_failed(c, control_sql[which], code);
        }
        code = sqlite3_step(*statement);
        if (code == SQLITE_DONE) {
                (void)sqlite3_reset(*statement);
                return 0;
        }
        code = sqlite_failed(c, control_sql[which], code);
        (void)sqlite3_reset(*statement);
        return code;
}

static int sqlite_begin(struct db_connection *c, bool writable) {
        return sqlite_control(sqlite_of(c), writable ? CONTROL_BEGIN_WRITE : CONTROL_BEGIN_READ);
}

static bool sqlite_in_transaction(struct db_connection *c) {
        return !sqlite3_get_autocommit(sqlite_of(c)->handle);
}

static void sqlite_rollback(struct db_connection *c) {
        if (sqlite_in_transaction(c))
                (void)sqlite_control(sqlite_of(c), CONTROL_ROLLBACK);
}

static int sqlite_commit(struct db_connection *c) {
        int r;

        r = sqlite_control(sqlite_of(c), CONTROL_COMMIT);
        if (r < 0)
                sqlite_rollback(c);
        return r;
}

static int sqlite_savepoint(struct db_connection *c) {
        return sqlite_control(sqlite_of(c), CONTROL_SAVEPOINT_OPEN);
}

static int sqlite_savepoint_release(struct db_connection *c) {
        return sqlite_control(sqlite_of(c), CONTROL_SAVEPOINT_RELEASE);
}

static int sqlite_savepoint_undo(struct db_connection *c) {
        int r;

        r = sqlite_control(sqlite_of(c), CONTROL_SAVEPOINT_UNDO);
        if (r < 0)
                return r;
        return sqlite_savepoint_release(c);
}

static int sqlite_script(struct db_connection *c, const char *sql) {
        struct sqlite_connection *s = sqlite_of(c);
        int code;

        code = sqlite3_exec(s->handle, sql, NULL, NULL, NULL);
        return code == SQLITE_OK ? 0 : sqlite_failed(s, "script", code);
}

static int sqlite_has_table(struct db_connection *c, const char *name) {
        struct sqlite_connection *s = sqlite_of(c);
        sqlite3_stmt *statement = NULL;
        int code, r;

        code = sqlite3_prepare_v2(s->handle, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1",
                                  -1, &statement, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        if (code == SQLITE_OK)
                code = sqlite3_step(statement);
        r = code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : sqlite_failed(s, "has_table", code);
        (void)sqlite3_finalize(statement);
        return r;
}

const struct db_driver db_driver_sqlite = {
        .engine = DB_SQLITE,
        .open = sqlite_open,
        .close = sqlite_close,
        .begin = sqlite_begin,
        .commit = sqlite_commit,
        .rollback = sqlite_rollback,
        .in_transaction = sqlite_in_transaction,
        .savepoint = sqlite_savepoint,
        .savepoint_release = sqlite_savepoint_release,
        .savepoint_undo = sqlite_savepoint_undo,
        .find = sqlite_find,
        .list = sqlite_list,
        .execute = sqlite_execute,
        .script = sqlite_script,
        .has_table = sqlite_has_table,
        .tidy = sqlite_tidy,
};
