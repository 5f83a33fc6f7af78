/* What the generated statements, the engines' drivers and the rest of src/db share; nobody else may include
 * it.
 *
 * A statement is data: its text for each engine and where the columns of a row go. The typed functions of
 * db/statements.h hand their parameters over as values and leave the work to db_find(), db_list() and
 * db_execute(), which leave it to the connection's driver. */
#pragma once

#include <stdatomic.h>

#include "db/database.h"
#include "db/record.h"

enum { DB_COLUMNS_MAX = 32, DB_PATH_MAX = 4096, DB_QUESTIONS_MAX = 16 };

enum db_engine { DB_SQLITE, DB_POSTGRES, DB_ENGINES };

enum db_type { DB_TEXT, DB_BYTEA, DB_BIGINT, DB_BOOLEAN };

/* A parameter. Its bytes are borrowed until the statement has run. */
struct db_value {
        enum db_type type;
        bool null;
        union {
                struct str bytes;
                int64_t number;
        };
};

/* A parameter that may not be null is never null: STR_NULL counts as empty. */
static inline struct db_value db_text(struct str s) {
        return (struct db_value){ .type = DB_TEXT, .bytes = s.ptr ? s : STR("") };
}

static inline struct db_value db_text_or_null(struct str s) {
        return (struct db_value){ .type = DB_TEXT, .null = !s.ptr, .bytes = s };
}

static inline struct db_value db_bytea(struct str s) {
        return (struct db_value){ .type = DB_BYTEA, .bytes = s.ptr ? s : STR("") };
}

static inline struct db_value db_bytea_or_null(struct str s) {
        return (struct db_value){ .type = DB_BYTEA, .null = !s.ptr, .bytes = s };
}

static inline struct db_value db_bigint(int64_t number) {
        return (struct db_value){ .type = DB_BIGINT, .number = number };
}

static inline struct db_value db_boolean(bool b) {
        return (struct db_value){ .type = DB_BOOLEAN, .number = b };
}

/* A column of a result, and its member in the row's struct. */
struct db_column {
        const char *name;
        enum db_type type;
        bool nullable;
        size_t offset;
};

struct db_statement {
        const char *name;
        const char *sql[DB_ENGINES];
        const enum db_type *params; /* their types */
        unsigned n_params;
        bool writes;
        bool inserts_one;                /* adds one row or fails: an engine need not wait for the count */
        const struct db_column *columns; /* NULL when it gives a count */
        size_t n_columns;
        size_t row_size;
};

struct db_migration {
        unsigned version; /* 1, 2, 3, … */
        const char *name;
        const char *sql[DB_ENGINES];
        const char *checksum[DB_ENGINES]; /* SHA-256 of the statements without comments, hex */
};

extern const struct db_statement db_statements[];
extern const unsigned db_statements_count;
extern const struct db_migration db_migrations[];
extern const unsigned db_migrations_count;

/* --- an engine --- */

enum db_role {
        DB_READER,     /* snapshots only; refuses to write */
        DB_READER_FAR, /* likewise, with room for what long reads go through */
        DB_WRITER,
};

/* See db/memo.h. */
struct db_memo {
        struct arena arena;
        unsigned statement;
        struct str key;
        void *row; /* NULL: nothing is kept */
};

/* One connection belongs to one thread at a time. */
struct db_connection {
        const struct db_driver *driver;
        struct database *db;
        bool counted;            /* a pool's: among those that stand, see db/away.h */
        bool snapshot;           /* a reader's: a read transaction is open */
        uint64_t commits;        /* the database's count of commits when it was opened */
        struct db_memo memo;     /* a reader's: what the snapshot found last */
        struct db_record record; /* of the transaction that is open */
};

/* What the last failure means for the request that met it. */
enum db_trouble {
        DB_TROUBLE_NONE,    /* it is as the result says */
        DB_TROUBLE_RETRY,   /* two transactions got into each other's way: nothing holds, run it again */
        DB_TROUBLE_LOST,    /* the connection was lost: nothing holds, connect and run it again */
        DB_TROUBLE_UNKNOWN, /* the connection was lost during the commit: outcome() tells whether it holds */
};

/* A look-up that is asked together with others. */
struct db_question {
        unsigned statement;
        const struct db_value *params;
        void *row; /* room for what is found */
        int found; /* 1 and the row; 0 not there; -ERR_… */
};

/* Everything that an engine does. Results are 0, a count, or -ERR_…, and failures are in the log. */
struct db_driver {
        enum db_engine engine;

        /* address       what stands behind "sqlite:", or the whole address of a server; NUL-terminated
         * ret_problem   one line for the operator */
        int (*open)(const char *address, enum db_role role, struct db_connection **ret,
                    char ret_problem[DATABASE_PROBLEM_MAX]);
        struct db_connection *(*close)(struct db_connection *c);

        int (*begin)(struct db_connection *c, bool writable);
        int (*commit)(struct db_connection *c); /* on failure the transaction is rolled back */
        void (*rollback)(struct db_connection *c);
        bool (*in_transaction)(struct db_connection *c); /* false once the engine gave it up by itself */

        int (*savepoint)(struct db_connection *c);
        int (*savepoint_release)(struct db_connection *c);
        int (*savepoint_undo)(struct db_connection *c); /* rolls back to it and releases it */

        int (*find)(struct db_connection *c, struct arena *arena, unsigned statement,
                    const struct db_value *params, void *row);
        int (*list)(struct db_connection *c, struct arena *arena, unsigned statement,
                    const struct db_value *params, void **ret_rows, size_t *ret_n);
        int (*execute)(struct db_connection *c, unsigned statement, const struct db_value *params);

        /* Of a server: several look-ups that don't depend on each other in one round trip, outside of a transaction, at
         * most DB_QUESTIONS_MAX. On failure nothing is known of any of them. */
        int (*find_many)(struct db_connection *c, struct arena *arena, struct db_question *const *questions,
                         unsigned n);

        /* For migrations: several statements at once, and whether a table is there (1, 0). */
        int (*script)(struct db_connection *c, const char *sql);
        int (*has_table)(struct db_connection *c, const char *name);

        /* What can wait until the answers of a commit are released. */
        void (*tidy)(struct db_connection *c);

        /* Of a server, whose connections come and go; the functions of savepoints and tidy() are NULL there, because each
         * request has a transaction of its own. */
        bool (*alive)(struct db_connection *c);
        int (*revive)(struct db_connection *c,
                      char ret_problem[DATABASE_PROBLEM_MAX]); /* connects if it must */
        enum db_trouble (*trouble)(struct db_connection *c);   /* of the last failure; asking forgets it */
        /* Of a commit in doubt: 1 it holds, 0 it does not, -ERR_BUSY not known yet, -ERR_STORAGE nobody knows. */
        int (*outcome)(struct db_connection *c);
};

extern const struct db_driver db_driver_sqlite, db_driver_postgres;

/* Copies a row with its strings. errors: ERR_NO_MEMORY */
_must_use_ int db_row_copy(unsigned statement, struct arena *arena, const void *from, void *to);

/* Before the first write of a request: a savepoint, where one is to be opened.
 * errors   ERR_INTERNAL (a read transaction), ERR_STORAGE */
_must_use_ int tx_prepare_write(struct tx *tx);

/* --- what the generated functions call --- */

/* At most one row: 1 found, *row filled, its strings on the arena; 0 not found.
 * errors   ERR_STORAGE, ERR_NO_MEMORY, ERR_CONFLICT (a constraint), ERR_INTERNAL (a write in a read
 * transaction) */
_must_use_ int db_find(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
                       void *row);

/* All rows, as an array on the arena. */
_must_use_ int db_list(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
                       void **ret_rows, size_t *ret_n);

/* The number of rows changed. */
_must_use_ int db_execute(struct tx *tx, unsigned statement, const struct db_value *params);
