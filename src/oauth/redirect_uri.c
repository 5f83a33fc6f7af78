#include "oauth/redirect_uri.h"

#include <arpa/inet.h>

#include "base/codec.h"
#include "base/sentence.h"

enum { HOST_MAX = 253, LABEL_MAX = 63, PORT_MAX = 65535 };

/* The only hosts that plain http may lead to. */
static const struct str loopback_hosts[] = { STR_INIT("localhost"), STR_INIT("127.0.0.1"),
                                             STR_INIT("[::1]") };

static bool is_alpha(uint8_t c) {
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(uint8_t c) {
        return c >= '0' && c <= '9';
}

/* Characters that RFC 3986 lets stand in a path or a query, but for the percent sign. */
static bool is_uri_character(uint8_t c) {
        return is_alpha(c) || is_digit(c) || (c && strchr("-._~:/?@!$&'()*+,;=", c));
}

/* Reads one to five digits from 1 to 65535. */
static bool is_port(struct str s) {
        uint64_t port;

        return str_to_uint(s, PORT_MAX, &port) && port > 0;
}

/* Position of the first byte of `s` that is one of `stops`, or its length. */
static size_t span_until(struct str s, const char *stops) {
        size_t i = 0;

        while (i < s.len && !(s.ptr[i] && strchr(stops, s.ptr[i])))
                i++;
        return i;
}

static bool is_ipv6_literal(struct str host) {
        struct in6_addr address;
        char text[INET6_ADDRSTRLEN];

        if (host.len < 4 || host.ptr[host.len - 1] != ']' || host.len - 2 >= sizeof(text))
                return false;
        memcpy(text, host.ptr + 1, host.len - 2);
        text[host.len - 2] = '\0';
        return inet_pton(AF_INET6, text, &address) == 1;
}

static bool is_ipv4(struct str host) {
        struct in_addr address;
        char text[INET_ADDRSTRLEN];

        if (host.len >= sizeof(text))
                return false;
        memcpy(text, host.ptr, host.len);
        text[host.len] = '\0';
        return inet_pton(AF_INET, text, &address) == 1;
}

static bool is_label(struct str label) {
        if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
                return false;
        for (size_t i = 0; i < label.len; i++)
                if (!is_alpha(str_at(label, i)) && !is_digit(str_at(label, i)) && label.ptr[i] != '-' &&
                    label.ptr[i] != '_')
                        return false;
        return true;
}

/* A host name, an IPv4 address or an [IPv6] literal. Browsers take every name whose last label begins with a
 * digit for an address (127.1, 0x7f.1): such a name has to be one in its usual form. */
static bool is_host(struct str host) {
        struct str rest = host, label = STR_NULL;

        if (host.len == 0 || host.len > HOST_MAX)
                return false;
        if (host.ptr[0] == '[')
                return is_ipv6_literal(host);
        while (str_next(&rest, '.', &label))
                if (!is_label(label))
                        return false;
        return is_digit(str_at(label, 0)) ? is_ipv4(host) : true;
}

static bool is_loopback(struct str host) {
        for (size_t i = 0; i < ARRAY_LENGTH(loopback_hosts); i++)
                if (str_eq(host, loopback_hosts[i]))
                        return true;
        return false;
}

/* Splits what follows "//" into host, port (STR_NULL without a colon) and the rest, which is empty or begins
 * with one of
 * "/?#". Judges nothing. */
static void split_authority(struct str s, struct str *host, struct str *port, struct str *rest) {
        size_t end = span_until(s, "/?#"), colon;
        struct str authority = str_first(s, end);

        *rest = str_from(s, end);
        *port = STR_NULL;
        colon = authority.len && authority.ptr[0] == '[' ? span_until(authority, "]") : 0;
        colon += span_until(str_from(authority, colon), ":");
        *host = str_first(authority, colon);
        if (colon < authority.len)
                *port = str_from(authority, colon + 1);
}

static const char *check_characters(struct str uri) {
        for (size_t i = 0; i < uri.len; i++) {
                uint8_t c = str_at(uri, i);

                if (c == '#')
                        return TEXT_LITERAL("must not have a fragment (#...)");
                if (c <= 0x20 || c >= 0x7f)
                        return TEXT_LITERAL(
                                "must not hold spaces, control characters or letters outside ASCII: "
                                "percent-encode them");
                if (c == '\\')
                        return TEXT_LITERAL("must not hold a backslash");
                if (c == '%' &&
                    (i + 2 >= uri.len || hex_digit(uri.ptr[i + 1]) < 0 || hex_digit(uri.ptr[i + 2]) < 0))
                        return TEXT_LITERAL("has a percent sign without two hexadecimal digits");
                if (c != '%' && c != '[' && c != ']' && !is_uri_character(c))
                        return TEXT_LITERAL("holds a character that must be percent-encoded");
        }
        return NULL;
}

/* "." and "..", also percent-encoded: browsers resolve them, so the URI that is reached is another one. */
static bool is_dot_segment(struct str segment) {
        size_t dots = 0;

        while (segment.len) {
                size_t n = segment.ptr[0] == '.'                                   ? 1
                           : str_eq_ignore_case(str_first(segment, 3), STR("%2e")) ? 3
                                                                                   : 0;

                if (n == 0 || ++dots > 2)
                        return false;
                segment = str_from(segment, n);
        }
        return dots > 0;
}

/* What follows scheme and authority. */
static const char *check_path_and_query(struct str rest) {
        struct str path = str_first(rest, span_until(rest, "?")), segment;

        if (str_find(rest, '[') >= 0 || str_find(rest, ']') >= 0)
                return TEXT_LITERAL("holds a bracket that must be percent-encoded");
        while (str_next(&path, '/', &segment))
                if (is_dot_segment(segment))
                        return TEXT_LITERAL("must not have '.' or '..' as a segment of its path");
        return NULL;
}

static const char *check_web(struct str after_scheme, bool https) {
        struct str host, port, rest;

        if (!str_starts_with(after_scheme, STR("//")))
                return TEXT_LITERAL("must have '//' and a host behind its scheme");
        split_authority(str_from(after_scheme, 2), &host, &port, &rest);
        if (str_find(str_first(after_scheme, after_scheme.len - rest.len), '@') >= 0)
                return TEXT_LITERAL("must not hold a user name or password (...@host)");
        if (!is_host(host))
                return TEXT_LITERAL("has no valid host");
        if (port.ptr && !is_port(port))
                return TEXT_LITERAL("has no valid port: a number from 1 to 65535 follows the colon");
        if (!https && !is_loopback(host))
                return TEXT_LITERAL(
                        "must use https; http is allowed only for localhost, 127.0.0.1 and [::1]");
        return check_path_and_query(rest);
}

/* RFC 8252 §7.1: a scheme of one's own is a domain name in reverse. */
static const char *check_private_use(struct str after_scheme, bool public_client) {
        struct str host, port, rest;

        if (!public_client)
                return TEXT_LITERAL(
                        "must use https: private-use schemes are for apps without a secret (public clients)");
        if (after_scheme.len == 0 || after_scheme.ptr[0] != '/')
                return TEXT_LITERAL(
                        "must have a path behind its private-use scheme, as in com.example.app:/callback");
        if (!str_starts_with(after_scheme, STR("//")))
                return check_path_and_query(after_scheme);
        split_authority(str_from(after_scheme, 2), &host, &port, &rest);
        if ((host.len && !is_host(host)) || (port.ptr && !is_port(port)))
                return TEXT_LITERAL("has no valid host behind '//'; com.example.app:/callback needs none");
        return check_path_and_query(rest);
}

static const char *check_scheme(struct str scheme) {
        if (scheme.len == 0 || !is_alpha(str_at(scheme, 0)))
                return TEXT_LITERAL("must be an absolute URI such as https://app.example.com/callback");
        for (size_t i = 0; i < scheme.len; i++) {
                uint8_t c = str_at(scheme, i);

                if (c >= 'A' && c <= 'Z')
                        return TEXT_LITERAL("must have its scheme in lower-case letters");
                if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
                        return TEXT_LITERAL(
                                "must be an absolute URI such as https://app.example.com/callback");
        }
        return NULL;
}

static const char *check(struct str uri, bool public_client) {
        struct str scheme, after;
        const char *reason;
        ptrdiff_t colon;

        if (uri.len == 0)
                return TEXT_LITERAL("must not be empty");
        if (uri.len > REDIRECT_URI_MAX)
                return TEXT_LITERAL("must not be longer than 2048 characters");
        reason = check_characters(uri);
        if (reason)
                return reason;
        colon = str_find(uri, ':');
        scheme = str_first(uri, colon < 0 ? 0 : (size_t)colon);
        reason = check_scheme(scheme);
        if (reason)
                return reason;
        after = str_from(uri, scheme.len + 1);

        if (str_eq(scheme, STR("https")) || str_eq(scheme, STR("http")))
                return check_web(after, scheme.len == 5);
        /* No scheme that a browser acts on by itself (javascript, data, vbscript, file, blob, about, intent)
         * has a dot. */
        if (str_find(scheme, '.') > 0 && scheme.ptr[scheme.len - 1] != '.')
                return check_private_use(after, public_client);
        return TEXT_LITERAL(
                "must use https, http to this computer (localhost), or a private-use scheme with a dot");
}

bool redirect_uri_check_registrable(struct str uri, bool public_client, const char **ret_reason) {
        const char *reason = check(uri, public_client);

        if (reason)
                *ret_reason = reason;
        return !reason;
}

bool redirect_uri_matches(struct str registered, struct str presented) {
        struct str host_a, port_a, rest_a, host_b, port_b, rest_b;
        const struct str http = STR("http://");

        if (registered.len == 0)
                return false;
        if (str_eq(registered, presented))
                return true;
        if (!str_starts_with(registered, http) || !str_starts_with(presented, http) ||
            presented.len > REDIRECT_URI_MAX)
                return false;

        split_authority(str_from(registered, http.len), &host_a, &port_a, &rest_a);
        split_authority(str_from(presented, http.len), &host_b, &port_b, &rest_b);
        return is_loopback(host_a) && str_eq(host_a, host_b) && (!port_a.ptr || is_port(port_a)) &&
               (!port_b.ptr || is_port(port_b)) && str_eq(rest_a, rest_b);
}
