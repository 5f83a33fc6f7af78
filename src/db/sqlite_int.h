/* The SQLite driver's own: a connection and its prepared statements. */
#pragma once

#include <sqlite3.h>

#include "db/driver_int.h"

/* The statements that steer a transaction. */
enum sqlite_control {
        CONTROL_BEGIN_READ,
        CONTROL_BEGIN_WRITE,
        CONTROL_COMMIT,
        CONTROL_ROLLBACK,
        CONTROL_SAVEPOINT_OPEN,
        CONTROL_SAVEPOINT_RELEASE,
        CONTROL_SAVEPOINT_UNDO,
        CONTROLS
};

struct sqlite_connection {
        struct db_connection base;
        sqlite3 *handle;
        int log_pages; /* a writer's: pages in the write-ahead log after the last commit */
        int log_due;   /* at so many it is written back */
        sqlite3_stmt *control[CONTROLS];
        sqlite3_stmt
                *statements[]; /* by number; prepared when first needed, kept until the connection closes */
};

static inline struct sqlite_connection *sqlite_of(struct db_connection *c) {
        return CONTAINER_OF(c, struct sqlite_connection, base);
}

/* Logs a failure of the engine and gives its result: -ERR_STORAGE, -ERR_NO_MEMORY or -ERR_CONFLICT.
 *
 * what   a statement's name, or what was being done
 */
int sqlite_failed(struct sqlite_connection *c, const char *what, int code);

/* Connection: sqlite_connection.c */
int sqlite_open(const char *path, enum db_role role, struct db_connection **ret,
                char ret_problem[DATABASE_PROBLEM_MAX]);
struct db_connection *sqlite_close(struct db_connection *c);

/* Statements: sqlite_statement.c */
int sqlite_find(struct db_connection *c, struct arena *arena, unsigned statement,
                const struct db_value *params, void *row);
int sqlite_list(struct db_connection *c, struct arena *arena, unsigned statement,
                const struct db_value *params, void **ret_rows, size_t *ret_n);
int sqlite_execute(struct db_connection *c, unsigned statement, const struct db_value *params);

/* Writing the log back: sqlite_checkpoint.c */
void sqlite_checkpoint_setup(struct sqlite_connection *c);
void sqlite_tidy(struct db_connection *c);

/* Functions that statements use beside SQLite's own: sqlite_functions.c. Returns a result of SQLite's.
 *
 * words_have(text, words, without)   whether a text of words, parted by spaces, has all of `words`, but not all of `without`,
 *                                    which may be empty. A word that ends in * stands for all that begin so. */
_must_use_ int sqlite_functions_add(sqlite3 *handle);
