/* Settings that are addresses: of this server, of others, and of networks. */
#include <arpa/inet.h>

#include "base/errors.h"
#include "base/settings_int.h"

enum { HOST_MAX = 253 };

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

int read_listen(const struct setting_row *row, struct str value, struct settings *s,
                const struct settings_problem *p) {
        struct str host, port;
        bool brackets;
        uint64_t number;

        if (!split_host_port(value, &host, &port, &brackets) || !is_ip(brackets ? AF_INET6 : AF_INET, host))
                return settings_wrong(p,
                                      "is %s, which has no IP address before its port: write for example "
                                      "127.0.0.1:8006, 0.0.0.0:8006 or [::1]:8006",
                                      QUOTE(value));
        if (!str_to_uint(port, (uint64_t)row->max, &number))
                return settings_wrong(
                        p,
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
                return settings_wrong(p, "has a user name or password in it: leave out all up to the @");
        if (!split_host_port(authority, &host, &port, &brackets) ||
            !(brackets ? is_ip(AF_INET6, host) : is_host_name(host)))
                return settings_wrong(p,
                                      "is %s, whose host is no valid name: write it in lower case, as in "
                                      "https://id.example.org",
                                      QUOTE(value));
        if (!port.ptr)
                return 0;
        if (!str_to_uint(port, 65535, &number) || number == 0)
                return settings_wrong(
                        p, "is %s, whose port is no number from 1 to 65535: correct it or leave it out",
                        QUOTE(value));
        if (str_eq(port, default_port))
                return settings_wrong(p, "is %s, whose port is the usual one: leave it out, as browsers do",
                                      QUOTE(value));
        return 0;
}

int read_public_url(const struct setting_row *row, struct str value, struct settings *s,
                    const struct settings_problem *p) {
        struct str url = value, authority;
        bool https = str_starts_with(url, STR("https://"));
        int r;

        if (!https && !str_starts_with(url, STR("http://")))
                return settings_wrong(
                        p,
                        "is %s, which is no web address: start it with https:// (or http:// for a "
                        "trial on this computer)",
                        QUOTE(value));
        authority = str_from(url, https ? strlen("https://") : strlen("http://"));
        if (authority.len > 0 && authority.ptr[authority.len - 1] == '/') {
                authority.len--;
                url.len--;
        }
        if (str_find(authority, '/') >= 0 || str_find(authority, '?') >= 0 || str_find(authority, '#') >= 0)
                return settings_wrong(
                        p,
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

int read_networks(const struct setting_row *row, struct str value, struct settings *s,
                  const struct settings_problem *p) {
        struct str bad = STR_NULL;

        if (network_list_parse(value, setting_member(row, s), &bad))
                return 0;
        if (!bad.ptr)
                return settings_wrong(p, "lists too many networks: name at most %d, wider ones",
                                      NETWORKS_MAX);
        return settings_wrong(
                p,
                "has %s in it, which is no address and no range: separate with commas, as in 127.0.0.1, "
                "10.0.0.0/8, fd00::/8, with no bits set behind a range's length",
                QUOTE(bad));
}

static bool is_loopback_host(struct str authority) {
        struct str host, port;
        bool brackets;

        return split_host_port(authority, &host, &port, &brackets) &&
               (brackets ? str_eq(host, STR("::1"))
                         : str_eq(host, STR("localhost")) || str_eq(host, STR("127.0.0.1")));
}

/* Keys that came over the open network would be anybody's. */
int read_jwks_url(const struct setting_row *row, struct str value, struct settings *s,
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
                return settings_wrong(p,
                                      "is %s, which is no web address: write it as in "
                                      "https://auth.example.org/auth/v1/.well-known/jwks.json",
                                      QUOTE(value));
        if (!https && !is_loopback_host(authority))
                return settings_wrong(p, "is %s, whose keys anybody on the way could replace: use https://",
                                      QUOTE(value));
        r = check_authority(authority, https ? STR("443") : STR("80"), value, p);
        return r;
}

int read_llm_url(const struct setting_row *row, struct str value, struct settings *s,
                 const struct settings_problem *p) {
        bool https = str_starts_with(value, STR("https://"));
        struct str rest, authority;

        if (value.len > 1 && value.ptr[value.len - 1] == '/')
                value.len--;
        s->llm_url = value;
        if (value.len == 0)
                return 0;
        rest = str_from(value, https ? strlen("https://") : strlen("http://"));
        if (value.len > (size_t)row->max || str_has_control(value) || str_find(value, ' ') >= 0 ||
            str_find(value, '#') >= 0 || str_find(value, '?') >= 0 ||
            (!https && !str_starts_with(value, STR("http://"))) || !str_next(&rest, '/', &authority))
                return settings_wrong(
                        p, "is %s, which is no web address: write it as in https://api.openai.com/v1",
                        QUOTE(value));
        return check_authority(authority, https ? STR("443") : STR("80"), value, p);
}

int read_origins(const struct setting_row *row, struct str value, struct settings *s,
                 const struct settings_problem *p) {
        struct str rest = value, origin;

        while (value.len > 0 && str_next(&rest, ',', &origin)) {
                bool https = str_starts_with(origin, STR("https://"));
                struct str authority = str_from(origin, https ? strlen("https://") : strlen("http://"));
                int r;

                if ((!https && !str_starts_with(origin, STR("http://"))) || str_find(authority, '/') >= 0)
                        return settings_wrong(
                                p,
                                "has %s in it, which is no origin: write scheme, host and port alone, "
                                "with commas between, as in https://app.example.org",
                                QUOTE(origin));
                r = check_authority(authority, https ? STR("443") : STR("80"), origin, p);
                if (r < 0)
                        return r;
        }
        *(struct str *)setting_member(row, s) = value;
        return 0;
}
