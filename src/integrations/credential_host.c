#include "integrations/credential_host.h"

#include <jansson.h>

#include "base/errors.h"
#include "base/json_depth.h"
#include "base/sentence.h"

enum { LABEL_MAX = 63, HOST_NAME_MAX_BYTES = 253 };

static const struct str wildcard = STR_INIT("*.");

/* --- the host --- */

static bool is_letter_or_digit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Names as DNS has them (RFC 1123 §2.1), with the underscores that some services use; others come as "xn--…". */
static bool is_label(struct str label) {
        if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
                return false;
        for (size_t i = 0; i < label.len; i++)
                if (!is_letter_or_digit(label.ptr[i]) && label.ptr[i] != '-' && label.ptr[i] != '_')
                        return false;
        return true;
}

static bool is_name(struct str name, size_t *ret_labels) {
        struct str rest = name, label;
        size_t n = 0;

        if (name.len == 0 || name.len > HOST_NAME_MAX_BYTES)
                return false;
        while (str_next(&rest, '.', &label)) {
                if (!is_label(label))
                        return false;
                n++;
        }
        *ret_labels = n;
        return true;
}

int credential_host_read(struct arena *arena, struct str text, struct str *ret, const char **ret_problem) {
        size_t labels;
        struct str name;
        char *lower;

        if (text.len > 1 && text.ptr[text.len - 1] == '.')
                text.len--;
        lower = arena_alloc(arena, text.len + 1);
        if (!lower)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < text.len; i++)
                lower[i] =
                        text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] | 0x20) : text.ptr[i];
        *ret = str_n(lower, text.len);
        name = str_starts_with(*ret, wildcard) ? str_from(*ret, wildcard.len) : *ret;
        if (!is_name(name, &labels)) {
                *ret_problem = TEXT_LITERAL(
                        "Must be a host name such as api.example.com, or *.example.com for a domain and all "
                        "below it, without scheme, port and path");
                return -ERR_INVALID_FIELD;
        }
        /* "*.com" would send the secret to whoever has a name there. */
        if (name.ptr != ret->ptr && labels < 2) {
                *ret_problem = TEXT_LITERAL(
                        "A wildcard must stand before a domain of at least two parts, as in *.example.com");
                return -ERR_INVALID_FIELD;
        }
        return 0;
}

/* --- the header fields --- */

/* RFC 9110 §5.6.2 */
static bool is_token(struct str s) {
        static const char others[] = "!#$%&'*+-.^_`|~";

        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];

                if (!is_letter_or_digit(c) && !(c >= 'A' && c <= 'Z') && (c == '\0' || !strchr(others, c)))
                        return false;
        }
        return s.len > 0;
}

/* Those by which a message is framed, routed or kept on one connection (RFC 9110 §7.6.1). */
static bool is_forbidden(struct str name) {
        static const struct str names[] = {
                STR_INIT("Host"),
                STR_INIT("Content-Length"),
                STR_INIT("Transfer-Encoding"),
                STR_INIT("Connection"),
                STR_INIT("Upgrade"),
                STR_INIT("Keep-Alive"),
                STR_INIT("TE"),
                STR_INIT("Trailer"),
                STR_INIT("Expect"),
                STR_INIT("HTTP2-Settings"),
        };
        static const struct str proxy = STR_INIT("Proxy-");

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_eq_ignore_case(name, names[i]))
                        return true;
        return str_eq_ignore_case(str_first(name, proxy.len), proxy);
}

/* RFC 9110 §5.5, without tabs, and without blanks at either end: what is sent as a header field holds no control character. */
static bool is_value(struct str value) {
        for (size_t i = 0; i < value.len; i++)
                if (str_at(value, i) < 0x20 || value.ptr[i] == 0x7f)
                        return false;
        return value.len > 0 && str_eq(str_trim(value), value);
}

static bool is_repeated(const struct credential_secret *s, struct str name) {
        for (size_t i = 0; i < s->n_headers; i++)
                if (str_eq_ignore_case(s->headers[i].name, name))
                        return true;
        return false;
}

/* NULL for one that is good. */
static const char *problem_of(const struct credential_secret *s, struct str name, struct str value) {
        if (s->n_headers == CREDENTIAL_HEADERS_MAX)
                return TEXT_LITERAL("There may be at most 32 header fields");
        if (!is_token(name) || name.len > CREDENTIAL_HEADER_NAME_MAX)
                return TEXT_LITERAL("A name must be that of a header field, at most 128 characters long");
        if (is_forbidden(name))
                return TEXT_LITERAL(
                        "Host, Content-Length, Connection and other fields that tell where a message goes or "
                        "ends "
                        "can't be set");
        if (is_repeated(s, name))
                return TEXT_LITERAL("A header field may be given once");
        if (!is_value(value) || value.len > CREDENTIAL_HEADER_VALUE_MAX)
                return TEXT_LITERAL(
                        "A value must be 1 to 8192 characters without control characters such as line "
                        "breaks and tabs, "
                        "and without blanks at its ends");
        return NULL;
}

static int take_header(struct arena *arena, struct str name, const json_t *json, struct credential_secret *s,
                       size_t *total, const char **ret_problem) {
        struct str value = str_n(json_string_value(json), json_string_length(json));
        struct credential_header header;

        *ret_problem =
                json_is_string(json) ? problem_of(s, name, value) : TEXT_LITERAL("Values must be strings");
        *total += name.len + value.len;
        if (!*ret_problem && *total > CREDENTIAL_HEADERS_BYTES_MAX)
                *ret_problem = TEXT_LITERAL("All header fields together may have 16384 characters");
        if (*ret_problem)
                return -ERR_INVALID_FIELD;
        header = (struct credential_header){ arena_copy(arena, name), arena_copy(arena, value) };
        if (!header.name.ptr || !header.value.ptr)
                return -ERR_NO_MEMORY;
        s->headers[s->n_headers++] = header;
        return 0;
}

int credential_headers_read(struct arena *arena, struct str json, struct credential_secret *ret,
                            const char **ret_problem) {
        json_auto_t *object = NULL;
        const char *key;
        json_t *value;
        size_t total = 0;
        int r = 0;

        ret->n_headers = 0;
        if (!json_deeper_than(json, 2))
                object = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(object)) {
                *ret_problem = TEXT_LITERAL("Must be an object of names and values");
                return -ERR_INVALID_FIELD;
        }
        json_object_foreach(object, key, value) {
                r = take_header(arena, str_of(key), value, ret, &total, ret_problem);
                if (r < 0)
                        break;
        }
        return r;
}

bool credential_host_matches(struct str pattern, struct str host) {
        struct str domain;

        if (!str_starts_with(pattern, STR("*.")))
                return pattern.len > 0 && str_eq_ignore_case(pattern, host);
        domain = str_from(pattern, 2);
        if (str_eq_ignore_case(domain, host))
                return true;
        return host.len > domain.len && host.ptr[host.len - domain.len - 1] == '.' &&
               str_eq_ignore_case(str_from(host, host.len - domain.len), domain);
}
