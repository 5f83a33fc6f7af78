#include "base/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "unit.h"

/* One variable that is set; all others are not. */
struct variable {
        const char *name, *value;
};

static const char *look_up(const char *variable, void *data) {
        const struct variable *set = data;

        return set->name && strcmp(set->name, variable) == 0 ? set->value : NULL;
}

static int read_with(const char *name, const char *value, struct settings *ret, char *problem) {
        struct variable set = { name, value };

        return settings_read(look_up, &set, ret, problem);
}

static struct settings accepted(const char *name, const char *value) {
        char problem[SETTINGS_PROBLEM_MAX] = "";
        struct settings s = { 0 };
        int r = read_with(name, value, &s, problem);

        if (r < 0)
                print_error("%s=%s: %s\n", name, value, problem);
        assert_int_equal(r, 0);
        return s;
}

/* The problem is one line, starts with the variable, says what to do after a colon, and nothing is set. */
static void assert_refused(const char *name, const char *value, const char *reason) {
        char problem[SETTINGS_PROBLEM_MAX] = "";
        struct settings s, before;
        struct str text;
        int r;

        memset(&s, 0x5a, sizeof(s));
        before = s;
        r = read_with(name, value, &s, problem);
        text = str_of(problem);
        if (r != -ERR_SETTINGS || !str_contains(text, str_of(reason)))
                print_error("%s=%s: got \"%s\", wanted \"%s\"\n", name, value, problem, reason);
        assert_int_equal(r, -ERR_SETTINGS);
        assert_true(str_contains(text, str_of(reason)));
        assert_true(str_starts_with(text, str_of(name)));
        assert_contains(text, ": ");
        assert_false(str_has_control(text));
        assert_memory_equal(&s, &before, sizeof(s));
}

static void a_rate_is_a_number_and_a_unit(void **state) {
        struct settings s = accepted("GATEHOUSE_RATE_LIMIT_KEY", "20/second");

        assert_true(s.rates[RATE_KEY].count == 20 && s.rates[RATE_KEY].seconds == 1);
        assert_true(s.rates[RATE_USER].count == 3000 && s.rates[RATE_USER].seconds == 60);
        assert_int_equal(accepted("GATEHOUSE_RATE_LIMIT_ADDRESS", "off").rates[RATE_ADDRESS].count, 0);
        assert_refused("GATEHOUSE_RATE_LIMIT_KEY", "600 per minute", "as in 600/minute");
        assert_refused("GATEHOUSE_RATE_LIMIT_CLIENT", "0/minute", "a number from 1 to 1000000");
}

static void the_defaults_are_those_of_the_design(void **state) {
        struct settings s = accepted(NULL, NULL);

        assert_str(s.listen, "127.0.0.1:8006");
        assert_str(s.database_url, "sqlite:./data/gatehouse.db");
        assert_str(s.public_url, "http://localhost:8006");
        assert_false(s.public_https);
        assert_str(s.key_file, "./data/gatehouse.key");
        assert_str(s.theme_dir, "");
        assert_true(s.signup_open);
        assert_int_equal(s.log_level, LOG_INFO);
        assert_int_equal(s.log_format, LOG_LOGFMT);
        assert_int_equal(s.threads, 0);
        assert_int_equal(s.code_lifetime, 10 * 60);
        assert_int_equal(s.access_token_lifetime, 60 * 60);
        assert_int_equal(s.refresh_token_lifetime, 30 * 24 * 60 * 60);
        assert_int_equal(s.authorization_lifetime, 365 * 24 * 60 * 60);
        assert_int_equal(s.refresh_grace, 30);
        assert_int_equal(s.session_idle, 14 * 24 * 60 * 60);
        assert_int_equal(s.session_lifetime, 90 * 24 * 60 * 60);
        assert_int_equal(s.cleanup_interval_hours, 6);
}

static void an_empty_value_counts_as_absent(void **state) {
        assert_str(accepted("GATEHOUSE_LISTEN", "").listen, "127.0.0.1:8006");
        assert_int_equal(accepted("OAUTH_REFRESH_GRACE_SECONDS", "").refresh_grace, 30);
}

static void numbers_have_limits(void **state) {
        static const char *const bad[] = { "-1", "1.5", "abc", "1e3", " 1", "0x10", "99999999999999999999",
                                           "1h" };

        assert_int_equal(accepted("OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS", "1").cleanup_interval_hours, 1);
        assert_int_equal(accepted("OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS", "24").cleanup_interval_hours, 24);
        assert_refused("OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS", "0",
                       "is \"0\": set it to a whole number from 1 to 24");
        assert_refused("OAUTH_TOKEN_CLEANUP_INTERVAL_HOURS", "25", "from 1 to 24");
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_refused("OAUTH_CODE_LIFETIME_SECONDS", bad[i],
                               "set it to a whole number from 1 to 3600");
        assert_int_equal(accepted("OAUTH_REFRESH_GRACE_SECONDS", "0").refresh_grace, 0);
        assert_int_equal(accepted("GATEHOUSE_THREADS", "2").threads, 2);
        assert_refused("GATEHOUSE_WORKERS", "0", "from 1 to 64");
}

static void choices_are_spelt_as_told(void **state) {
        assert_false(accepted("GATEHOUSE_SIGNUP", "closed").signup_open);
        assert_true(accepted("GATEHOUSE_SIGNUP", "open").signup_open);
        assert_refused("GATEHOUSE_SIGNUP", "Open", "is \"Open\": set it to open or closed");
        assert_int_equal(accepted("GATEHOUSE_LOG_LEVEL", "debug").log_level, LOG_DEBUG);
        assert_int_equal(accepted("GATEHOUSE_LOG_LEVEL", "warning").log_level, LOG_WARNING);
        assert_int_equal(accepted("GATEHOUSE_LOG_LEVEL", "error").log_level, LOG_ERROR);
        assert_refused("GATEHOUSE_LOG_LEVEL", "trace", "set it to debug, info, warning or error");
        assert_int_equal(accepted("GATEHOUSE_LOG_FORMAT", "json").log_format, LOG_JSON);
        assert_refused("GATEHOUSE_LOG_FORMAT", "xml", "set it to logfmt or json");
}

static void listening_needs_an_address_and_a_port(void **state) {
        static const char *const good[] = { "127.0.0.1:8006", "0.0.0.0:80", "[::1]:8006", "[::]:0",
                                            "[fe80::1]:65535" };
        static const char *const no_address[] = { "localhost:8006", "8006",         ":8006",
                                                  "::1:8006",       "[::1",         "[::1]8006",
                                                  "[127.0.0.1]:80", "256.0.0.1:80", "http://127.0.0.1:80",
                                                  "[]:80" };
        static const char *const no_port[] = { "127.0.0.1", "127.0.0.1:",    "127.0.0.1:65536", "127.0.0.1:x",
                                               "[::1]",     "127.0.0.1:080", "127.0.0.1:80/" };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_string_equal(accepted("GATEHOUSE_LISTEN", good[i]).listen.ptr, good[i]);
        for (size_t i = 0; i < ARRAY_LENGTH(no_address); i++)
                assert_refused("GATEHOUSE_LISTEN", no_address[i], "no IP address");
        for (size_t i = 0; i < ARRAY_LENGTH(no_port); i++)
                assert_refused("GATEHOUSE_LISTEN", no_port[i], "does not end in a port");
}

static void the_public_url_is_an_origin(void **state) {
        struct settings s = accepted("PLATFORM_BASE_URL", "https://id.example.org");

        assert_str(s.public_url, "https://id.example.org");
        assert_true(s.public_https);
        s = accepted("PLATFORM_BASE_URL", "https://id.example.org:8443/");
        assert_str(s.public_url, "https://id.example.org:8443");
        s = accepted("PLATFORM_BASE_URL", "http://[::1]:8006/");
        assert_str(s.public_url, "http://[::1]:8006");
        assert_false(s.public_https);
        assert_str(accepted("PLATFORM_BASE_URL", "http://127.0.0.1:8006").public_url,
                   "http://127.0.0.1:8006");
}

static void any_other_public_url_is_refused(void **state) {
        static const struct {
                const char *value, *reason;
        } rows[] = {
                { "id.example.org", "start it with https://" },
                { "ftp://id.example.org", "start it with https://" },
                { "HTTPS://id.example.org", "start it with https://" },
                { "https://id.example.org/sso", "goes on after the host" },
                { "https://id.example.org//", "goes on after the host" },
                { "https://id.example.org?x=1", "goes on after the host" },
                { "https://id.example.org#x", "goes on after the host" },
                { "https://me@id.example.org", "leave out all up to the @" },
                { "https://me:secret@id.example.org", "leave out all up to the @" },
                { "https://", "no valid name" },
                { "https:///", "no valid name" },
                { "https://:443", "no valid name" },
                { "https://ID.example.org", "lower case" },
                { "https://id_x.example.org", "no valid name" },
                { "https://id example.org", "no valid name" },
                { "https://-id.example.org", "no valid name" },
                { "https://[::1", "no valid name" },
                { "https://[127.0.0.1]", "no valid name" },
                { "https://id.example.org:0", "port is no number" },
                { "https://id.example.org:", "port is no number" },
                { "https://id.example.org:70000", "port is no number" },
                { "https://id.example.org:80:80", "port is no number" },
                { "https://id.example.org:443", "leave it out" },
                { "http://id.example.org:80/", "leave it out" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                assert_refused("PLATFORM_BASE_URL", rows[i].value, rows[i].reason);
}

static void the_database_is_of_a_known_kind(void **state) {
        assert_str(accepted("DATABASE_URL", "sqlite:/var/lib/x.db").database_url, "sqlite:/var/lib/x.db");
        assert_str(accepted("DATABASE_URL", "postgresql://u:p@h/d").database_url, "postgresql://u:p@h/d");
        assert_refused("DATABASE_URL", "sqlite:", "names no file");
        assert_refused("DATABASE_URL", "sqlite::memory:", "is in memory");
        assert_refused("DATABASE_URL", "mysql://h/d", "of no known kind");
        assert_refused("DATABASE_URL", "sqlite:a\nb", "control character");
}

static void a_database_password_is_never_shown(void **state) {
        char problem[SETTINGS_PROBLEM_MAX];
        struct settings s;

        assert_int_equal(read_with("DATABASE_URL", "mysql://me:hunter2@h/d", &s, problem), -ERR_SETTINGS);
        assert_null(strstr(problem, "hunter2"));
        assert_int_equal(read_with("PLATFORM_BASE_URL", "https://me:hunter2@h", &s, problem), -ERR_SETTINGS);
        assert_null(strstr(problem, "hunter2"));
}

static void paths_are_plain_text(void **state) {
        assert_str(accepted("GATEHOUSE_KEY_FILE", "/k").key_file, "/k");
        assert_str(accepted("GATEHOUSE_THEME_DIR", "/themes/dark").theme_dir, "/themes/dark");
        assert_refused("GATEHOUSE_KEY_FILE", "/a\nb", "without control characters");
}

static void a_long_value_leaves_room_for_the_remedy(void **state) {
        char value[10000]; /* longer than what any of them takes */

        memset(value, 'x', sizeof(value));
        value[sizeof(value) - 1] = '\0';
        for (unsigned i = 0; i < setting_rows_count; i++)
                assert_refused(setting_rows[i].variable, value, ": ");
        assert_refused("GATEHOUSE_LISTEN", value, "write for example");
}

static void user_tokens_need_a_long_secret_or_keys_that_nobody_can_replace(void **state) {
        assert_refused("PLATFORM_JWT_SECRET", "0123456789012345678901234567890", "31 characters");
        (void)accepted("PLATFORM_JWT_SECRET", "01234567890123456789012345678901");
        assert_refused("PLATFORM_JWT_SECRET", "01234567890123456789012345678901\n", "control character");
        (void)accepted("PLATFORM_JWKS_URL", "https://auth.example.org/auth/v1/.well-known/jwks.json");
        (void)accepted("PLATFORM_JWKS_URL", "http://127.0.0.1:9999/keys");
        (void)accepted("PLATFORM_JWKS_URL", "http://localhost:9999/keys");
        (void)accepted("PLATFORM_JWKS_URL", "http://[::1]:9999/keys");
        assert_refused("PLATFORM_JWKS_URL", "http://auth.example.org/keys", "https://");
        assert_refused("PLATFORM_JWKS_URL", "http://localhost.example.org/keys", "https://");
        assert_refused("PLATFORM_JWKS_URL", "http://127.0.0.1@auth.example.org/keys", "https://");
        assert_refused("PLATFORM_JWKS_URL", "https://user:word@auth.example.org/keys", "user name");
        assert_refused("PLATFORM_JWKS_URL", "file:///etc/keys", "web address");
        assert_refused("PLATFORM_JWKS_URL", "https://auth.example.org/a b", "web address");
}

static void a_wrong_secret_is_not_shown(void **state) {
        struct variable set = { "PLATFORM_JWT_SECRET", "hunter2" };
        struct settings s;
        char problem[SETTINGS_PROBLEM_MAX];

        assert_int_equal(settings_read(look_up, &set, &s, problem), -ERR_SETTINGS);
        assert_null(strstr(problem, "hunter2"));
}

static void front_ends_are_origins(void **state) {
        (void)accepted("PLATFORM_FRONTEND_ORIGINS", "https://app.example.org");
        (void)accepted("PLATFORM_FRONTEND_ORIGINS", "https://app.example.org,http://localhost:3000");
        assert_refused("PLATFORM_FRONTEND_ORIGINS", "*", "no origin");
        assert_refused("PLATFORM_FRONTEND_ORIGINS", "null", "no origin");
        assert_refused("PLATFORM_FRONTEND_ORIGINS", "https://app.example.org/", "no origin");
        assert_refused("PLATFORM_FRONTEND_ORIGINS", "https://app.example.org,", "no origin");
        assert_refused("PLATFORM_FRONTEND_ORIGINS", "https://App.example.org", "lower case");
}

static void rows_are_complete_and_their_defaults_are_valid(void **state) {
        for (unsigned i = 0; i < setting_rows_count; i++) {
                const struct setting_row *row = &setting_rows[i];
                size_t length = strlen(row->help);

                assert_true(length > 10 && row->help[length - 1] == '.');
                if (*row->fallback)
                        (void)accepted(row->variable, row->fallback);
                for (unsigned k = 0; k < i; k++)
                        assert_string_not_equal(row->variable, setting_rows[k].variable);
        }
}

/* .env.default holds, for each row in the table's order, the help as a comment and the default; and nothing
 * else. */
static void env_default_and_the_table_agree(void **state) {
        char line[1024], wanted[1024], comment[1024] = "";
        FILE *file = fopen(ENV_DEFAULT, "r");
        unsigned row = 0;

        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
                if (line[0] == '#')
                        memcpy(comment, line, sizeof(comment));
                if (line[0] == '#' || line[0] == '\n')
                        continue;
                assert_true(row < setting_rows_count);
                (void)snprintf(wanted, sizeof(wanted), "%s=%s\n", setting_rows[row].variable,
                               setting_rows[row].fallback);
                assert_string_equal(line, wanted);
                (void)snprintf(wanted, sizeof(wanted), "# %s\n", setting_rows[row].help);
                assert_string_equal(comment, wanted);
                row++;
        }
        (void)fclose(file);
        assert_int_equal(row, setting_rows_count);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_defaults_are_those_of_the_design),
                cmocka_unit_test(a_rate_is_a_number_and_a_unit),
                cmocka_unit_test(an_empty_value_counts_as_absent),
                cmocka_unit_test(numbers_have_limits),
                cmocka_unit_test(choices_are_spelt_as_told),
                cmocka_unit_test(listening_needs_an_address_and_a_port),
                cmocka_unit_test(the_public_url_is_an_origin),
                cmocka_unit_test(any_other_public_url_is_refused),
                cmocka_unit_test(the_database_is_of_a_known_kind),
                cmocka_unit_test(a_database_password_is_never_shown),
                cmocka_unit_test(paths_are_plain_text),
                cmocka_unit_test(a_long_value_leaves_room_for_the_remedy),
                cmocka_unit_test(rows_are_complete_and_their_defaults_are_valid),
                cmocka_unit_test(user_tokens_need_a_long_secret_or_keys_that_nobody_can_replace),
                cmocka_unit_test(a_wrong_secret_is_not_shown),
                cmocka_unit_test(front_ends_are_origins),
                cmocka_unit_test(env_default_and_the_table_agree),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
