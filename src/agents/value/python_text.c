#include "agents/value/python_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t python_character(struct str s, uint32_t *ret) {
        uint8_t lead = str_at(s, 0);
        size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

        if (n > s.len)
                n = s.len;
        *ret = n == 1 ? lead : lead & (0xffu >> (n + 1));
        for (size_t i = 1; i < n; i++)
                *ret = *ret << 6 | (str_at(s, i) & 0x3f);
        return n;
}

void python_append_character(struct strbuf *out, uint32_t c) {
        if (c < 0x80) {
                strbuf_append_char(out, (char)c);
        } else if (c < 0x800) {
                strbuf_append_char(out, (char)(0xc0 | c >> 6));
                strbuf_append_char(out, (char)(0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
                strbuf_append_char(out, (char)(0xe0 | c >> 12));
                strbuf_append_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
                strbuf_append_char(out, (char)(0x80 | (c & 0x3f)));
        } else {
                strbuf_append_char(out, (char)(0xf0 | c >> 18));
                strbuf_append_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
                strbuf_append_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
                strbuf_append_char(out, (char)(0x80 | (c & 0x3f)));
        }
}

bool python_is_space(uint32_t c) {
        return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
               c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
               c == 0x205f || c == 0x3000;
}

/* Not inlined: the common case below is to pay nothing for this one's variable. */
static __attribute__((noinline)) size_t wide_space(struct str s) {
        uint32_t c;
        size_t n = python_character(s, &c);

        return python_is_space(c) ? n : 0;
}

size_t python_space(struct str s) {
        uint8_t lead = str_at(s, 0);

        if (lead >= 0x80)
                return wide_space(s);
        return (lead >= 0x09 && lead <= 0x0d) || (lead >= 0x1c && lead <= 0x20);
}

struct str python_strip_left(struct str s) {
        size_t n;

        while (s.len > 0 && (n = python_space(s)) > 0)
                s = str_from(s, n);
        return s;
}

struct str python_strip_right(struct str s) {
        while (s.len > 0) {
                size_t start = s.len - 1;

                while (start > 0 && (str_at(s, start) & 0xc0) == 0x80)
                        start--;
                if (python_space(str_from(s, start)) == 0)
                        break;
                s.len = start;
        }
        return s;
}

struct str python_strip(struct str s) {
        return python_strip_right(python_strip_left(s));
}

bool python_next_word(struct str *rest, struct str *ret) {
        struct str s = python_strip_left(*rest);
        size_t end = 0;
        uint32_t c;

        if (s.len == 0)
                return false;
        while (end < s.len) {
                size_t n = python_character(str_from(s, end), &c);

                if (python_is_space(c))
                        break;
                end += n;
        }
        *ret = str_first(s, end);
        *rest = str_from(s, end);
        return true;
}

size_t python_offset(struct str s, size_t n) {
        size_t at = 0;

        while (n-- > 0 && at < s.len) {
                at++;
                while (at < s.len && (str_at(s, at) & 0xc0) == 0x80)
                        at++;
        }
        return at;
}

ptrdiff_t python_find(struct str s, struct str needle, size_t from) {
        const char *found;

        if (from > s.len || needle.len > s.len - from)
                return -1;
        if (needle.len == 0)
                return (ptrdiff_t)from;
        found = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
        return found ? found - s.ptr : -1;
}

struct str python_real(double value, char out[PYTHON_REAL_MAX]) {
        char digits[PYTHON_REAL_MAX];
        int precision, exponent, n;
        char *e;

        if (isnan(value))
                return STR("nan");
        if (isinf(value))
                return value > 0 ? STR("inf") : STR("-inf");
        /* The fewest digits that read back as the same number. */
        for (precision = 0; precision < 17; precision++) {
                snprintf(digits, sizeof(digits), "%.*e", precision, value);
                if (strtod(digits, NULL) == value)
                        break;
        }
        e = strchr(digits, 'e');
        exponent = (e[1] == '-' ? -1 : 1) * (int)strtod(e + 2, NULL);
        if (exponent < -4 || exponent >= 16) {
                *e = 0;
                n = snprintf(out, PYTHON_REAL_MAX, "%se%c%02d", digits, e[1], abs(exponent));
        } else {
                n = snprintf(out, PYTHON_REAL_MAX, "%.*f", MAX_OF(precision - exponent, 1), value);
        }
        return str_n(out, (size_t)n);
}

/* Whether repr() shows it as it is; the ranges that text has, not all of Unicode's. */
static bool is_printable(uint32_t c) {
        if (c < 0x7f)
                return c >= 0x20;
        return !(c <= 0xa0 || c == 0xad || python_is_space(c) || (c >= 0x200b && c <= 0x200f) ||
                 (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
                 (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xfff0 && c <= 0xfffb) || c == 0xfffe || c == 0xffff ||
                 c >= 0xe0000);
}

static void append_escape(struct strbuf *out, uint32_t c) {
        if (c == '\n')
                strbuf_append(out, STR("\\n"));
        else if (c == '\r')
                strbuf_append(out, STR("\\r"));
        else if (c == '\t')
                strbuf_append(out, STR("\\t"));
        else if (c <= 0xff)
                strbuf_printf(out, "\\x%02x", c);
        else if (c <= 0xffff)
                strbuf_printf(out, "\\u%04x", c);
        else
                strbuf_printf(out, "\\U%08x", c);
}

void python_append_repr(struct strbuf *out, struct str s) {
        char quote = str_find(s, '\'') >= 0 && str_find(s, '"') < 0 ? '"' : '\'';
        uint32_t c;

        strbuf_append_char(out, quote);
        while (s.len > 0) {
                size_t n = python_character(s, &c);

                if (c == (uint32_t)quote || c == '\\') {
                        strbuf_append_char(out, '\\');
                        strbuf_append_char(out, (char)c);
                } else if (is_printable(c)) {
                        strbuf_append(out, str_first(s, n));
                } else {
                        append_escape(out, c);
                }
                s = str_from(s, n);
        }
        strbuf_append_char(out, quote);
}

void python_append_escaped(struct strbuf *out, struct str s) {
        uint32_t c;

        while (s.len > 0) {
                s = str_from(s, python_character(s, &c));
                if (c == '\\')
                        strbuf_append(out, STR("\\\\"));
                else if (c >= 0x20 && c < 0x7f)
                        strbuf_append_char(out, (char)c);
                else
                        append_escape(out, c);
        }
}
