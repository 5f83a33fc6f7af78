#include "cli/settings_args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/errors.h"

static void clear_environment(void) {
        for (unsigned i = 0; i < setting_rows_count; i++)
                unsetenv(setting_rows[i].variable);
}

static void an_option_overrides_the_environment_which_overrides_the_default(void **state) {
        struct settings_args args = { 0 };
        struct settings s;

        clear_environment();
        assert_int_equal(settings_load("test", &args, &s), 0);
        assert_true(str_eq(s.listen, STR("127.0.0.1:8006")));
        setenv("GATEHOUSE_LISTEN", "127.0.0.1:7000", 1);
        assert_int_equal(settings_load("test", &args, &s), 0);
        assert_true(str_eq(s.listen, STR("127.0.0.1:7000")));
        args.listen = "127.0.0.1:7001";
        assert_int_equal(settings_load("test", &args, &s), 0);
        assert_true(str_eq(s.listen, STR("127.0.0.1:7001")));
}

static void a_bad_setting_is_an_error(void **state) {
        struct settings_args args = { .listen = "nowhere" };
        struct settings s;

        clear_environment();
        assert_int_equal(settings_load("test", &args, &s), -ERR_SETTINGS);
        args = (struct settings_args){ .public_url = "ftp://example.com" };
        assert_int_equal(settings_load("test", &args, &s), -ERR_SETTINGS);
}

static void a_databases_password_is_not_shown(void **state) {
        static const char *const rows[][2] = {
                { "sqlite:./data/gatehouse.db", "sqlite:./data/gatehouse.db" },
                { "sqlite:/a:b@c/x.db", "sqlite:/a:b@c/x.db" },
                { "postgresql://user:secret@db.example/gatehouse",
                  "postgresql://user:***@db.example/gatehouse" },
                { "postgresql://user:se@cret@db.example/gatehouse",
                  "postgresql://user:***@db.example/gatehouse" },
                { "postgresql://user@db.example:5432/gatehouse",
                  "postgresql://user@db.example:5432/gatehouse" },
                { "postgresql://db.example:5432/gatehouse", "postgresql://db.example:5432/gatehouse" },
                { "postgresql://db.example/g?password=secret", "postgresql://db.example/g" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                struct settings s = { .database_url = str_of(rows[i][0]) };
                char out[256];

                assert_string_equal(settings_database_name(&s, out, sizeof(out)), rows[i][1]);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_option_overrides_the_environment_which_overrides_the_default),
                cmocka_unit_test(a_bad_setting_is_an_error),
                cmocka_unit_test(a_databases_password_is_not_shown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
