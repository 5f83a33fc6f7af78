#include "db/record.h"

#include "db/database_int.h"
#include "db/statements.h"

int tx_record(struct tx *tx, int64_t id, struct str bytes) {
        struct db_record *record = &tx->connection->record;
        int r;

        r = tx_prepare_write(tx);
        if (r < 0) {
                tx->failed = true;
                return r;
        }
        if (record->bytes.len == 0)
                record->id = id;
        record->bytes.max = RECORD_BYTES_MAX;
        strbuf_append(&record->bytes, bytes);
        if (!record->bytes.failed)
                return 0;
        tx->failed = true;
        return -ERR_NO_MEMORY;
}

void record_reset(struct db_record *record) {
        strbuf_reset(&record->bytes);
}

void record_done(struct db_record *record) {
        strbuf_done(&record->bytes);
}

int record_store(struct db_connection *c) {
        struct db_record *record = &c->record;
        struct db_value params[] = { db_bigint(record->id), db_bytea(strbuf_str(&record->bytes)) };
        int r;

        if (record->bytes.len == 0 && !record->bytes.failed)
                return 0;
        r = record->bytes.failed ? -ERR_NO_MEMORY
                                 : c->driver->execute(c, DB_STATEMENT_audit_journal_insert, params);
        record_reset(record);
        if (c->db)
                atomic_fetch_add_explicit(&c->db->recorded, 1, memory_order_relaxed);
        return MIN_OF(r, 0);
}
