/* A connection that leads nowhere: db_find() answers from the rows that are kept in memory, and whatever it does not find
 * there fails at once. */
#include <stdlib.h>

#include "db/database_int.h"
#include "db/row_cache.h"

static struct db_connection *kept_close(struct db_connection *c) {
        free(c);
        return NULL;
}

static int kept_find(struct db_connection *c _unused_, struct arena *arena _unused_,
                     unsigned statement _unused_, const struct db_value *params _unused_,
                     void *row _unused_) {
        return -ERR_BUSY;
}

static int kept_list(struct db_connection *c _unused_, struct arena *arena _unused_,
                     unsigned statement _unused_, const struct db_value *params _unused_,
                     void **ret_rows _unused_, size_t *ret_n _unused_) {
        return -ERR_BUSY;
}

static int kept_execute(struct db_connection *c _unused_, unsigned statement _unused_,
                        const struct db_value *params _unused_) {
        return -ERR_BUSY;
}

static const struct db_driver db_driver_kept = {
        .engine = DB_POSTGRES,
        .close = kept_close,
        .find = kept_find,
        .list = kept_list,
        .execute = kept_execute,
};

int database_kept_reader_open(struct database *db, struct db_connection **ret) {
        struct db_connection *c = calloc(1, sizeof(*c));

        if (!c)
                return -ERR_NO_MEMORY;
        c->driver = &db_driver_kept;
        c->db = db;
        *ret = c;
        return 0;
}

bool database_read_kept(struct db_connection *reader, struct tx *ret) {
        const struct row_cache *cache = reader->db->cache;

        *ret = (struct tx){ .connection = reader };
        return cache && row_cache_trusted(cache);
}

static void figure(struct strbuf *out, const char *name, const char *type, const char *help, uint64_t value) {
        strbuf_printf(out,
                      "# HELP gatehouse_row_cache_%s %s\n# TYPE gatehouse_row_cache_%s %s\n"
                      "gatehouse_row_cache_%s %llu\n",
                      name, help, name, type, name, (unsigned long long)value);
}

void database_metrics(const struct tx *tx, struct strbuf *out) {
        struct row_cache *cache = tx->connection->db->cache;
        struct row_cache_figures f;

        if (!cache)
                return;
        f = row_cache_figures(cache);
        figure(out, "hits_total", "counter", "Rows served from memory.", f.hits);
        figure(out, "misses_total", "counter", "Rows that had to be asked for.", f.misses);
        figure(out, "rows", "gauge", "Rows kept in memory.", f.entries);
        figure(out, "bytes", "gauge", "Memory that they take.", f.bytes);
}
