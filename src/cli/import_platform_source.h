/* The AutoGPT Platform's database, as `gatehouse import platform` reads it: through libpq, in one read-only transaction
 * that sees one moment, a piece at a time, so that millions of rows need no memory. Nothing is ever written there. */
#pragma once

#include "base/arena.h"
#include "base/errors.h"
#include "base/str.h"

enum { SOURCE_PROBLEM_MAX = 1024, SOURCE_PIECE = 500 /* rows */ };

/* The address in two parts: what libpq understands, and the schema that Prisma's `schema=` names. */
struct source_address {
        struct str url;    /* ends in NUL; without the parameters that are Prisma's own */
        struct str schema; /* ends in NUL; "public" when none is named */
};

/* Reads "postgresql://…" or "postgres://…".
 *
 * ret           strings live on the arena
 * ret_problem   on failure, one line for the operator; holds no part of the address
 * errors        ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int source_address_parse(struct str text, struct arena *arena, struct source_address *ret,
                                    char ret_problem[SOURCE_PROBLEM_MAX]);

struct source;

/* Connects and begins the transaction.
 *
 * ret_problem   on failure, one line with its remedy; never the password
 * errors        ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int source_open(const struct source_address *address, struct source **ret,
                           char ret_problem[SOURCE_PROBLEM_MAX]);
struct source *source_close(struct source *s);

/* What went wrong last; one line with its remedy. */
const char *source_problem(const struct source *s);

/* How many rows a query gives. Errors: ERR_STORAGE, ERR_NO_MEMORY. */
_must_use_ int source_count(struct source *s, const char *query, int64_t *ret);

/* Opens a query for reading piece by piece; closes the one before. Errors: ERR_STORAGE. */
_must_use_ int source_query(struct source *s, const char *sql);

/* Reads the next piece, at most SOURCE_PIECE rows; it stands until the next call.
 * returns   the number of rows, 0 at the end; ERR_STORAGE */
_must_use_ int source_next(struct source *s);

/* A column of a row of the piece. Text may hold anything that the database held; it ends in NUL. */
struct str source_text(const struct source *s, int row, int column); /* STR_NULL for null */
int64_t source_bigint(const struct source *s, int row, int column);  /* 0 for null */
bool source_boolean(const struct source *s, int row, int column);

/* A list that the query gives as JSON, as words on the arena.
 * errors   ERR_INVALID_FIELD (a word with a space or control character, or empty; null), ERR_NO_MEMORY */
_must_use_ int source_words(const struct source *s, int row, int column, struct arena *arena,
                            const struct str **ret, size_t *ret_n);
