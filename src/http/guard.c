#include "http/guard.h"

#include "base/codec.h"

#define X(ident, status, text) const struct refusal REFUSAL_##ident = { status, STR_INIT(text) };
#include "http/refusals.def"
#undef X

enum { TOKEN = 1, TARGET = 2, HOST = 4, CONTENT_LENGTH_DIGITS = 18, PORT_DIGITS = 5 };

#define ALNUM (TOKEN | TARGET | HOST)

/* What each byte may be part of. Targets: RFC 3986 §2.2 and §2.3 with `[`, `]` and `%`. Hosts: reg-name
 * without percent-encoding, for no name that reaches this server needs it. */
static const uint8_t classes[256] = {
        ['0' ... '9'] = ALNUM,   ['A' ... 'Z'] = ALNUM,  ['a' ... 'z'] = ALNUM,  ['!'] = TOKEN | TARGET,
        ['#'] = TOKEN,           ['$'] = TOKEN | TARGET, ['%'] = TOKEN | TARGET, ['&'] = TOKEN | TARGET,
        ['\''] = TOKEN | TARGET, ['('] = TARGET,         [')'] = TARGET,         ['*'] = TOKEN | TARGET,
        ['+'] = TOKEN | TARGET,  [','] = TARGET,         ['-'] = ALNUM,          ['.'] = ALNUM,
        ['/'] = TARGET,          [':'] = TARGET,         [';'] = TARGET,         ['='] = TARGET,
        ['?'] = TARGET,          ['@'] = TARGET,         ['['] = TARGET,         [']'] = TARGET,
        ['^'] = TOKEN,           ['_'] = ALNUM,          ['`'] = TOKEN,          ['|'] = TOKEN,
        ['~'] = ALNUM,
};

static bool all_of(struct str s, uint8_t class) {
        uint8_t common = class;

        for (size_t i = 0; i < s.len; i++)
                common &= classes[str_at(s, i)];
        return common != 0;
}

bool guard_is_token(struct str s) {
        return s.len > 0 && all_of(s, TOKEN);
}

const struct refusal *guard_unknown_method(struct str start) {
        ptrdiff_t space;

        while (start.len && (start.ptr[0] == '\r' || start.ptr[0] == '\n'))
                start = str_from(start, 1);
        space = str_find(start, ' ');
        if (space >= 0)
                start = str_first(start, (size_t)space);
        return guard_is_token(start) ? &REFUSAL_METHOD : &REFUSAL_REQUEST_LINE;
}

const struct refusal *guard_request_line(struct str start, struct str target, const char *version) {
        static const struct str protocol = STR_INIT(" HTTP/");
        const char *end = start.ptr + start.len;

        if (target.len == 0 || target.ptr - start.ptr < 2 || target.ptr[-1] != ' ' || target.ptr[-2] == ' ')
                return &REFUSAL_REQUEST_LINE;
        if (target.ptr + target.len + protocol.len != version ||
            memcmp(target.ptr + target.len, protocol.ptr, protocol.len) != 0)
                return &REFUSAL_REQUEST_LINE;
        if (end - version < 5)
                return &REFUSAL_REQUEST_LINE;
        if (memcmp(version, "1.1", 3) != 0 && memcmp(version, "1.0", 3) != 0)
                return &REFUSAL_VERSION;
        return memcmp(version + 3, "\r\n", 2) == 0 ? NULL : &REFUSAL_REQUEST_LINE;
}

const struct refusal *guard_target(struct str target) {
        const char *end = target.ptr + target.len;

        if (target.len == 0 || !all_of(target, TARGET))
                return &REFUSAL_TARGET;
        for (const char *p = target.ptr; (p = memchr(p, '%', (size_t)(end - p))); p += 3) {
                int high, low, byte;

                if (end - p < 3)
                        return &REFUSAL_TARGET;
                high = hex_digit(p[1]);
                low = hex_digit(p[2]);
                if (high < 0 || low < 0)
                        return &REFUSAL_TARGET;
                byte = high * 16 + low;
                if (byte == 0 || byte == '\r' || byte == '\n')
                        return &REFUSAL_TARGET;
        }
        return NULL;
}

const struct refusal *guard_lines(struct str head) {
        const char *end = head.ptr + head.len, *p = head.ptr, *lf;

        while ((lf = memchr(p, '\n', (size_t)(end - p)))) {
                if (lf == p || lf[-1] != '\r')
                        return &REFUSAL_LINE_END;
                if (lf + 1 < end && (lf[1] == ' ' || lf[1] == '\t'))
                        return &REFUSAL_LINE_END;
                if (memchr(p, '\r', (size_t)(lf - p)) != lf - 1)
                        return &REFUSAL_LINE_END;
                p = lf + 1;
        }
        return p == end ? NULL : &REFUSAL_LINE_END;
}

const struct refusal *guard_framing(struct str framing, bool *cr) {
        for (size_t i = 0; i < framing.len; i++) {
                if (*cr != (framing.ptr[i] == '\n'))
                        return &REFUSAL_CHUNK;
                *cr = framing.ptr[i] == '\r';
        }
        return NULL;
}

/* Whether one of eight bytes may be a control character: below 0x20, or 0x7f. Bytes from 0x80 on never are. */
static bool may_hold_control(uint64_t eight) {
        const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
        uint64_t below_space = (eight - ones * 0x20) & ~eight,
                 del = ((eight ^ ones * 0x7f) - ones) & ~(eight ^ ones * 0x7f);

        return (below_space | del) & high;
}

static bool is_field_value(struct str value) {
        while (value.len) {
                uint8_t c = str_at(value, 0);
                uint64_t eight;

                if (value.len >= sizeof(eight)) {
                        memcpy(&eight, value.ptr, sizeof(eight));
                        if (!may_hold_control(eight)) {
                                value = str_from(value, sizeof(eight));
                                continue;
                        }
                }
                if ((c < 0x20 && c != '\t') || c == 0x7f)
                        return false;
                value = str_from(value, 1);
        }
        return true;
}

const struct refusal *guard_field(struct str name, struct str value) {
        return guard_is_token(name) && is_field_value(value) ? NULL : &REFUSAL_FIELD;
}

/* What stands between the brackets of an IPv6 address (RFC 3986 §3.2.2): characters only, for the name is
 * compared, never resolved. */
static bool is_ipv6_text(struct str s) {
        bool colon = false;

        for (size_t i = 0; i < s.len; i++) {
                if (hex_digit(s.ptr[i]) < 0 && s.ptr[i] != ':' && s.ptr[i] != '.')
                        return false;
                colon |= s.ptr[i] == ':';
        }
        return colon && s.len <= 45;
}

const struct refusal *guard_host(struct str host) {
        struct str name = host, port = STR_NULL;
        ptrdiff_t at;

        if (host.len && host.ptr[0] == '[') {
                at = str_find(host, ']');
                if (at < 0 || !is_ipv6_text(str_n(host.ptr + 1, (size_t)at - 1)))
                        return &REFUSAL_HOST;
                port = str_from(host, (size_t)at + 1);
                if (port.len && port.ptr[0] != ':')
                        return &REFUSAL_HOST;
        } else {
                at = str_find(host, ':');
                if (at >= 0) {
                        name = str_first(host, (size_t)at);
                        port = str_from(host, (size_t)at);
                }
                if (name.len == 0 || !all_of(name, HOST))
                        return &REFUSAL_HOST;
        }
        if (port.len == 0)
                return NULL;
        port = str_from(port, 1);
        if (port.len == 0 || port.len > PORT_DIGITS)
                return &REFUSAL_HOST;
        for (size_t i = 0; i < port.len; i++)
                if (port.ptr[i] < '0' || port.ptr[i] > '9')
                        return &REFUSAL_HOST;
        return NULL;
}

const struct refusal *guard_content_length(struct str value, uint64_t *ret) {
        if (value.len > CONTENT_LENGTH_DIGITS || !str_to_uint(value, UINT64_MAX, ret))
                return &REFUSAL_LENGTH;
        return NULL;
}

/* Whether `name` begins with `known`, in any case, `_` counting as `-`. */
static bool resembles(struct str name, struct str known) {
        if (name.len < known.len)
                return false;
        for (size_t i = 0; i < known.len; i++) {
                char c = name.ptr[i] == '_' ? '-' : (char)(name.ptr[i] | 0x20);

                if (c != known.ptr[i])
                        return false;
        }
        return true;
}

static enum guard_known framing_name(struct str name, struct str known, enum guard_known which) {
        if (!resembles(name, known))
                return GUARD_OTHER;
        return str_eq_ignore_case(name, known) ? which : GUARD_LOOKALIKE;
}

enum guard_known guard_name(struct str name) {
        if (name.len == 0)
                return GUARD_OTHER;
        switch (name.ptr[0] | 0x20) {
        case 'a':
                return str_eq_ignore_case(name, STR("authorization")) ? GUARD_AUTHORIZATION : GUARD_OTHER;
        case 'c':
                if (name.len == 12 && str_eq_ignore_case(name, STR("content-type")))
                        return GUARD_CONTENT_TYPE;
                return framing_name(name, STR("content-length"), GUARD_CONTENT_LENGTH);
        case 'e':
                return str_eq_ignore_case(name, STR("expect")) ? GUARD_EXPECT : GUARD_OTHER;
        case 'h':
                return framing_name(name, STR("host"), GUARD_HOST);
        case 'o':
                return str_eq_ignore_case(name, STR("origin")) ? GUARD_ORIGIN : GUARD_OTHER;
        case 't':
                return framing_name(name, STR("transfer-encoding"), GUARD_TRANSFER_ENCODING);
        case 'x':
                return str_eq_ignore_case(name, STR("x-api-key")) ? GUARD_API_KEY : GUARD_OTHER;
        default:
                return GUARD_OTHER;
        }
}
