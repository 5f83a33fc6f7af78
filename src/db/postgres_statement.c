/* Named statements on PostgreSQL: their answers in binary form, copied to the caller's rows. */
#include <arpa/inet.h>
#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/types.h>

#include "base/log.h"
#include "db/postgres_int.h"

static bool column_has_bytes(const struct db_column *column) {
        return column->type == DB_TEXT || column->type == DB_BYTEA;
}

/* A whole number in network order, of any of PostgreSQL's widths. False for anything else. */
static bool number_read(const char *bytes, int length, int64_t *ret) {
        uint64_t eight;
        uint32_t four;
        uint16_t two;

        switch (length) {
        case 8:
                memcpy(&eight, bytes, sizeof(eight));
                *ret = (int64_t)be64toh(eight);
                return true;
        case 4:
                memcpy(&four, bytes, sizeof(four));
                *ret = (int32_t)ntohl(four);
                return true;
        case 2:
                memcpy(&two, bytes, sizeof(two));
                *ret = (int16_t)ntohs(two);
                return true;
        default:
                return false;
        }
}

/* Bytes that the copies of a row's strings take, or an error when a null stands where none may. */
static ssize_t row_bytes(const PGresult *result, int at, const struct db_statement *s) {
        size_t bytes = 0;

        for (size_t i = 0; i < s->n_columns; i++) {
                if (PQgetisnull(result, at, (int)i)) {
                        if (!s->columns[i].nullable)
                                return -ERR_INTERNAL;
                } else if (column_has_bytes(&s->columns[i])) {
                        bytes += (size_t)PQgetlength(result, at, (int)i) + 1;
                }
        }
        return (ssize_t)bytes;
}

/* Copies one row: the strings with one allocation, each with a NUL behind it. */
static int row_copy(const PGresult *result, int at, const struct db_statement *s, struct arena *arena,
                    char *row) {
        ssize_t bytes = row_bytes(result, at, s);
        char *free_at = NULL;

        if (bytes < 0)
                return (int)bytes;
        if (bytes > 0) {
                free_at = arena_alloc(arena, (size_t)bytes);
                if (!free_at)
                        return -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < s->n_columns; i++) {
                const char *value = PQgetvalue(result, at, (int)i);
                int length = PQgetlength(result, at, (int)i);
                void *member = row + s->columns[i].offset;

                if (column_has_bytes(&s->columns[i])) {
                        if (PQgetisnull(result, at, (int)i)) {
                                *(struct str *)member = STR_NULL;
                                continue;
                        }
                        *(struct str *)member = str_n(memcpy(free_at, value, (size_t)length), (size_t)length);
                        free_at += length + 1; /* the arena's memory is zeroed */
                } else if (s->columns[i].type == DB_BOOLEAN) {
                        *(bool *)member = length > 0 && value[length - 1] != 0;
                } else if (!number_read(value, length, member)) {
                        return -ERR_INTERNAL;
                }
        }
        return 0;
}

static int row_read(const PGresult *result, int at, const struct db_statement *s, struct arena *arena,
                    void *row) {
        int r = -ERR_INTERNAL;

        if ((size_t)PQnfields(result) == s->n_columns)
                r = row_copy(result, at, s, arena, row);
        if (r < 0)
                LOG(LOG_ERROR, "A row could not be read", LOG_STR("statement", str_of(s->name)),
                    LOG_STR("error", str_of(error_row(r)->name)));
        return r;
}

/* 1 and the first row, 0 when there is none. */
static int row_first(const PGresult *result, unsigned number, struct arena *arena, void *row) {
        int r;

        if (PQntuples(result) == 0)
                return 0;
        r = row_read(result, 0, &db_statements[number], arena, row);
        return r < 0 ? r : 1;
}

int postgres_find(struct db_connection *c, struct arena *arena, unsigned number,
                  const struct db_value *params, void *row) {
        PGresult *result;
        int r;

        r = postgres_run(postgres_of(c), number, params, &result);
        if (r < 0)
                return r;
        r = row_first(result, number, arena, row);
        PQclear(result);
        return r;
}

int postgres_find_many(struct db_connection *c, struct arena *arena, struct db_question *const *questions,
                       unsigned n) {
        PGresult *results[DB_QUESTIONS_MAX];
        int r;

        r = postgres_run_many(postgres_of(c), (const struct db_question *const *)questions, n, results);
        if (r < 0)
                return r;
        for (unsigned i = 0; i < n; i++) {
                struct db_question *q = questions[i];

                q->found = row_first(results[i], q->statement, arena, q->row);
                PQclear(results[i]);
        }
        return 0;
}

int postgres_list(struct db_connection *c, struct arena *arena, unsigned number,
                  const struct db_value *params, void **ret_rows, size_t *ret_n) {
        const struct db_statement *s = &db_statements[number];
        PGresult *result;
        char *rows = NULL;
        size_t n;
        int r;

        r = postgres_run(postgres_of(c), number, params, &result);
        if (r < 0)
                return r;
        n = (size_t)PQntuples(result);
        if (n > 0) {
                rows = arena_alloc_array(arena, n, s->row_size);
                if (!rows)
                        r = -ERR_NO_MEMORY;
        }
        for (size_t i = 0; i < n && r == 0; i++)
                r = row_read(result, (int)i, s, arena, rows + i * s->row_size);
        PQclear(result);
        if (r < 0)
                return r;
        *ret_rows = rows;
        *ret_n = n;
        return 0;
}

int postgres_execute(struct db_connection *c, unsigned number, const struct db_value *params) {
        PGresult *result;
        uint64_t changed;
        int r;

        if (postgres_defer(postgres_of(c), number, params))
                return 1;
        r = postgres_run(postgres_of(c), number, params, &result);
        if (r < 0)
                return r;
        if (!str_to_uint(str_of(PQcmdTuples(result)), INT_MAX, &changed))
                changed = 0; /* of a statement that counts no rows */
        PQclear(result);
        return (int)changed;
}
