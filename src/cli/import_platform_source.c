#include "cli/import_platform_source.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

enum { QUERY_MAX = 16 * 1024 };

struct source {
        PGconn *connection;
        PGresult *piece;
        bool open; /* the cursor */
        char problem[SOURCE_PROBLEM_MAX];
};

/* Parameters of Prisma's that libpq refuses. */
static const struct str prismas_own[] = {
        STR_INIT("schema"),
        STR_INIT("connection_limit"),
        STR_INIT("pool_timeout"),
        STR_INIT("pgbouncer"),
        STR_INIT("statement_cache_size"),
        STR_INIT("socket_timeout"),
        STR_INIT("sslidentity"),
        STR_INIT("sslpassword"),
        STR_INIT("sslaccept"),
        STR_INIT("max_idle_connection_lifetime"),
        STR_INIT("max_connection_lifetime"),
};

static bool is_prismas(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(prismas_own); i++)
                if (str_eq(name, prismas_own[i]))
                        return true;
        return false;
}

static bool is_name(struct str s) {
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
                    c != '_' && c != '-')
                        return false;
        }
        return s.len > 0 && s.len < 64;
}

/* The query without Prisma's parameters; notes the schema. */
static void split_query(struct str query, struct strbuf *out, struct str *ret_schema) {
        struct str rest = query, piece;
        char join = '?';

        while (rest.len && str_next(&rest, '&', &piece)) {
                ptrdiff_t equals = str_find(piece, '=');
                struct str name = equals < 0 ? piece : str_first(piece, (size_t)equals);

                if (str_eq(name, STR("schema")) && equals >= 0)
                        *ret_schema = str_from(piece, (size_t)equals + 1);
                if (!piece.len || is_prismas(name))
                        continue;
                strbuf_append_char(out, join);
                strbuf_append(out, piece);
                join = '&';
        }
}

int source_address_parse(struct str text, struct arena *arena, struct source_address *ret,
                         char ret_problem[SOURCE_PROBLEM_MAX]) {
        struct strbuf url = STRBUF_INIT(8192);
        struct str schema = STR("public");
        ptrdiff_t mark = str_find(text, '?');
        struct str base = mark < 0 ? text : str_first(text, (size_t)mark);
        struct source_address address;

        if (!str_starts_with(text, STR("postgresql://")) && !str_starts_with(text, STR("postgres://"))) {
                (void)snprintf(ret_problem, SOURCE_PROBLEM_MAX,
                               "--from must be the address of a PostgreSQL database: "
                               "postgresql://USER@HOST:PORT/DATABASE");
                return -ERR_SETTINGS;
        }
        strbuf_append(&url, base);
        if (mark >= 0)
                split_query(str_from(text, (size_t)mark + 1), &url, &schema);
        if (!is_name(schema)) {
                strbuf_done(&url);
                (void)snprintf(ret_problem, SOURCE_PROBLEM_MAX,
                               "--from: schema= must name a schema in letters, digits, '_' and '-'");
                return -ERR_SETTINGS;
        }
        address.schema = arena_copy(arena, schema);
        address.url = url.failed ? STR_NULL : arena_copy(arena, strbuf_str(&url));
        strbuf_done(&url);
        if (!address.schema.ptr || !address.url.ptr) {
                (void)snprintf(ret_problem, SOURCE_PROBLEM_MAX, "--from: the address is too long");
                return -ERR_NO_MEMORY;
        }
        *ret = address;
        return 0;
}

/* What to do about an error, by the class of its SQLSTATE. */
static const char *remedy(const char *state) {
        if (!state)
                return "see that the Platform's database runs and can be reached from here, then run the "
                       "import again";
        if (strcmp(state, "42P01") == 0 || strcmp(state, "42703") == 0 || strcmp(state, "3F000") == 0)
                return "see that --from names the Platform's database and, as ?schema=NAME, the schema its "
                       "tables are in";
        if (strcmp(state, "42501") == 0)
                return "let this user SELECT from the Platform's tables, or use another user";
        return "run the import again: it goes on where it was";
}

/* One line: the first of what was said, and the remedy. libpq names host, port and user, but never a password; an address
 * that it can't read it quotes in part, so of that nothing is repeated. */
static void note(char *out, const char *what, const char *said, const char *state) {
        size_t n = strcspn(said, "\n");

        (void)snprintf(out, SOURCE_PROBLEM_MAX, "%s: %.*s; %s.", what, (int)MIN_OF(n, (size_t)400), said,
                       remedy(state));
}

static void note_result(struct source *s, const PGresult *result) {
        const char *said = result ? PQresultErrorMessage(result) : PQerrorMessage(s->connection);

        note(s->problem, "the Platform's database", said,
             result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);
}

static int run(struct source *s, const char *sql, ExecStatusType expected, PGresult **ret) {
        PGresult *result = PQexec(s->connection, sql);

        if (PQresultStatus(result) != expected) {
                note_result(s, result);
                PQclear(result);
                return -ERR_STORAGE;
        }
        if (ret)
                *ret = result;
        else
                PQclear(result);
        return 0;
}

static int begin(struct source *s, struct str schema) {
        char sql[256];

        /* Neither a long import nor a wait for the other database may end it. */
        (void)snprintf(sql, sizeof(sql),
                       "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                       "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
                       "SET LOCAL TimeZone = 'UTC'; SET LOCAL search_path = \"" STR_FMT "\"",
                       STR_ARG(schema));
        return run(s, sql, PGRES_COMMAND_OK, NULL);
}

int source_open(const struct source_address *address, struct source **ret,
                char ret_problem[SOURCE_PROBLEM_MAX]) {
        const char *keywords[] = { "dbname", "fallback_application_name", "client_encoding",
                                   "connect_timeout", NULL };
        const char *values[] = { address->url.ptr, "gatehouse import", "UTF8", "15", NULL };
        struct source *s = calloc(1, sizeof(*s));
        PQconninfoOption *options;
        int r;

        if (!s) {
                (void)snprintf(ret_problem, SOURCE_PROBLEM_MAX, "out of memory");
                return -ERR_NO_MEMORY;
        }
        options = PQconninfoParse(address->url.ptr, NULL);
        if (!options) {
                free(s);
                (void)snprintf(
                        ret_problem, SOURCE_PROBLEM_MAX,
                        "--from is no address that PostgreSQL understands: write "
                        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE and percent-encode what is special "
                        "in its parts");
                return -ERR_SETTINGS;
        }
        PQconninfoFree(options);
        s->connection = PQconnectdbParams(keywords, values, 1);
        if (PQstatus(s->connection) != CONNECTION_OK) {
                note(ret_problem, "the Platform's database cannot be opened", PQerrorMessage(s->connection),
                     NULL);
                (void)source_close(s);
                return -ERR_STORAGE;
        }
        r = begin(s, address->schema);
        if (r < 0) {
                (void)snprintf(ret_problem, SOURCE_PROBLEM_MAX, "%s", s->problem);
                (void)source_close(s);
                return r;
        }
        *ret = s;
        return 0;
}

struct source *source_close(struct source *s) {
        if (!s)
                return NULL;
        PQclear(s->piece);
        PQfinish(s->connection);
        free(s);
        return NULL;
}

const char *source_problem(const struct source *s) {
        return s->problem;
}

/* Times before 1970 and what is no number count as never. */
static int64_t number_of(struct str text) {
        uint64_t n;

        return str_to_uint(text, INT64_MAX, &n) ? (int64_t)n : 0;
}

int source_count(struct source *s, const char *query, int64_t *ret) {
        struct strbuf sql = STRBUF_INIT(QUERY_MAX);
        PGresult *result;
        int r;

        strbuf_printf(&sql, "SELECT count(*) FROM (%s) AS counted", query);
        strbuf_append_char(&sql, '\0');
        r = sql.failed ? -ERR_NO_MEMORY : run(s, sql.ptr, PGRES_TUPLES_OK, &result);
        strbuf_done(&sql);
        if (r < 0)
                return r;
        *ret = number_of(str_of(PQgetvalue(result, 0, 0)));
        PQclear(result);
        return 0;
}

int source_query(struct source *s, const char *sql) {
        struct strbuf text = STRBUF_INIT(QUERY_MAX);
        int r = 0;

        if (s->open)
                r = run(s, "CLOSE piece", PGRES_COMMAND_OK, NULL);
        if (r == 0) {
                s->open = false;
                strbuf_printf(&text, "DECLARE piece NO SCROLL CURSOR FOR %s", sql);
                strbuf_append_char(&text, '\0');
                r = text.failed ? -ERR_NO_MEMORY : run(s, text.ptr, PGRES_COMMAND_OK, NULL);
                s->open = r == 0;
        }
        strbuf_done(&text);
        return r;
}

int source_next(struct source *s) {
        char sql[64];
        int r;

        PQclear(s->piece);
        s->piece = NULL;
        (void)snprintf(sql, sizeof(sql), "FETCH %d FROM piece", SOURCE_PIECE);
        r = run(s, sql, PGRES_TUPLES_OK, &s->piece);
        return r < 0 ? r : PQntuples(s->piece);
}

struct str source_text(const struct source *s, int row, int column) {
        if (PQgetisnull(s->piece, row, column))
                return STR_NULL;
        return str_n(PQgetvalue(s->piece, row, column), (size_t)PQgetlength(s->piece, row, column));
}

int64_t source_bigint(const struct source *s, int row, int column) {
        struct str text = source_text(s, row, column);

        return text.ptr ? number_of(text) : 0;
}

bool source_boolean(const struct source *s, int row, int column) {
        struct str text = source_text(s, row, column);

        return text.len == 1 && text.ptr[0] == 't';
}

static bool word_ok(struct str word) {
        return word.len > 0 && str_find(word, ' ') < 0 && !str_has_control(word);
}

int source_words(const struct source *s, int row, int column, struct arena *arena, const struct str **ret,
                 size_t *ret_n) {
        struct str text = source_text(s, row, column);
        json_t *list = text.ptr ? json_loadb(text.ptr, text.len, 0, NULL) : NULL, *item;
        size_t n = json_array_size(list), i;
        struct str *words;
        int r = 0;

        if (!json_is_array(list)) {
                json_decref(list);
                return -ERR_INVALID_FIELD;
        }
        words = arena_alloc_array(arena, n + 1, sizeof(*words));
        if (!words)
                r = -ERR_NO_MEMORY;
        json_array_foreach(list, i, item) {
                if (r < 0)
                        break;
                if (!json_is_string(item) ||
                    !word_ok(str_n(json_string_value(item), json_string_length(item)))) {
                        r = -ERR_INVALID_FIELD;
                        break;
                }
                words[i] = arena_copy(arena, str_n(json_string_value(item), json_string_length(item)));
                if (!words[i].ptr)
                        r = -ERR_NO_MEMORY;
        }
        json_decref(list);
        if (r < 0)
                return r;
        *ret = words;
        *ret_n = n;
        return 0;
}
