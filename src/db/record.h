/* What a transaction puts on record: bytes that are committed with it, those of all requests of one commit in one row of
 * `audit_journal`. So a record costs a request next to nothing, and is there exactly when what it tells of is. */
#pragma once

#include "base/strbuf.h"

struct db_connection;
struct tx;

enum { RECORD_BYTES_MAX = 4 * 1024 * 1024 }; /* of one commit */

/* A connection's, of the transaction that is open on it. */
struct db_record {
        struct strbuf bytes;
        int64_t id;
};

/* Adds to what this transaction puts on record; undone with the rest of what its request wrote.
 *
 * id       time-ordered, used for nothing else; that of a commit's first record becomes its row's
 * errors   ERR_INTERNAL (a read transaction), ERR_NO_MEMORY, ERR_STORAGE
 */
_must_use_ int tx_record(struct tx *tx, int64_t id, struct str bytes);

/* --- src/db's own --- */

/* Of a transaction that begins anew, or of a connection that ends. */
void record_reset(struct db_record *record);
void record_done(struct db_record *record);

/* Stores what is on record; right before the commit. errors: ERR_STORAGE */
_must_use_ int record_store(struct db_connection *c);
