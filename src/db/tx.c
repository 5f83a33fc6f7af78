#include "db/tx.h"

#include "base/log.h"
#include "db/memo.h"

void tx_keep(struct tx *tx) {
        tx->keep = true;
}

/* Before a statement runs. A savepoint opens with the request's first write: requests that only read need none. */
static int tx_prepare(struct tx *tx, unsigned statement) {
        int r = 0;

        if (!db_statements[statement].writes || tx->wrote)
                return 0;
        if (!tx->writable) {
                LOG(LOG_ERROR, "A statement that writes was run in a read transaction",
                    LOG_STR("statement", str_of(db_statements[statement].name)));
                return -ERR_INTERNAL;
        }
        if (tx->savepoint)
                r = tx->connection->driver->savepoint(tx->connection);
        if (r >= 0)
                tx->wrote = true;
        return r;
}

/* A collision is the handler's to judge; any other failure leaves it unknown what the request has written. */
static int tx_result(struct tx *tx, int r) {
        if (r < 0 && r != -ERR_CONFLICT)
                tx->failed = true;
        return r;
}

int db_find(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
            void *row) {
        struct db_connection *c = tx->connection;
        bool kept = c->snapshot && memo_serves(statement, params);
        int r;

        if (kept) {
                r = memo_find(&c->memo, arena, statement, params, row);
                if (r != 0)
                        return tx_result(tx, r);
        }
        r = tx_prepare(tx, statement);
        if (r >= 0)
                r = c->driver->find(c, arena, statement, params, row);
        if (kept && r == 1)
                memo_keep(&c->memo, statement, params, row);
        return tx_result(tx, r);
}

int db_list(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
            void **ret_rows, size_t *ret_n) {
        int r;

        r = tx_prepare(tx, statement);
        if (r >= 0)
                r = tx->connection->driver->list(tx->connection, arena, statement, params, ret_rows, ret_n);
        return tx_result(tx, r);
}

int db_execute(struct tx *tx, unsigned statement, const struct db_value *params) {
        int r;

        r = tx_prepare(tx, statement);
        if (r >= 0)
                r = tx->connection->driver->execute(tx->connection, statement, params);
        return tx_result(tx, r);
}
