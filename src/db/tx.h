/* Storage as the layers above see it: a transaction that handlers get, and the typed operations of
 * db/statements.h (generated from the named statements in db/sql/) that they run in it.
 *
 * A read transaction is a snapshot on the calling thread's own connection; a write transaction runs on the
 * database's writer, many requests a commit, each undone alone if it fails. Handlers can't tell, and must not
 * care. */
#pragma once

#include "base/arena.h"
#include "base/errors.h"
#include "base/str.h"

struct db_connection;

struct tx {
        struct db_connection *connection;
        bool writable;
        bool savepoint; /* one is to open with the first write */
        bool wrote;     /* something was written for this request */
        bool concerns;  /* something was changed that nodes may keep in memory */
        bool keep;      /* see tx_keep() */
        bool failed;    /* a statement failed in the engine: nothing of this request will hold, whatever its
                        handler says */
};

/* Keeps what this request wrote although its handler returns an error: the reuse of a code is refused *and*
 * revokes what the code had produced. */
void tx_keep(struct tx *tx);

/* Whether two requests can race is decided by the engine alone:
 *
 * - SQLite: one writer thread; requests of one batch run one after the other and each sees what those before
 * it wrote.
 * - PostgreSQL: requests run side by side; a single-use thing is consumed by one conditional UPDATE …
 * RETURNING.
 */
