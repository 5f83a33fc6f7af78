#include "http/forwarded.h"

#include "http/guard.h"

enum field { FIELD_FORWARDED, FIELD_X_FORWARDED_FOR };

/* Reads the elements of all fields of one name from the last to the first, as if they were one list (RFC 9110 §5.3). */
struct walk {
        const struct http_header *headers;
        struct str name;
        size_t next; /* headers that were not looked at yet */
        struct str rest;
        bool in_field;
};

/* Splits off what follows the last comma that stands outside of a quoted string. Read from the end, what a client wrote
 * further left, quotes among it, can't change where the proxy's own element begins. */
static struct str split_last(struct str *rest, bool *ret_more) {
        struct str element;
        bool quoted = false;
        size_t i = rest->len;

        for (; i > 0; i--) {
                char c = rest->ptr[i - 1];
                size_t escapes = 0;

                if (c == ',' && !quoted)
                        break;
                if (c != '"')
                        continue;
                while (escapes + 1 < i && rest->ptr[i - 2 - escapes] == '\\')
                        escapes++;
                if (!quoted || escapes % 2 == 0)
                        quoted = !quoted;
        }
        element = str_trim(str_from(*rest, i));
        *rest = str_first(*rest, i > 0 ? i - 1 : 0);
        *ret_more = i > 0;
        return element;
}

/* The next element to the left; false at the list's beginning. Empty ones count for nothing (RFC 9110 §5.6.1.2). */
static bool walk_next(struct walk *w, struct str *ret) {
        for (;;) {
                while (!w->in_field) {
                        if (w->next == 0)
                                return false;
                        w->next--;
                        w->in_field = str_eq_ignore_case(w->headers[w->next].name, w->name);
                        w->rest = w->headers[w->next].value;
                }
                *ret = split_last(&w->rest, &w->in_field);
                if (ret->len > 0)
                        return true;
        }
}

static bool is_port(struct str text) {
        uint64_t port;

        return str_to_uint(text, UINT16_MAX, &port);
}

/* An address with or without a port; IPv6 in brackets, or bare where no port could be meant (X-Forwarded-For alone). */
static bool read_node(struct str node, bool bare_v6, struct ip *ret) {
        ptrdiff_t end;

        if (str_starts_with(node, STR("["))) {
                struct str inside;

                end = str_find(node, ']');
                if (end < 0)
                        return false;
                inside = str_n(node.ptr + 1, (size_t)end - 1);
                node = str_from(node, (size_t)end + 1);
                if (node.len > 0 && (node.ptr[0] != ':' || !is_port(str_from(node, 1))))
                        return false;
                return str_find(inside, ':') >= 0 && ip_parse(inside, ret);
        }
        if (bare_v6 && str_find(node, ':') >= 0 && ip_parse(node, ret))
                return true;
        end = str_find(node, ':');
        if (end >= 0) {
                if (!is_port(str_from(node, (size_t)end + 1)))
                        return false;
                node = str_first(node, (size_t)end);
        }
        return ip_parse(node, ret);
}

/* Takes "name=value" off the front of a forwarded-element (RFC 7239 §4). Strict: no space around "=", and values that are
 * quoted hold no escape, since no address needs one. */
static bool take_pair(struct str *rest, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t equals = str_find(*rest, '='), end;

        if (equals < 1)
                return false;
        *ret_name = str_first(*rest, (size_t)equals);
        *rest = str_from(*rest, (size_t)equals + 1);
        if (!guard_is_token(*ret_name))
                return false;
        if (str_starts_with(*rest, STR("\""))) {
                *rest = str_from(*rest, 1);
                end = str_find(*rest, '"');
                if (end < 0)
                        return false;
                *ret_value = str_first(*rest, (size_t)end);
                *rest = str_trim(str_from(*rest, (size_t)end + 1));
                if (str_find(*ret_value, '\\') >= 0)
                        return false;
        } else {
                end = str_find(*rest, ';');
                *ret_value = str_trim(end < 0 ? *rest : str_first(*rest, (size_t)end));
                *rest = end < 0 ? STR("") : str_from(*rest, (size_t)end);
                if (!guard_is_token(*ret_value))
                        return false;
        }
        if (rest->len == 0)
                return true;
        if (rest->ptr[0] != ';')
                return false;
        *rest = str_trim(str_from(*rest, 1));
        return true;
}

/* The one "for" of a forwarded-element. "unknown" and hidden names (RFC 7239 §6.2, §6.3) are no address. */
static bool read_element(struct str element, struct ip *ret) {
        struct str name, value, node = STR_NULL;

        while (element.len > 0) {
                if (!take_pair(&element, &name, &value))
                        return false;
                if (!str_eq_ignore_case(name, STR("for")))
                        continue;
                if (node.ptr)
                        return false;
                node = value;
        }
        return node.ptr && read_node(node, false, ret);
}

static enum forwarded read_field(enum field field, const struct http_header *headers, size_t n_headers,
                                 const struct network_list *trusted, struct ip *ret) {
        struct walk w = { .headers = headers, .next = n_headers };
        struct str element;
        struct ip ip;
        bool found = false;

        w.name = field == FIELD_FORWARDED ? STR("Forwarded") : STR("X-Forwarded-For");
        for (unsigned hops = 0; walk_next(&w, &element); hops++) {
                if (hops == FORWARDED_HOPS_MAX || element.len > FORWARDED_ELEMENT_MAX)
                        return FORWARDED_PEER;
                if (field == FIELD_FORWARDED ? !read_element(element, &ip) : !read_node(element, true, &ip))
                        return FORWARDED_PEER;
                found = true;
                if (!network_list_has(trusted, &ip))
                        break;
        }
        if (!found)
                return FORWARDED_PEER;
        *ret = ip;
        return FORWARDED_CLIENT;
}

static bool has_field(const struct http_header *headers, size_t n_headers, struct str name) {
        for (size_t i = 0; i < n_headers; i++)
                if (str_eq_ignore_case(headers[i].name, name))
                        return true;
        return false;
}

enum forwarded forwarded_client(const struct http_header *headers, size_t n_headers,
                                const struct network_list *trusted, struct ip *ret) {
        bool standard = has_field(headers, n_headers, STR("Forwarded"));
        bool usual = has_field(headers, n_headers, STR("X-Forwarded-For"));
        enum forwarded a = FORWARDED_PEER, b = FORWARDED_PEER;
        struct ip first, second;

        if (standard)
                a = read_field(FIELD_FORWARDED, headers, n_headers, trusted, &first);
        if (usual)
                b = read_field(FIELD_X_FORWARDED_FOR, headers, n_headers, trusted, &second);
        if (standard && usual &&
            (a != b || (a == FORWARDED_CLIENT && memcmp(&first, &second, sizeof(first)) != 0)))
                return FORWARDED_CONFLICT;
        if (a == FORWARDED_CLIENT)
                *ret = first;
        else if (b == FORWARDED_CLIENT)
                *ret = second;
        else
                return FORWARDED_PEER;
        return FORWARDED_CLIENT;
}
