/* Flushing the write-ahead log apart from the commits that wrote it.
 *
 * With synchronous=FULL, COMMIT returns when the log is on the disk. With NORMAL it returns when the log is written, and SQLite
 * flushes it only before it is written back and when it starts over, which keeps the file sound. What is missing then is that
 * the last commits survive a power failure; that is what sqlite_flush() sees to, with a descriptor of its own. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "db/sqlite_int.h"

static int log_failed(const char *what) {
        LOG(LOG_ERROR, "The database's log failed", LOG_STR("operation", str_of(what)),
            LOG_STR("cause", str_of(strerror(errno))));
        return -ERR_STORAGE;
}

/* No locks are taken on the log, so closing this loses none of SQLite's own. It stays the same file as long as any connection
 * is open. */
static int log_open(struct sqlite_connection *c) {
        c->log_file =
                open(sqlite3_filename_wal(sqlite3_db_filename(c->handle, "main")), O_RDONLY | O_CLOEXEC);
        return c->log_file < 0 ? log_failed("open") : 0;
}

int sqlite_flush_apart(struct db_connection *base, bool apart) {
        struct sqlite_connection *c = sqlite_of(base);
        int code, r = 0;

        if (apart)
                r = log_open(c);
        if (r < 0)
                return r;
        code = sqlite3_exec(c->handle, apart ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
                            NULL, NULL, NULL);
        if (code != SQLITE_OK)
                return sqlite_failed(c, "synchronous", code);
        if (!apart && c->log_file >= 0) {
                (void)close(c->log_file);
                c->log_file = -1;
        }
        return 0;
}

int sqlite_flush(struct db_connection *base) {
        return fdatasync(sqlite_of(base)->log_file) < 0 ? log_failed("flush") : 0;
}
