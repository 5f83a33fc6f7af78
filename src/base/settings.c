#include "base/settings.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/errors.h"

enum { QUOTE_MAX = 80, HOST_MAX = 253 };

/* Where a reader writes what is wrong. */
struct settings_problem {
        const char *variable;
        char *text;
};

/* Writes "VARIABLE …: …" and returns -ERR_SETTINGS. */
static _printf_(2, 3) int wrong(const struct settings_problem *p, const char *format, ...) {
        int n = snprintf(p->text, SETTINGS_PROBLEM_MAX, "%s ", p->variable);
        va_list args;

        va_start(args, format);
        if (n > 0)
                (void)vsnprintf(p->text + n, SETTINGS_PROBLEM_MAX - (size_t)n, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* What was given, fit to be shown on one line of a terminal. */
static const char *quote(struct str value, char buffer[QUOTE_MAX + 6]) {
        size_t n = MIN_OF(value.len, (size_t)QUOTE_MAX);

        buffer[0] = '"';
        for (size_t i = 0; i < n; i++) {
                uint8_t c = str_at(value, i);

                buffer[i + 1] = c >= 0x20 && c < 0x7f ? (char)c : '?';
        }
        (void)snprintf(buffer + 1 + n, 5, value.len > n ? "...\"" : "\"");
        return buffer;
}

#define QUOTE(value) quote((value), (char[QUOTE_MAX + 6]){ 0 })

static void *member(const struct setting_row *row, struct settings *s) {
        return (char *)s + row->offset;
}

static int read_number(const struct setting_row *row, struct str value, struct settings *s,
                       const struct settings_problem *p) {
        uint64_t number;

        if (!str_to_uint(value, (uint64_t)row->max, &number) || (int64_t)number < row->min)
                return wrong(p, "is %s: set it to a whole number from %lld to %lld", QUOTE(value),
                             (long long)row->min, (long long)row->max);
        *(int64_t *)member(row, s) = (int64_t)number;
        return 0;
}

static int read_text(const struct setting_row *row, struct str value, struct settings *s,
                     const struct settings_problem *p) {
        if (value.len < (size_t)row->min || value.len > (size_t)row->max || str_has_control(value))
                return wrong(p,
                             "is %s: set it to a path of %lld to %lld characters without control characters",
                             QUOTE(value), (long long)row->min, (long long)row->max);
        *(struct str *)member(row, s) = value;
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
                return wrong(p, "is %s: set it to open or closed", QUOTE(value));
        s->signup_open = choice;
        return 0;
}

static int read_row_cache(const struct setting_row *row, struct str value, struct settings *s,
                          const struct settings_problem *p) {
        static const char *const choices[] = { "off", "on" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return wrong(p, "is %s: set it to on or off", QUOTE(value));
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
                return wrong(p, "is %s: set it to debug, info, warning or error", QUOTE(value));
        s->log_level = (enum log_level)choice;
        return 0;
}

static int read_log_format(const struct setting_row *row, struct str value, struct settings *s,
                           const struct settings_problem *p) {
        static const char *const choices[] = { [LOG_LOGFMT] = "logfmt", [LOG_JSON] = "json" };
        int choice = choose(value, choices, ARRAY_LENGTH(choices));

        if (choice < 0)
                return wrong(p, "is %s: set it to logfmt or json", QUOTE(value));
        s->log_format = (enum log_format)choice;
        return 0;
}

/* A database's address may hold a password: it is never shown. */
static int read_database(const struct setting_row *row, struct str value, struct settings *s,
                         const struct settings_problem *p) {
        if (str_has_control(value))
                return wrong(p, "has a control character in it: check it for a stray line break");
        if (str_starts_with(value, STR("sqlite:"))) {
                struct str path = str_from(value, strlen("sqlite:"));

                if (path.len == 0)
                        return wrong(p, "names no file: write its path, as in sqlite:./data/gatehouse.db");
                if (str_eq(path, STR(":memory:")))
                        return wrong(p, "is in memory, where only one connection could see it: name a file, "
                                        "as in sqlite:./data/gatehouse.db");
        } else if (!str_starts_with(value, STR("postgresql://")) &&
                   !str_starts_with(value, STR("postgres://"))) {
                return wrong(p, "is of no known kind: write sqlite:PATH, as in sqlite:./data/gatehouse.db, "
                                "or postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
        }
        s->database_url = value;
        return 0;
}

static bool is_ip(int family, struct str host) {
        char text[INET6_ADDRSTRLEN];
        struct in6_addr address;

        if (host.len >= sizeof(text))
                return false;
        memcpy(text, host.ptr, host.len);
        text[host.len] = '\0';
        return inet_pton(family, text, &address) == 1;
}

/* Splits "HOST:PORT" or "[HOST]:PORT"; without a port, *ret_port is STR_NULL. False when brackets don't
 * match. */
static bool split_host_port(struct str s, struct str *ret_host, struct str *ret_port, bool *ret_brackets) {
        bool brackets = str_starts_with(s, STR("["));
        ptrdiff_t end;
        struct str rest;

        if (brackets) {
                end = str_find(s, ']');
                if (end < 0)
                        return false;
                *ret_host = str_n(s.ptr + 1, (size_t)end - 1);
                rest = str_from(s, (size_t)end + 1);
        } else {
                end = str_find(s, ':');
                *ret_host = end < 0 ? s : str_first(s, (size_t)end);
                rest = end < 0 ? STR("") : str_from(s, (size_t)end);
        }
        if (rest.len > 0 && rest.ptr[0] != ':')
                return false;
        *ret_port = rest.len > 0 ? str_from(rest, 1) : STR_NULL;
        *ret_brackets = brackets;
        return true;
}

static int read_listen(const struct setting_row *row, struct str value, struct settings *s,
                       const struct settings_problem *p) {
        struct str host, port;
        bool brackets;
        uint64_t number;

        if (!split_host_port(value, &host, &port, &brackets) || !is_ip(brackets ? AF_INET6 : AF_INET, host))
                return wrong(p,
                             "is %s, which has no IP address before its port: write for example "
                             "127.0.0.1:8006, 0.0.0.0:8006 or [::1]:8006",
                             QUOTE(value));
        if (!str_to_uint(port, (uint64_t)row->max, &number))
                return wrong(p,
                             "is %s, which does not end in a port: add a colon and a number from 0 to "
                             "65535, as in 127.0.0.1:8006",
                             QUOTE(value));
        s->listen = value;
        return 0;
}

/* Lower case only: browsers write origins so, and an issuer is compared byte for byte (RFC 8414 §3.3). */
static bool is_host_name(struct str host) {
        if (host.len == 0 || host.len > HOST_MAX || host.ptr[0] == '.' || host.ptr[0] == '-')
                return false;
        for (size_t i = 0; i < host.len; i++) {
                char c = host.ptr[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.')
                        return false;
        }
        return true;
}

static int check_authority(struct str authority, struct str default_port, struct str value,
                           const struct settings_problem *p) {
        struct str host, port;
        bool brackets;
        uint64_t number;

        if (str_find(authority, '@') >= 0)
                return wrong(p, "has a user name or password in it: leave out all up to the @");
        if (!split_host_port(authority, &host, &port, &brackets) ||
            !(brackets ? is_ip(AF_INET6, host) : is_host_name(host)))
                return wrong(p,
                             "is %s, whose host is no valid name: write it in lower case, as in "
                             "https://id.example.org",
                             QUOTE(value));
        if (!port.ptr)
                return 0;
        if (!str_to_uint(port, 65535, &number) || number == 0)
                return wrong(p, "is %s, whose port is no number from 1 to 65535: correct it or leave it out",
                             QUOTE(value));
        if (str_eq(port, default_port))
                return wrong(p, "is %s, whose port is the usual one: leave it out, as browsers do",
                             QUOTE(value));
        return 0;
}

static int read_public_url(const struct setting_row *row, struct str value, struct settings *s,
                           const struct settings_problem *p) {
        struct str url = value, authority;
        bool https = str_starts_with(url, STR("https://"));
        int r;

        if (!https && !str_starts_with(url, STR("http://")))
                return wrong(p,
                             "is %s, which is no web address: start it with https:// (or http:// for a "
                             "trial on this computer)",
                             QUOTE(value));
        authority = str_from(url, https ? strlen("https://") : strlen("http://"));
        if (authority.len > 0 && authority.ptr[authority.len - 1] == '/') {
                authority.len--;
                url.len--;
        }
        if (str_find(authority, '/') >= 0 || str_find(authority, '?') >= 0 || str_find(authority, '#') >= 0)
                return wrong(p,
                             "is %s, which goes on after the host: give only scheme, host and port, as in "
                             "https://id.example.org",
                             QUOTE(value));
        r = check_authority(authority, https ? STR("443") : STR("80"), value, p);
        if (r < 0)
                return r;
        s->public_url = url;
        s->public_https = https;
        return 0;
}

static int read_networks(const struct setting_row *row, struct str value, struct settings *s,
                         const struct settings_problem *p) {
        struct str bad = STR_NULL;

        if (network_list_parse(value, member(row, s), &bad))
                return 0;
        if (!bad.ptr)
                return wrong(p, "lists too many networks: name at most %d, wider ones", NETWORKS_MAX);
        return wrong(p,
                     "has %s in it, which is no address and no range: separate with commas, as in 127.0.0.1, "
                     "10.0.0.0/8, fd00::/8, with no bits set behind a range's length",
                     QUOTE(bad));
}

/* A secret is never shown, not even a wrong one. */
static int read_jwt_secret(const struct setting_row *row, struct str value, struct settings *s,
                           const struct settings_problem *p) {
        if (value.len > 0 && (value.len < (size_t)row->min || value.len > (size_t)row->max))
                return wrong(p, "has %zu characters: HS256 needs a secret of %lld to %lld (RFC 7518 §3.2)",
                             value.len, (long long)row->min, (long long)row->max);
        if (str_has_control(value))
                return wrong(p, "has a control character in it: check it for a stray line break");
        s->platform_jwt_secret = value;
        return 0;
}

static bool is_loopback_host(struct str authority) {
        struct str host, port;
        bool brackets;

        return split_host_port(authority, &host, &port, &brackets) &&
               (brackets ? str_eq(host, STR("::1"))
                         : str_eq(host, STR("localhost")) || str_eq(host, STR("127.0.0.1")));
}

/* Keys that came over the open network would be anybody's. */
static int read_jwks_url(const struct setting_row *row, struct str value, struct settings *s,
                         const struct settings_problem *p) {
        bool https = str_starts_with(value, STR("https://"));
        struct str rest, authority;
        int r;

        s->platform_jwks_url = value;
        if (value.len == 0)
                return 0;
        rest = str_from(value, https ? strlen("https://") : strlen("http://"));
        if (value.len > (size_t)row->max || str_has_control(value) || str_find(value, ' ') >= 0 ||
            str_find(value, '#') >= 0 || (!https && !str_starts_with(value, STR("http://"))) ||
            !str_next(&rest, '/', &authority))
                return wrong(p,
                             "is %s, which is no web address: write it as in "
                             "https://auth.example.org/auth/v1/.well-known/jwks.json",
                             QUOTE(value));
        if (!https && !is_loopback_host(authority))
                return wrong(p, "is %s, whose keys anybody on the way could replace: use https://",
                             QUOTE(value));
        r = check_authority(authority, https ? STR("443") : STR("80"), value, p);
        return r;
}

static int read_origins(const struct setting_row *row, struct str value, struct settings *s,
                        const struct settings_problem *p) {
        struct str rest = value, origin;

        while (value.len > 0 && str_next(&rest, ',', &origin)) {
                bool https = str_starts_with(origin, STR("https://"));
                struct str authority = str_from(origin, https ? strlen("https://") : strlen("http://"));
                int r;

                if ((!https && !str_starts_with(origin, STR("http://"))) || str_find(authority, '/') >= 0)
                        return wrong(p,
                                     "has %s in it, which is no origin: write scheme, host and port alone, "
                                     "with commas between, as in https://app.example.org",
                                     QUOTE(origin));
                r = check_authority(authority, https ? STR("443") : STR("80"), origin, p);
                if (r < 0)
                        return r;
        }
        s->platform_origins = value;
        return 0;
}

const struct setting_row setting_rows[] = {
#define X(reader, field, variable, fallback, min, max, help) \
        { variable, fallback, help, min, max, offsetof(struct settings, field), read_##reader },
#include "base/settings.def"
#undef X
};
const unsigned setting_rows_count = ARRAY_LENGTH(setting_rows);

int settings_read(const char *(*lookup)(const char *variable, void *data), void *data, struct settings *ret,
                  char ret_problem[SETTINGS_PROBLEM_MAX]) {
        struct settings s = { 0 };

        for (unsigned i = 0; i < setting_rows_count; i++) {
                const struct setting_row *row = &setting_rows[i];
                struct settings_problem problem = { row->variable, ret_problem };
                const char *value = lookup(row->variable, data);
                int r;

                r = row->read(row, str_of(value && *value ? value : row->fallback), &s, &problem);
                if (r < 0)
                        return r;
        }
        *ret = s;
        return 0;
}
