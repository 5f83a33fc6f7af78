/* Named statements on SQLite: prepared once a connection, bound, stepped, read. */
#include <sys/types.h>

#include "base/log.h"
#include "db/sqlite_int.h"

/* Rows of a list before its array must grow. */
enum { LIST_FIRST = 4 };

static int statement_get(struct sqlite_connection *c, unsigned number, sqlite3_stmt **ret) {
        sqlite3_stmt **statement = &c->statements[number];

        if (_unlikely_(!*statement)) {
                int code = sqlite3_prepare_v3(c->handle, db_statements[number].sql[DB_SQLITE], -1,
                                              SQLITE_PREPARE_PERSISTENT, statement, NULL);

                if (code != SQLITE_OK)
                        return sqlite_failed(c, db_statements[number].name, code);
        }
        *ret = *statement;
        return 0;
}

/* Bytes are borrowed: every parameter is bound anew before each run, so none outlives its call. */
static int statement_bind_one(sqlite3_stmt *statement, int i, const struct db_value *v) {
        if (v->null)
                return sqlite3_bind_null(statement, i);
        switch (v->type) {
        case DB_TEXT:
                return sqlite3_bind_text64(statement, i, v->bytes.ptr, v->bytes.len, SQLITE_STATIC,
                                           SQLITE_UTF8);
        case DB_BYTEA:
                return sqlite3_bind_blob64(statement, i, v->bytes.ptr, v->bytes.len, SQLITE_STATIC);
        case DB_BIGINT:
        case DB_BOOLEAN:
                return sqlite3_bind_int64(statement, i, v->number);
        }
        return SQLITE_MISUSE;
}

/* Ready to step. */
static int statement_start(struct sqlite_connection *c, unsigned number, const struct db_value *params,
                           sqlite3_stmt **ret) {
        int code, r;

        r = statement_get(c, number, ret);
        if (r < 0)
                return r;
        for (unsigned i = 0; i < db_statements[number].n_params; i++) {
                code = statement_bind_one(*ret, (int)i + 1, &params[i]);
                if (code != SQLITE_OK)
                        return sqlite_failed(c, db_statements[number].name, code);
        }
        return 0;
}

/* Resets the statement after its last step. `code` is that step's; the log is written before the reset, while
 * the connection still knows the cause. */
static int statement_end(struct sqlite_connection *c, unsigned number, sqlite3_stmt *statement, int code) {
        int r = 0;

        if (code != SQLITE_DONE && code != SQLITE_ROW)
                r = sqlite_failed(c, db_statements[number].name, code);
        (void)sqlite3_reset(statement);
        return r;
}

static bool column_has_bytes(const struct db_column *column) {
        return column->type == DB_TEXT || column->type == DB_BYTEA;
}

/* Finds the strings of the row that the statement stands on, in SQLite's own memory. As blobs: asking for text would
 * have SQLite copy it to put a NUL behind it.
 *
 * texts   filled for the columns that hold bytes
 * returns the bytes that their copies take, or an error */
static ssize_t row_texts(sqlite3_stmt *statement, const struct db_statement *s, struct str *texts) {
        size_t bytes = 0;

        for (size_t i = 0; i < s->n_columns; i++) {
                sqlite3_value *value;

                if (!column_has_bytes(&s->columns[i]))
                        continue;
                value = sqlite3_column_value(statement, (int)i);
                if (sqlite3_value_type(value) == SQLITE_NULL) {
                        if (!s->columns[i].nullable)
                                return -ERR_INTERNAL;
                        texts[i] = STR_NULL;
                        continue;
                }
                texts[i].ptr = sqlite3_value_blob(value);
                texts[i].len = (size_t)sqlite3_value_bytes(value);
                if (texts[i].len == 0)
                        texts[i].ptr = "";
                if (!texts[i].ptr)
                        return -ERR_NO_MEMORY;
                bytes += texts[i].len + 1;
        }
        return (ssize_t)bytes;
}

/* Copies that row: the strings with one allocation, each with a NUL behind it. */
static int statement_row(sqlite3_stmt *statement, const struct db_statement *s, struct arena *arena,
                         char *row) {
        struct str texts[DB_COLUMNS_MAX];
        char *at = NULL;
        ssize_t bytes;

        bytes = row_texts(statement, s, texts);
        if (bytes < 0)
                return (int)bytes;
        if (bytes > 0) {
                at = arena_alloc(arena, (size_t)bytes);
                if (!at)
                        return -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < s->n_columns; i++) {
                void *member = row + s->columns[i].offset;

                if (!column_has_bytes(&s->columns[i])) {
                        int64_t number = sqlite3_column_int64(statement, (int)i);

                        if (s->columns[i].type == DB_BIGINT)
                                *(int64_t *)member = number;
                        else
                                *(bool *)member = number != 0;
                } else if (!texts[i].ptr) {
                        *(struct str *)member = STR_NULL;
                } else {
                        *(struct str *)member = str_n(memcpy(at, texts[i].ptr, texts[i].len), texts[i].len);
                        at += texts[i].len + 1; /* the arena's memory is zeroed */
                }
        }
        return 0;
}

static int statement_row_logged(sqlite3_stmt *statement, const struct db_statement *s, struct arena *arena,
                                void *row) {
        int r;

        r = statement_row(statement, s, arena, row);
        if (r < 0)
                LOG(LOG_ERROR, "A row could not be read", LOG_STR("statement", str_of(s->name)),
                    LOG_STR("error", str_of(error_row(r)->name)));
        return r;
}

int sqlite_find(struct db_connection *c, struct arena *arena, unsigned number, const struct db_value *params,
                void *row) {
        const struct db_statement *s = &db_statements[number];
        sqlite3_stmt *statement;
        int code, r, found = 0;

        r = statement_start(sqlite_of(c), number, params, &statement);
        if (r < 0)
                return r;
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
                found = statement_row_logged(statement, s, arena, row);
                if (found == 0)
                        found = 1;
                /* A write that returns rows has done all of it before its first one (SQLite, RETURNING §3). */
        }
        r = statement_end(sqlite_of(c), number, statement, code);
        return r < 0 ? r : found;
}

/* Makes room for one more row; the old array is left to the arena. */
static int list_grow(struct arena *arena, size_t row_size, char **rows, size_t n, size_t *capacity) {
        size_t more = *capacity ? *capacity * 2 : LIST_FIRST;
        char *larger;

        if (n < *capacity)
                return 0;
        larger = arena_alloc_array(arena, more, row_size);
        if (!larger)
                return -ERR_NO_MEMORY;
        if (n)
                memcpy(larger, *rows, n * row_size);
        *rows = larger;
        *capacity = more;
        return 0;
}

int sqlite_list(struct db_connection *c, struct arena *arena, unsigned number, const struct db_value *params,
                void **ret_rows, size_t *ret_n) {
        const struct db_statement *s = &db_statements[number];
        size_t n = 0, capacity = 0;
        sqlite3_stmt *statement;
        char *rows = NULL;
        int code, r, bad = 0;

        r = statement_start(sqlite_of(c), number, params, &statement);
        if (r < 0)
                return r;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
                bad = list_grow(arena, s->row_size, &rows, n, &capacity);
                if (bad == 0)
                        bad = statement_row_logged(statement, s, arena, rows + n * s->row_size);
                if (bad < 0)
                        break;
                n++;
        }
        r = statement_end(sqlite_of(c), number, statement, code);
        if (r < 0 || bad < 0)
                return r < 0 ? r : bad;
        *ret_rows = rows;
        *ret_n = n;
        return 0;
}

int sqlite_execute(struct db_connection *c, unsigned number, const struct db_value *params) {
        struct sqlite_connection *s = sqlite_of(c);
        sqlite3_stmt *statement;
        int code, r;

        r = statement_start(s, number, params, &statement);
        if (r < 0)
                return r;
        code = sqlite3_step(statement);
        r = statement_end(s, number, statement, code);
        return r < 0 ? r : sqlite3_changes(s->handle);
}
