#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/settings_int.h"

/* Writes "VARIABLE …: …" and returns -ERR_SETTINGS. */
int settings_wrong(const struct settings_problem *p, const char *format, ...) {
        int n = snprintf(p->text, SETTINGS_PROBLEM_MAX, "%s ", p->variable);
        va_list args;

        va_start(args, format);
        if (n > 0)
                (void)vsnprintf(p->text + n, SETTINGS_PROBLEM_MAX - (size_t)n, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

const char *settings_quote(struct str value, char buffer[SETTINGS_QUOTE_MAX + 6]) {
        size_t n = MIN_OF(value.len, (size_t)SETTINGS_QUOTE_MAX);

        buffer[0] = '"';
        for (size_t i = 0; i < n; i++) {
                uint8_t c = str_at(value, i);

                buffer[i + 1] = c >= 0x20 && c < 0x7f ? (char)c : '?';
        }
        (void)snprintf(buffer + 1 + n, 5, value.len > n ? "...\"" : "\"");
        return buffer;
}

static int read_number(const struct setting_row *row, struct str value, struct settings *s,
                       const struct settings_problem *p) {
        uint64_t number;

        if (!str_to_uint(value, (uint64_t)row->max, &number) || (int64_t)number < row->min)
                return settings_wrong(p, "is %s: set it to a whole number from %lld to %lld", QUOTE(value),
                                      (long long)row->min, (long long)row->max);
        *(int64_t *)setting_member(row, s) = (int64_t)number;
        return 0;
}

static int read_text(const struct setting_row *row, struct str value, struct settings *s,
                     const struct settings_problem *p) {
        if (value.len < (size_t)row->min || value.len > (size_t)row->max || str_has_control(value))
                return settings_wrong(
                        p, "is %s: set it to a text of %lld to %lld characters without control characters",
                        QUOTE(value), (long long)row->min, (long long)row->max);
        *(struct str *)setting_member(row, s) = value;
        return 0;
}

/* The number of `value` among `choices`, or -1. */
static int choose(struct str value, const char *const *choices, int n) {
        for (int i = 0; i < n; i++)
                if (str_eq(value, str_of(choices[i])))
                        return i;
        return -1;
}

static int read_signup(const struct setting_row *row, struct str value, struct settings *s,
                       const struct settings_problem *p) {
        static const char *const choices[] = { "closed", "open" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return settings_wrong(p, "is %s: set it to open or closed", QUOTE(value));
        s->signup_open = choice;
        return 0;
}

static int read_app_registration(const struct setting_row *row, struct str value, struct settings *s,
                                 const struct settings_problem *p) {
        static const char *const choices[] = { "administrators", "everyone" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return settings_wrong(p, "is %s: set it to administrators or everyone", QUOTE(value));
        s->apps_for_everyone = choice;
        return 0;
}

static int read_row_cache(const struct setting_row *row, struct str value, struct settings *s,
                          const struct settings_problem *p) {
        static const char *const choices[] = { "off", "on" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return settings_wrong(p, "is %s: set it to on or off", QUOTE(value));
        s->row_cache = choice;
        return 0;
}

static int read_log_level(const struct setting_row *row, struct str value, struct settings *s,
                          const struct settings_problem *p) {
        static const char *const choices[] = {
                [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"
        };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return settings_wrong(p, "is %s: set it to debug, info, warning or error", QUOTE(value));
        s->log_level = (enum log_level)choice;
        return 0;
}

static int read_log_format(const struct setting_row *row, struct str value, struct settings *s,
                           const struct settings_problem *p) {
        static const char *const choices[] = { [LOG_LOGFMT] = "logfmt", [LOG_JSON] = "json" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return settings_wrong(p, "is %s: set it to logfmt or json", QUOTE(value));
        s->log_format = (enum log_format)choice;
        return 0;
}

/* A database's address may hold a password: it is never shown. */
static int read_database(const struct setting_row *row, struct str value, struct settings *s,
                         const struct settings_problem *p) {
        if (str_has_control(value))
                return settings_wrong(p, "has a control character in it: check it for a stray line break");
        if (str_starts_with(value, STR("sqlite:"))) {
                struct str path = str_from(value, strlen("sqlite:"));

                if (path.len == 0)
                        return settings_wrong(
                                p, "names no file: write its path, as in sqlite:./data/gatehouse.db");
                if (str_eq(path, STR(":memory:")))
                        return settings_wrong(
                                p, "is in memory, where only one connection could see it: name a file, "
                                   "as in sqlite:./data/gatehouse.db");
        } else if (!str_starts_with(value, STR("postgresql://")) &&
                   !str_starts_with(value, STR("postgres://"))) {
                return settings_wrong(
                        p, "is of no known kind: write sqlite:PATH, as in sqlite:./data/gatehouse.db, "
                           "or postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
        }
        s->database_url = value;
        return 0;
}

/* Found out now, not when the first call fails. */
static int read_ca_file(const struct setting_row *row, struct str value, struct settings *s,
                        const struct settings_problem *p) {
        char path[CA_FILE_MAX];

        if (read_text(row, value, s, p) < 0)
                return -ERR_SETTINGS;
        (void)snprintf(path, sizeof(path), STR_FMT, STR_ARG(value));
        if (value.len > 0 && access(path, R_OK) < 0)
                return settings_wrong(p, "is %s: no file that can be read", QUOTE(value));
        return 0;
}

/* A secret is never shown, not even a wrong one. */
static int read_jwt_secret(const struct setting_row *row, struct str value, struct settings *s,
                           const struct settings_problem *p) {
        if (value.len > 0 && (value.len < (size_t)row->min || value.len > (size_t)row->max))
                return settings_wrong(
                        p, "has %zu characters: HS256 needs a secret of %lld to %lld (RFC 7518 §3.2)",
                        value.len, (long long)row->min, (long long)row->max);
        if (str_has_control(value))
                return settings_wrong(p, "has a control character in it: check it for a stray line break");
        s->platform_jwt_secret = value;
        return 0;
}

/* Whether it is a key is the vault's to say (integrations/vault_keys.h). A secret is never shown. */
static int read_vault_key(const struct setting_row *row, struct str value, struct settings *s,
                          const struct settings_problem *p) {
        if (value.len > (size_t)row->max || str_has_control(value))
                return settings_wrong(
                        p,
                        "is longer than %lld characters or has a control character in it: check it for a "
                        "stray line break",
                        (long long)row->max);
        *(struct str *)setting_member(row, s) = value;
        return 0;
}

/* A secret is never shown. */
static int read_llm_key(const struct setting_row *row, struct str value, struct settings *s,
                        const struct settings_problem *p) {
        if (value.len > (size_t)row->max || str_has_control(value))
                return settings_wrong(
                        p,
                        "is longer than %lld characters or has a control character in it: check it for a "
                        "stray line break",
                        (long long)row->max);
        s->llm_key = value;
        return 0;
}

const struct setting_row setting_rows[] = {
#define X(reader, field, variable, fallback, min, max, help) \
        { variable, fallback, help, min, max, offsetof(struct settings, field), read_##reader },
#include "base/settings.def"
#undef X
};
const unsigned setting_rows_count = ARRAY_LENGTH(setting_rows);
static_assert(ARRAY_LENGTH(setting_rows) <= SETTINGS_MAX, "SETTINGS_MAX");

bool setting_is_secret(const struct setting_row *row) {
        return row->read == read_vault_key || row->read == read_llm_key || row->read == read_jwt_secret ||
               str_contains(str_of(row->variable), STR("PASSWORD"));
}

int settings_read(const char *(*lookup)(const char *variable, void *data), void *data, struct settings *ret,
                  char ret_problem[SETTINGS_PROBLEM_MAX]) {
        struct settings s = { 0 };

        for (unsigned i = 0; i < setting_rows_count; i++) {
                const struct setting_row *row = &setting_rows[i];
                struct settings_problem problem = { row->variable, ret_problem };
                const char *value = lookup(row->variable, data);
                bool is_given = value && *value;
                int r;

                s.given[i].text = str_of(is_given ? value : row->fallback);
                s.given[i].source = is_given ? SETTING_ENVIRONMENT : SETTING_DEFAULT;
                r = row->read(row, s.given[i].text, &s, &problem);
                if (r < 0)
                        return r;
        }
        *ret = s;
        return 0;
}
