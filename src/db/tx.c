#include "db/tx.h"

#include "base/log.h"
#include "db/database_int.h"
#include "db/listener.h"
#include "db/memo.h"
#include "db/statements.h"

void tx_keep(struct tx *tx) {
        tx->keep = true;
}

int tx_prepare_write(struct tx *tx) {
        int r = 0;

        if (tx->wrote)
                return 0;
        if (!tx->writable)
                return -ERR_INTERNAL;
        if (tx->savepoint)
                r = tx->connection->driver->savepoint(tx->connection);
        if (r >= 0)
                tx->wrote = true;
        return r;
}

/* Before a statement runs. A savepoint opens with the request's first write: requests that only read need none. */
static int tx_prepare(struct tx *tx, unsigned statement) {
        int r;

        if (!db_statements[statement].writes)
                return 0;
        r = tx_prepare_write(tx);
        if (r == -ERR_INTERNAL)
                LOG(LOG_ERROR, "A statement that writes was run in a read transaction",
                    LOG_STR("statement", str_of(db_statements[statement].name)));
        return r;
}

/* A collision is the handler's to judge; any other failure leaves it unknown what the request has written. */
static int tx_result(struct tx *tx, int r) {
        if (r < 0 && r != -ERR_CONFLICT)
                tx->failed = true;
        return r;
}

/* After a statement that may have changed rows. */
static void tx_changed(struct tx *tx, unsigned statement, const struct db_value *params, int r) {
        const struct database *db = tx->connection->db;

        if (r <= 0 || !db || !db->listener)
                return;
        if (listener_concerns(db->listener, statement))
                tx->concerns = true;
        else if (db->cache && statement == DB_STATEMENT_session_touch)
                row_cache_session_touched(db->cache, params[0].number);
}

/* The memory that serves a statement in this transaction: not one that writes, which must see what it wrote, nor one that
 * has an older snapshot than the moment. */
static struct row_cache *tx_cache(const struct tx *tx, unsigned statement) {
        const struct db_connection *c = tx->connection;
        struct row_cache *cache = c->db ? c->db->cache : NULL;

        return cache && !tx->writable && !c->snapshot && row_cache_serves(statement) ? cache : NULL;
}

static int find_kept(struct row_cache *cache, struct db_connection *c, struct arena *arena,
                     unsigned statement, const struct db_value *params, void *row) {
        uint64_t begin;
        int r;

        r = row_cache_find(cache, arena, statement, params, row);
        if (r != 0)
                return r;
        begin = row_cache_begin(cache);
        r = c->driver->find(c, arena, statement, params, row);
        if (r == 1)
                row_cache_keep(cache, statement, params, row, begin);
        return r;
}

int db_find(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
            void *row) {
        struct db_connection *c = tx->connection;
        bool kept = c->snapshot && memo_serves(statement, params);
        struct row_cache *cache = tx_cache(tx, statement);
        int r;

        if (cache)
                return tx_result(tx, find_kept(cache, c, arena, statement, params, row));
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
        tx_changed(tx, statement, params, r);
        return tx_result(tx, r);
}

int db_list(struct tx *tx, struct arena *arena, unsigned statement, const struct db_value *params,
            void **ret_rows, size_t *ret_n) {
        int r;

        r = tx_prepare(tx, statement);
        if (r >= 0)
                r = tx->connection->driver->list(tx->connection, arena, statement, params, ret_rows, ret_n);
        tx_changed(tx, statement, params, r >= 0 && *ret_n > 0);
        return tx_result(tx, r);
}

int db_execute(struct tx *tx, unsigned statement, const struct db_value *params) {
        int r;

        r = tx_prepare(tx, statement);
        if (r >= 0)
                r = tx->connection->driver->execute(tx->connection, statement, params);
        tx_changed(tx, statement, params, r);
        return tx_result(tx, r);
}
