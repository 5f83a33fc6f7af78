/* Opening an SQLite database: its file, its settings, what is wrong with it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "db/sqlite_int.h"

enum { BUSY_TIMEOUT_MS = 5000, BUSY_STEP_MS = 5 };

/* secure_delete: Debian's SQLite has it on, and nothing in the database can be replayed. mmap_size: mapped
 * pages count as resident memory. cache_size is in KiB when negative. */
static const char settings_of_all[] = "PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = OFF;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA secure_delete = OFF;"
                                      "PRAGMA cache_size = -4096;"
                                      "PRAGMA journal_size_limit = 67108864;";
static const char settings_of_reader[] = "PRAGMA query_only = ON;";
static const char settings_of_far_reader[] = "PRAGMA cache_size = -16384;";

/* Before the first connection of the process. No statistics: their mutex is shared by all threads.
 * Sub-journals, which undo a request, stay in memory. Fails only if another part of the process has used
 * SQLite already; then its defaults serve as well. */
static void sqlite_configure(void) {
        (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

/* Makes the folders on the way to the file, for nobody else to enter. */
static int folder_make(const char *path, char *ret_problem) {
        char folder[DB_PATH_MAX];

        for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                (void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
                if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
                        (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                                       "the folder %.200s cannot be made: %s; make it, or choose another "
                                       "DATABASE_URL",
                                       folder, strerror(errno));
                        return -ERR_STORAGE;
                }
        }
        return 0;
}

/* Makes the file with mode 0600 if it isn't there; its log and index inherit the mode. An existing file is
 * not opened here: closing it would drop the locks of this process's other connections. */
static int file_make(const char *path, char *ret_problem) {
        struct stat st;
        int fd;

        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) {
                (void)close(fd);
                return 0;
        }
        if (errno != EEXIST) {
                (void)snprintf(
                        ret_problem, DATABASE_PROBLEM_MAX,
                        "the database %.200s cannot be made: %s; check the folder's owner and permissions",
                        path, strerror(errno));
                return -ERR_STORAGE;
        }
        if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
                LOG(LOG_WARNING, "Other users may open the database file: chmod 600 it",
                    LOG_STR("file", str_of(path)));
        return 0;
}

static int open_failed(struct sqlite_connection *c, const char *path, int code, char *ret_problem) {
        const char *remedy = "check the file's owner and permissions, and that the disk has room";

        if ((code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT)
                remedy = "it is not a database of this program, or it is damaged; choose another "
                         "DATABASE_URL or restore "
                         "a backup";
        else if ((code & 0xff) == SQLITE_BUSY)
                remedy = "another program holds it locked; end that program";
        (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "the database %.200s cannot be opened: %s; %s",
                       path, c->handle ? sqlite3_errmsg(c->handle) : sqlite3_errstr(code), remedy);
        return -ERR_STORAGE;
}

/* One try; SQLITE_ROW when it was answered. */
static int wal_try(struct sqlite_connection *c, bool *ret_on) {
        sqlite3_stmt *statement = NULL;
        int code;

        code = sqlite3_prepare_v2(c->handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
                *ret_on = str_eq_ignore_case(str_of((const char *)sqlite3_column_text(statement, 0)),
                                             STR("wal"));
        (void)sqlite3_finalize(statement);
        return code;
}

/* Write-ahead logging, without which readers and the writer would wait for each other. */
static int wal_on(struct sqlite_connection *c, const char *path, char *ret_problem) {
        bool on = false;
        int code;

        /* Of connections that switch a new file over at the same moment, one gets SQLITE_BUSY at once: waiting for each
         * other inside SQLite could be a deadlock, so the busy time-out does not count there. */
        for (int waited = 0;; waited += BUSY_STEP_MS) {
                code = wal_try(c, &on);
                if ((code & 0xff) != SQLITE_BUSY || waited >= BUSY_TIMEOUT_MS)
                        break;
                (void)sqlite3_sleep(BUSY_STEP_MS);
        }
        if (code != SQLITE_ROW)
                return open_failed(c, path, code, ret_problem);
        if (on)
                return 0;
        (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                       "the database %.200s cannot use a write-ahead log; put it on a local disk, not a "
                       "network share",
                       path);
        return -ERR_STORAGE;
}

static int settings_apply(struct sqlite_connection *c, enum db_role role) {
        int code;

        code = sqlite3_exec(c->handle, settings_of_all, NULL, NULL, NULL);
        if (code == SQLITE_OK && role != DB_WRITER)
                code = sqlite3_exec(c->handle, settings_of_reader, NULL, NULL, NULL);
        if (code == SQLITE_OK && role == DB_READER_FAR)
                code = sqlite3_exec(c->handle, settings_of_far_reader, NULL, NULL, NULL);
        return code;
}

static int connection_open(struct sqlite_connection *c, const char *path, enum db_role role,
                           char *ret_problem) {
        int code, r;

        code = sqlite3_open_v2(path, &c->handle,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
        if (code != SQLITE_OK)
                return open_failed(c, path, code, ret_problem);
        (void)sqlite3_extended_result_codes(c->handle, 1);
        (void)sqlite3_busy_timeout(c->handle, BUSY_TIMEOUT_MS);
        (void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        (void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        (void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);

        r = wal_on(c, path, ret_problem);
        if (r < 0)
                return r;
        code = settings_apply(c, role);
        if (code == SQLITE_OK)
                code = sqlite_functions_add(c->handle);
        if (code != SQLITE_OK)
                return open_failed(c, path, code, ret_problem);
        if (role == DB_WRITER)
                sqlite_checkpoint_setup(c);
        if (sqlite3_db_readonly(c->handle, "main") == 1) {
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                               "the database %.200s cannot be written; check the owner and permissions of "
                               "the file and "
                               "its folder",
                               path);
                return -ERR_STORAGE;
        }
        return 0;
}

int sqlite_open(const char *path, enum db_role role, struct db_connection **ret,
                char ret_problem[DATABASE_PROBLEM_MAX]) {
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        struct sqlite_connection *c;
        int r;

        (void)pthread_once(&once, sqlite_configure);
        r = folder_make(path, ret_problem);
        if (r >= 0)
                r = file_make(path, ret_problem);
        if (r < 0)
                return r;

        c = calloc(1, sizeof(*c) + db_statements_count * sizeof(c->statements[0]));
        if (!c) {
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "out of memory while opening the database");
                return -ERR_NO_MEMORY;
        }
        c->base.driver = &db_driver_sqlite;
        r = connection_open(c, path, role, ret_problem);
        if (r < 0) {
                (void)sqlite_close(&c->base);
                return r;
        }
        *ret = &c->base;
        return 0;
}

struct db_connection *sqlite_close(struct db_connection *base) {
        struct sqlite_connection *c;

        if (!base)
                return NULL;
        c = sqlite_of(base);
        for (unsigned i = 0; i < db_statements_count; i++)
                (void)sqlite3_finalize(c->statements[i]);
        for (unsigned i = 0; i < CONTROLS; i++)
                (void)sqlite3_finalize(c->control[i]);
        (void)sqlite3_close(c->handle);
        record_done(&base->record);
        free(c);
        return NULL;
}
