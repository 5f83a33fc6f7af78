/* The PostgreSQL driver against a real server. */
#include "postgres_fixture.h"

static void check_columns(const struct db_statement *s, PGresult *described) {
        if ((size_t)PQnfields(described) != s->n_columns)
                fail_msg("%s: %d columns, %zu members", s->name, PQnfields(described), s->n_columns);
        for (size_t i = 0; i < s->n_columns; i++) {
                Oid type = PQftype(described, (int)i);

                if (strcmp(PQfname(described, (int)i), s->columns[i].name) != 0)
                        fail_msg("%s: column %zu is %s, the member is %s", s->name, i + 1,
                                 PQfname(described, (int)i), s->columns[i].name);
                if (type != postgres_type(s->columns[i].type) &&
                    !(s->columns[i].type == DB_BIGINT && type == 23))
                        fail_msg("%s: %s is of type %u", s->name, s->columns[i].name, type);
        }
}

static void every_statement_can_be_prepared_and_gives_its_members(void **state) {
        struct postgres_fixture *f = *state;
        PGconn *handle = PQconnectdb(f->url);

        for (unsigned i = 0; i < db_statements_count; i++) {
                const struct db_statement *s = &db_statements[i];
                Oid types[POSTGRES_PARAMS_MAX];
                PGresult *result;

                for (unsigned j = 0; j < s->n_params; j++)
                        types[j] = postgres_type(s->params[j]);
                result = PQprepare(handle, "", s->sql[DB_POSTGRES], (int)s->n_params, types);
                if (PQresultStatus(result) != PGRES_COMMAND_OK)
                        fail_msg("%s: %s", s->name, PQresultErrorMessage(result));
                PQclear(result);
                result = PQdescribePrepared(handle, "");
                assert_int_equal(PQnparams(result), s->n_params);
                check_columns(s, result);
                PQclear(result);
        }
        PQfinish(handle);
}

/* --- values --- */

static const char hash_bytes[32] = { 0, 1, 2, 0, '\\', '\'', (char)0xff };

static int write_values(struct tx *tx, void *data) {
        int r = db_user_insert(tx, STR("u1"), STR("gr\xc3\xbc\xc3\x9f@example.org"), STR_NULL, STR(""),
                               STR("-"), true, 5);

        if (r >= 0)
                r = db_session_insert(tx, INT64_MAX, str_n(hash_bytes, sizeof(hash_bytes)), STR("u1"), -1,
                                      INT64_MIN, STR("::1"), STR(""));
        return r;
}

static int read_values(struct tx *tx, void *data) {
        struct postgres_fixture *f = data;
        struct session_row row;

        assert_int_equal(db_session_with_user(tx, &f->arena, INT64_MAX, &row), 1);
        assert_true(row.id == INT64_MAX && row.expires_at == INT64_MIN && row.seen_at == -1);
        assert_true(str_eq(row.hash, str_n(hash_bytes, sizeof(hash_bytes))));
        assert_true(str_eq(row.email, STR("gr\xc3\xbc\xc3\x9f@example.org")));
        assert_null(row.name.ptr);
        assert_true(row.timezone.ptr && row.timezone.len == 0);
        assert_true(row.is_admin && row.is_active);
        assert_int_equal(db_session_with_user(tx, &f->arena, 1, &row), 0);
        return 7;
}

static void values_come_back_as_they_went(void **state) {
        struct postgres_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, write_values, f), 1);
        assert_int_equal(database_write_now(f->db, read_values, f), 7);
        assert_int_equal(database_write_now(f->db, read_values, f), 7); /* prepared by now */
}

static int read_list(struct tx *tx, void *data) {
        struct postgres_fixture *f = data;
        struct schema_migration_row *rows;
        size_t n;
        int r = db_schema_migrations_applied(tx, &f->arena, 1000, &rows, &n);

        assert_true(r == 0 && n == db_migrations_count);
        for (size_t i = 0; i < n; i++)
                assert_true(rows[i].version == (int64_t)i + 1 && rows[i].checksum.len == 64);
        return 0;
}

static void lists_come_in_order(void **state) {
        struct postgres_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, read_list, f), 0);
}

/* --- transactions --- */

static int add_link(struct tx *tx, int64_t id) {
        return db_link_insert(tx, id, STR("h"), STR("p"), 1);
}

static int insert_then_refuse(struct tx *tx, void *data) {
        assert_int_equal(add_link(tx, 10), 1);
        if (data)
                tx_keep(tx);
        return -ERR_CODE_SPENT;
}

static void a_refused_request_leaves_nothing_unless_it_is_kept(void **state) {
        struct postgres_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, insert_then_refuse, NULL), -ERR_CODE_SPENT);
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id = 10"), 0);
        assert_int_equal(database_write_now(f->db, insert_then_refuse, f), -ERR_CODE_SPENT);
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id = 10"), 1);
}

/* The answer of the second is not waited for. */
static int insert_twice(struct tx *tx, void *data) {
        int *ret_read = data;
        struct link_row row;
        struct arena arena;

        assert_int_equal(add_link(tx, 20), 1);
        assert_int_equal(add_link(tx, 20), 1);
        if (!ret_read)
                return 0;
        arena_init(&arena, 4096);
        *ret_read = db_link_by_id(tx, &arena, 20, &row);
        arena_done(&arena);
        return 0; /* pays no attention to it */
}

static void a_collision_is_a_conflict_and_undoes_everything(void **state) {
        struct postgres_fixture *f = *state;

        int read = 0;

        assert_int_equal(database_write_now(f->db, insert_twice, NULL), -ERR_CONFLICT);
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id = 20"), 0);
        assert_int_equal(database_write_now(f->db, insert_twice, &read), -ERR_CONFLICT);
        assert_int_equal(read, -ERR_CONFLICT); /* the next statement tells */
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id = 20"), 0);
}

static int insert_many(struct tx *tx, void *data) {
        for (int64_t id = 40; id < 40 + 3 * POSTGRES_DEFERRED_MAX; id++)
                assert_int_equal(add_link(tx, id), 1);
        if (!data)
                return 0;
        assert_int_equal(add_link(tx, 41), 1); /* a collision, found too late to matter */
        return -ERR_CODE_SPENT;
}

static void inserts_that_nobody_waited_for_are_stored_or_undone_together(void **state) {
        struct postgres_fixture *f = *state;

        assert_int_equal(database_write_now(f->db, insert_many, f), -ERR_CODE_SPENT);
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id >= 40"), 0);
        assert_int_equal(database_write_now(f->db, insert_many, NULL), 0);
        assert_int_equal(postgres_fixture_number(f, "SELECT count(*) FROM links WHERE id >= 40"),
                         3 * POSTGRES_DEFERRED_MAX);
}

static void a_commit_in_doubt_is_judged_by_its_number_and_its_server(void **state) {
        struct postgres_fixture *f = *state;
        struct db_connection *c = f->db->connection;
        struct postgres_connection *p = postgres_of(c);
        struct tx tx = { .connection = c, .writable = true };
        uint64_t xid;

        assert_int_equal(c->driver->begin(c, true), 0);
        assert_int_equal(add_link(&tx, 30), 1);
        xid = p->xid;
        assert_true(xid != 0);
        assert_int_equal(c->driver->commit(c), 0);
        p->in_doubt = xid;
        memcpy(p->in_doubt_incarnation, p->incarnation, sizeof(p->incarnation));
        assert_int_equal(c->driver->outcome(c), 1);
        p->in_doubt_incarnation[0] ^=
                1; /* the server crashed since: the number may be another transaction's */
        assert_int_equal(c->driver->outcome(c), -ERR_STORAGE);

        assert_int_equal(c->driver->begin(c, true), 0);
        assert_int_equal(add_link(&tx, 31), 1);
        xid = p->xid;
        c->driver->rollback(c);
        p->in_doubt = xid;
        assert_int_equal(c->driver->outcome(c), 0);
        p->in_doubt = 0;
}

/* --- schema and address --- */

static void a_newer_schema_is_refused(void **state) {
        struct postgres_fixture *f = *state;
        char problem[DATABASE_PROBLEM_MAX];
        unsigned applied;

        postgres_fixture_run(f, "INSERT INTO schema_migrations VALUES (9999, 'later', 'x')");
        assert_int_equal(database_migrate(f->db, &applied, problem), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "9999"));
        postgres_fixture_run(f, "DELETE FROM schema_migrations WHERE version = 9999");
        assert_int_equal(database_migrate(f->db, &applied, problem), 0);
        assert_int_equal(applied, 0);
}

static void bad_addresses_are_told_on_one_line_without_the_password(void **state) {
        static const char *const urls[] = {
                "postgresql://u:sesame@127.0.0.1:1/d",       "postgresql://u:sesame@nowhere.invalid/d",
                "postgresql://u:se@sesame@127.0.0.1/d",      "postgresql://u:x/sesame@127.0.0.1/d",
                "postgresql://u:sesame@127.0.0.1:99999/d",   "postgresql://u:%zzsesame@127.0.0.1/d",
                "postgresql://u:sesame@127.0.0.1/d?no=such", "postgres://u:sesame#@127.0.0.1:1/d",
        };
        char problem[DATABASE_PROBLEM_MAX];
        struct database *db;

        for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
                assert_true(database_open(str_of(urls[i]), &db, problem) < 0);
                if (strstr(problem, "sesame") || strchr(problem, '\n') || !strstr(problem, "DATABASE_URL"))
                        fail_msg("%s: %s", urls[i], problem);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_statement_can_be_prepared_and_gives_its_members),
                cmocka_unit_test(values_come_back_as_they_went),
                cmocka_unit_test(lists_come_in_order),
                cmocka_unit_test(a_refused_request_leaves_nothing_unless_it_is_kept),
                cmocka_unit_test(a_collision_is_a_conflict_and_undoes_everything),
                cmocka_unit_test(inserts_that_nobody_waited_for_are_stored_or_undone_together),
                cmocka_unit_test(a_commit_in_doubt_is_judged_by_its_number_and_its_server),
                cmocka_unit_test(a_newer_schema_is_refused),
                cmocka_unit_test(bad_addresses_are_told_on_one_line_without_the_password),
        };

        if (!postgres_installed())
                return 77; /* Meson: skipped */
        return cmocka_run_group_tests(tests, postgres_fixture_setup, postgres_fixture_teardown);
}
