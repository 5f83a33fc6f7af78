/* Backslash escapes, as in Python's literals (Python reference §2.4.1). */
#include "agents/value/python_text.h"

static int digit_of(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads up to `max` digits. Returns how many there were. */
static size_t read_digits(struct str s, size_t max, int base, uint32_t *ret) {
        size_t n = 0;

        *ret = 0;
        while (n < max && n < s.len) {
                int digit = digit_of(s.ptr[n]);

                if (digit < 0 || digit >= base)
                        break;
                *ret = *ret * (uint32_t)base + (uint32_t)digit;
                n++;
        }
        return n;
}

/* \u and \U: the second half of a pair is taken along. Returns the bytes after the letter; 0 when something is wrong. */
static size_t read_unicode(struct str s, size_t digits, uint32_t *ret, const char **problem) {
        uint32_t low;

        if (read_digits(s, digits, 16, ret) < digits) {
                *problem = digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
                return 0;
        }
        if (*ret >= 0xd800 && *ret < 0xdc00 && str_starts_with(str_from(s, digits), STR("\\u")) &&
            read_digits(str_from(s, digits + 2), 4, 16, &low) == 4 && low >= 0xdc00 && low < 0xe000) {
                *ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
                return digits + 6;
        }
        if (*ret > 0x10ffff || (*ret >= 0xd800 && *ret < 0xe000)) {
                *problem = *ret > 0x10ffff ? "illegal Unicode character" : "half of a surrogate pair";
                return 0;
        }
        return digits;
}

/* What stands after a backslash. Returns how many bytes that took; 0 when something is wrong. */
static size_t append_unescaped(struct strbuf *out, struct str s, const char **problem) {
        static const char names[] = "abfnrtv\\'\"\n", values[] = "\a\b\f\n\r\t\v\\'\"";
        const char *name = s.ptr[0] ? strchr(names, s.ptr[0]) : NULL;
        uint32_t c;
        size_t n;

        if (name) {
                if (*name != '\n') /* a line that goes on: nothing */
                        strbuf_append_char(out, values[name - names]);
                return 1;
        }
        n = read_digits(s, 3, 8, &c);
        if (n == 0 && (s.ptr[0] == 'u' || s.ptr[0] == 'U')) {
                n = read_unicode(str_from(s, 1), s.ptr[0] == 'u' ? 4 : 8, &c, problem);
                if (n == 0)
                        return 0;
                n++;
        } else if (n == 0 && s.ptr[0] == 'x') {
                if (read_digits(str_from(s, 1), 2, 16, &c) < 2) {
                        *problem = "truncated \\xXX escape";
                        return 0;
                }
                n = 3;
        } else if (n == 0 && s.ptr[0] == 'N') {
                *problem = "\\N{…}: characters can't be named here, give their number as \\uXXXX";
                return 0;
        }
        if (n > 0) {
                python_append_character(out, c);
                return n;
        }
        strbuf_append_char(out, '\\');
        strbuf_append_char(out, s.ptr[0]);
        return 1;
}

const char *python_unescape(struct strbuf *out, struct str s) {
        const char *problem = NULL;

        while (s.len > 0) {
                ptrdiff_t at = str_find(s, '\\');
                size_t n;

                if (at < 0) {
                        strbuf_append(out, s);
                        break;
                }
                strbuf_append(out, str_first(s, (size_t)at));
                s = str_from(s, (size_t)at + 1);
                if (s.len == 0)
                        return "\\ at end of string";
                n = append_unescaped(out, s, &problem);
                if (n == 0)
                        return problem;
                s = str_from(s, n);
        }
        return NULL;
}
