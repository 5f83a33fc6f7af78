#include "cli/app_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/errors.h"

static void assert_sql_text(struct str text, const char *expected) {
        struct strbuf out = STRBUF_INIT(4096);

        sql_append_text(&out, text);
        strbuf_append_char(&out, '\0');
        assert_false(out.failed);
        assert_string_equal(out.ptr, expected);
        strbuf_done(&out);
}

static void assert_sql_array(struct str words, const char *expected) {
        struct strbuf out = STRBUF_INIT(4096);

        sql_append_array(&out, words);
        strbuf_append_char(&out, '\0');
        assert_false(out.failed);
        assert_string_equal(out.ptr, expected);
        strbuf_done(&out);
}

static void a_text_cannot_leave_its_literal(void **state) {
        assert_sql_text(STR("plain"), "'plain'");
        assert_sql_text(STR(""), "''");
        assert_sql_text(STR_NULL, "NULL");
        assert_sql_text(STR("O'Brien"), "'O''Brien'");
        assert_sql_text(STR("'); DROP TABLE \"User\"; --"), "'''); DROP TABLE \"User\"; --'");
        assert_sql_text(STR("\\"), "E'\\\\'");
        assert_sql_text(STR("\\'; DROP"), "E'\\\\''; DROP'");
        assert_sql_text(STR("$$ $1 %s"), "'$$ $1 %s'");
        assert_sql_text(STR("caf\xc3\xa9"), "'caf\xc3\xa9'");
}

static void an_array_is_one_literal(void **state) {
        assert_sql_array(STR(""), "'{}'");
        assert_sql_array(STR("a"), "'{\"a\"}'");
        assert_sql_array(STR("a b"), "'{\"a\",\"b\"}'");
        assert_sql_array(STR("a,b {c}"), "'{\"a,b\",\"{c}\"}'");
        assert_sql_array(STR("a'b"), "'{\"a''b\"}'");
        assert_sql_array(STR("a\"b"), "E'{\"a\\\\\"b\"}'");
        assert_sql_array(STR("a\\b"), "E'{\"a\\\\\\\\b\"}'");
}

static struct registration an_app(void) {
        struct registration app = {
                .name = STR("Bobby'; DROP TABLE apps; --"),
                .description = STR_NULL,
                .redirect_uris = STR("https://a.example/cb https://b.example/cb?x='"),
                .grant_types = STR("authorization_code refresh_token"),
                .scopes = STR("IDENTITY"),
        };

        memset(app.id, '1', sizeof(app.id));
        memset(app.client_id, 'c', sizeof(app.client_id));
        memset(app.secret_hash, 'a', sizeof(app.secret_hash));
        memset(app.secret_salt, 'b', sizeof(app.secret_salt));
        return app;
}

static void assert_contains(const struct strbuf *b, const char *part) {
        if (!str_contains(strbuf_str(b), str_of(part)))
                fail_msg("missing: %s\nin: " STR_FMT, part, STR_ARG(strbuf_str(b)));
}

static void the_statement_has_every_column_and_the_secret_as_comment(void **state) {
        struct registration app = an_app();
        struct strbuf out = STRBUF_INIT(65536);

        app_sql_write(&out, &app, STR("agpt_secret_x"), STR_NULL, 0);
        assert_contains(&out, "INSERT INTO \"OAuthApplication\"");
        assert_contains(&out, "  'Bobby''; DROP TABLE apps; --',\n  NULL,\n");
        assert_contains(&out, "'{\"https://a.example/cb\",\"https://b.example/cb?x=''\"}'");
        assert_contains(&out, "'YOUR_USER_ID_HERE'");
        assert_contains(&out, "-- Client secret: agpt_secret_x\n");
        assert_contains(&out, "-- Generated: 1970-01-01T00:00:00.000Z\n");
        assert_contains(&out, "SELECT ");
        strbuf_done(&out);
}

static void an_owner_is_looked_up_by_address(void **state) {
        struct registration app = an_app();
        struct strbuf out = STRBUF_INIT(65536);

        app_sql_write(&out, &app, STR("s"), STR("o'neil@example.com"), 0);
        assert_contains(&out, "(SELECT id FROM \"User\" WHERE email = 'o''neil@example.com'),");
        assert_false(str_contains(strbuf_str(&out), STR("YOUR_USER_ID_HERE")));
        strbuf_done(&out);
}

static void every_line_that_is_no_statement_is_a_comment(void **state) {
        struct registration app = an_app();
        struct strbuf out = STRBUF_INIT(65536);
        struct str rest, line;
        bool in_statement = false;

        app_sql_write(&out, &app, STR("agpt_secret_x"), STR_NULL, 0);
        rest = strbuf_str(&out);
        while (str_next(&rest, '\n', &line)) {
                if (str_starts_with(line, STR("INSERT ")) || str_starts_with(line, STR("SELECT ")))
                        in_statement = true;
                else if (!in_statement)
                        assert_true(line.len == 0 || str_starts_with(line, STR("-- ")));
                if (line.len && line.ptr[line.len - 1] == ';')
                        in_statement = false;
        }
        assert_false(in_statement);
        strbuf_done(&out);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_text_cannot_leave_its_literal),
                cmocka_unit_test(an_array_is_one_literal),
                cmocka_unit_test(the_statement_has_every_column_and_the_secret_as_comment),
                cmocka_unit_test(an_owner_is_looked_up_by_address),
                cmocka_unit_test(every_line_that_is_no_statement_is_a_comment),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
