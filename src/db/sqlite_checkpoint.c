/* Writing the log back into the database, at a time that suits: after the answers of a commit have been
 * released, and no sooner than the log has some size, because many commits rewrite the same pages.
 *
 * The log starts over at a commit that finds it written back and no reader in it. Readers hold a snapshot for
 * a turn of their loop only, but under load there may always be one: once the log is several times its size,
 * the writer waits for them, briefly. */
#include "base/log.h"
#include "db/sqlite_int.h"

enum {
        LOG_PAGES = 2000, /* 8 MiB */
        LOG_PAGES_WAIT = 4 * LOG_PAGES,
        WAIT_MS = 20,
        BUSY_TIMEOUT_MS = 5000,
};

static int log_grew(void *data, sqlite3 *handle, const char *name, int pages) {
        struct sqlite_connection *c = data;

        c->log_pages = pages;
        return SQLITE_OK;
}

/* Replaces SQLite's own checkpoint within COMMIT. */
void sqlite_checkpoint_setup(struct sqlite_connection *c) {
        c->log_due = LOG_PAGES;
        (void)sqlite3_wal_hook(c->handle, log_grew, c);
}

void sqlite_tidy(struct db_connection *base) {
        struct sqlite_connection *c = sqlite_of(base);
        bool wait = c->log_pages >= LOG_PAGES_WAIT;
        int code, pages = 0, written = 0;

        if (c->log_pages < LOG_PAGES)
                c->log_due = LOG_PAGES; /* it has started over */
        if (c->log_pages < c->log_due)
                return;
        if (wait)
                (void)sqlite3_busy_timeout(c->handle, WAIT_MS);
        code = sqlite3_wal_checkpoint_v2(c->handle, NULL,
                                         wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &pages,
                                         &written);
        if (wait)
                (void)sqlite3_busy_timeout(c->handle, BUSY_TIMEOUT_MS);
        if (code != SQLITE_OK && code != SQLITE_BUSY)
                (void)sqlite_failed(c, "checkpoint", code);
        c->log_due = c->log_pages + LOG_PAGES;
}
