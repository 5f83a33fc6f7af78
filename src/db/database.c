#include "db/database.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "db/database_int.h"
#include "db/listener.h"
#include "db/memo.h"
#include "db/row_cache.h"

enum { CONNECTIONS_DEFAULT = 8 };

/* "PATH" -> "./PATH" unless it is absolute, so that none looks like a URI to the engine. */
static int path_parse(struct str path, char **ret, char *ret_problem) {
        if (path.len == 0 || str_eq(path, STR(":memory:")) || path.ptr[path.len - 1] == '/') {
                (void)snprintf(
                        ret_problem, DATABASE_PROBLEM_MAX,
                        "DATABASE_URL names no file: write sqlite:PATH, as in sqlite:./data/gatehouse.db");
                return -ERR_SETTINGS;
        }
        if (path.len > DB_PATH_MAX - 16 || memchr(path.ptr, '\0', path.len)) {
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX,
                               "DATABASE_URL: the path is too long; use a shorter one");
                return -ERR_SETTINGS;
        }
        if (asprintf(ret, "%s" STR_FMT, path.ptr[0] == '/' ? "" : "./", STR_ARG(path)) < 0) {
                *ret = NULL;
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "out of memory while opening the database");
                return -ERR_NO_MEMORY;
        }
        return 0;
}

/* Which engine an address belongs to, and what that engine makes of it. */
static int address_parse(struct str url, const struct db_driver **ret_driver, char **ret, char *ret_problem) {
        static const struct str sqlite = STR_INIT("sqlite:");
        bool server = str_starts_with(url, STR("postgresql://")) || str_starts_with(url, STR("postgres://"));

        *ret_driver = server ? &db_driver_postgres : &db_driver_sqlite;
        if (str_starts_with(url, sqlite))
                return path_parse(str_from(url, sqlite.len), ret, ret_problem);
        if (!server) {
                (void)snprintf(
                        ret_problem, DATABASE_PROBLEM_MAX,
                        "DATABASE_URL must be sqlite:PATH or postgresql://USER:PASSWORD@HOST/DATABASE");
                return -ERR_SETTINGS;
        }
        if (url.len > DB_PATH_MAX || memchr(url.ptr, '\0', url.len)) {
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "DATABASE_URL is too long");
                return -ERR_SETTINGS;
        }
        *ret = strndup(url.ptr, url.len);
        if (*ret)
                return 0;
        (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "out of memory while opening the database");
        return -ERR_NO_MEMORY;
}

int database_open(struct str url, struct database **ret, char ret_problem[DATABASE_PROBLEM_MAX]) {
        const struct db_driver *driver;
        char *address = NULL;
        struct database *db;
        int r;

        r = address_parse(url, &driver, &address, ret_problem);
        if (r < 0)
                return r;
        db = calloc(1, sizeof(*db));
        if (!db) {
                memory_free_wiped(address);
                (void)snprintf(ret_problem, DATABASE_PROBLEM_MAX, "out of memory while opening the database");
                return -ERR_NO_MEMORY;
        }
        db->driver = driver;
        db->address = address;
        db->connections = CONNECTIONS_DEFAULT;
        (void)pthread_mutex_init(&db->direct, NULL);
        (void)pthread_mutex_init(&db->lending, NULL);
        away_init(&db->away);

        r = db->driver->open(db->address, DB_WRITER, &db->connection, ret_problem);
        if (r < 0) {
                (void)database_close(db);
                return r;
        }
        db->connection->db = db;
        *ret = db;
        return 0;
}

void database_set_connections(struct database *db, unsigned connections) {
        db->connections = connections;
}

bool database_reads_inline(const struct database *db) {
        return db->driver->engine == DB_SQLITE;
}

int database_keep_rows(struct database *db) {
        if (database_reads_inline(db))
                return 0;
        db->cache = row_cache_new(ROW_CACHE_ENTRIES, ROW_CACHE_BYTES);
        return db->cache ? 0 : -ERR_NO_MEMORY;
}

void database_talk(struct database *db, const struct node_talk *talk) {
        db->talk = talk;
}

int database_await_nodes(struct database *db) {
        int r;

        if (database_reads_inline(db))
                return 0;
        r = listener_start(db->address, NULL, NULL, &db->listener);
        if (r >= 0)
                listener_await_start(db->listener, LISTENER_TRUST_MS);
        return r;
}

uint64_t database_recorded(const struct database *db) {
        return atomic_load_explicit(&db->recorded, memory_order_relaxed);
}

struct database *database_close(struct database *db) {
        if (!db)
                return NULL;
        db->writer = writer_stop(db->writer);
        db->pool = pool_stop(db->pool);
        db->listener = listener_stop(db->listener);
        db->cache = row_cache_free(db->cache);
        while (db->n_idle > 0)
                (void)database_reader_close(db->idle[--db->n_idle]);
        if (db->connection)
                db->connection = db->driver->close(db->connection);
        (void)pthread_mutex_destroy(&db->direct);
        (void)pthread_mutex_destroy(&db->lending);
        away_done(&db->away);
        memory_free_wiped(db->address); /* a server's may hold a password */
        free(db);
        return NULL;
}

int database_reader_open_as(struct database *db, enum db_role role, struct db_connection **ret) {
        char problem[DATABASE_PROBLEM_MAX];
        int r;

        r = db->driver->open(db->address, role, ret, problem);
        if (r < 0)
                return r;
        (*ret)->db = db;
        memo_init(&(*ret)->memo);
        return 0;
}

int database_reader_open(struct database *db, struct db_connection **ret) {
        return database_reader_open_as(db, DB_READER, ret);
}

struct db_connection *database_reader_close(struct db_connection *reader) {
        if (!reader)
                return NULL;
        database_read_end(reader);
        memo_done(&reader->memo);
        return reader->driver->close(reader);
}

int database_read(struct db_connection *reader, struct tx *ret) {
        /* Read before the snapshot begins: a commit in between makes the snapshot newer than it says, never
         * older. */
        uint64_t commits = atomic_load_explicit(&reader->db->commits, memory_order_acquire);
        int r;

        if (reader->snapshot && reader->commits != commits)
                database_read_end(reader);
        if (!reader->snapshot) {
                r = reader->driver->begin(reader, false);
                if (r < 0)
                        return r;
                reader->snapshot = true;
                reader->commits = commits;
        }
        *ret = (struct tx){ .connection = reader };
        return 0;
}

void database_read_end(struct db_connection *reader) {
        if (!reader->snapshot)
                return;
        /* It has read only: whether this succeeds or fails, nothing is lost. */
        (void)reader->driver->commit(reader);
        reader->snapshot = false;
        memo_forget(&reader->memo);
}
