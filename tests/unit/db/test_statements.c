/* Every generated statement against the schema that the migrations make. */
#include "db_fixture.h"

#include "db/sqlite_int.h"

static void each_statement(void **state, void (*check)(const struct db_statement *, sqlite3_stmt *)) {
        struct db_fixture *f = *state;
        sqlite3 *handle;

        assert_int_equal(sqlite3_open(f->path, &handle), SQLITE_OK);
        assert_int_equal(sqlite_functions_add(handle), SQLITE_OK);
        for (unsigned i = 0; i < db_statements_count; i++) {
                sqlite3_stmt *statement = NULL;

                if (sqlite3_prepare_v2(handle, db_statements[i].sql[DB_SQLITE], -1, &statement, NULL) !=
                    SQLITE_OK)
                        fail_msg("%s: %s", db_statements[i].name, sqlite3_errmsg(handle));
                check(&db_statements[i], statement);
                (void)sqlite3_finalize(statement);
        }
        (void)sqlite3_close(handle);
}

static void check_columns(const struct db_statement *s, sqlite3_stmt *statement) {
        if ((size_t)sqlite3_column_count(statement) != s->n_columns)
                fail_msg("%s: %d columns, %zu members", s->name, sqlite3_column_count(statement),
                         s->n_columns);
        for (size_t i = 0; i < s->n_columns; i++)
                if (strcmp(sqlite3_column_name(statement, (int)i), s->columns[i].name) != 0)
                        fail_msg("%s: column %zu is %s, the member is %s", s->name, i + 1,
                                 sqlite3_column_name(statement, (int)i), s->columns[i].name);
}

static void columns_bear_the_names_of_the_members(void **state) {
        each_statement(state, check_columns);
}

static void check_writes(const struct db_statement *s, sqlite3_stmt *statement) {
        if (s->writes == (sqlite3_stmt_readonly(statement) != 0))
                fail_msg("%s: writes is wrong", s->name);
        if ((unsigned)sqlite3_bind_parameter_count(statement) != s->n_params)
                fail_msg("%s: %d parameters, the signature has %u", s->name,
                         sqlite3_bind_parameter_count(statement), s->n_params);
}

static void what_writes_is_known_to_write(void **state) {
        each_statement(state, check_writes);
}

/* A member's type against the column that it comes from, where it comes from one. */
static void check_types(const struct db_statement *s, sqlite3_stmt *statement) {
        for (size_t i = 0; i < s->n_columns; i++) {
                const char *declared = sqlite3_column_decltype(statement, (int)i);
                bool bytes = s->columns[i].type == DB_TEXT || s->columns[i].type == DB_BYTEA;

                if (declared && bytes != (strcmp(declared, "INTEGER") != 0))
                        fail_msg("%s: %s is %s in the table", s->name, s->columns[i].name, declared);
        }
}

static void members_have_the_types_of_their_columns(void **state) {
        each_statement(state, check_types);
}

static void no_read_walks_through_a_whole_table(void **state) {
        /* These may: they are for the command line or a job, stop at a limit, or walk through what they found of one person. */
        static const char *const may[] = { "users_count",         "admins_exist",
                                           "test_apps",           "node_expired",
                                           "connected_apps",      "schema_migrations_applied",
                                           "audit_journal_count", "audit_segment_last",
                                           "vault_keys_all",      "node_vaults_live",
                                           "executions_backlog",  "users_stretch",
                                           "nodes_live",          "backlog",
                                           "store_words_parts",   "audit_journal_oldest",
                                           "connected_app_tokens" };
        struct db_fixture *f = *state;
        sqlite3 *handle;

        assert_int_equal(sqlite3_open(f->path, &handle), SQLITE_OK);
        assert_int_equal(sqlite_functions_add(handle), SQLITE_OK);
        for (unsigned i = 0; i < db_statements_count; i++) {
                sqlite3_stmt *plan = NULL;
                char sql[4096];
                bool allowed = db_statements[i].writes;

                for (size_t j = 0; j < ARRAY_LENGTH(may); j++)
                        allowed = allowed || strcmp(may[j], db_statements[i].name) == 0;
                (void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", db_statements[i].sql[DB_SQLITE]);
                assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &plan, NULL), SQLITE_OK);
                while (!allowed && sqlite3_step(plan) == SQLITE_ROW) {
                        const char *detail = (const char *)sqlite3_column_text(plan, 3);

                        if (strncmp(detail, "SCAN", 4) == 0 && strstr(detail, "USING") == NULL &&
                            strstr(detail, "VIRTUAL TABLE INDEX") == NULL &&
                            strstr(detail, "SUBQUERY") == NULL && strstr(detail, "ids") == NULL &&
                            strcmp(detail, "SCAN CONSTANT ROW") != 0)
                                fail_msg("%s: %s", db_statements[i].name, detail);
                }
                (void)sqlite3_finalize(plan);
        }
        (void)sqlite3_close(handle);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(columns_bear_the_names_of_the_members),
                cmocka_unit_test(what_writes_is_known_to_write),
                cmocka_unit_test(members_have_the_types_of_their_columns),
                cmocka_unit_test(no_read_walks_through_a_whole_table),
        };

        return cmocka_run_group_tests(tests, db_fixture_setup, db_fixture_teardown);
}
