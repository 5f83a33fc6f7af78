#include "base/str.h"

static uint8_t ascii_lower(uint8_t c) {
        return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Eight bytes, each as ascii_lower() makes it. Every request's field names come by here. */
static uint64_t ascii_lower_eight(const char *at) {
        const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
        uint64_t eight, ascii, from_a, beyond_z;

        memcpy(&eight, at, sizeof(eight));
        ascii = eight & ~high; /* so that no sum runs over into the next byte */
        from_a = ascii + ones * (0x80 - 'A');
        beyond_z = ascii + ones * (0x80 - 'Z' - 1);
        return eight | (from_a & ~beyond_z & ~eight & high) >> 2;
}

bool str_eq_ignore_case(struct str a, struct str b) {
        size_t i = 0;

        if (a.len != b.len)
                return false;
        for (; i + sizeof(uint64_t) <= a.len; i += sizeof(uint64_t))
                if (ascii_lower_eight(a.ptr + i) != ascii_lower_eight(b.ptr + i))
                        return false;
        for (; i < a.len; i++)
                if (ascii_lower(str_at(a, i)) != ascii_lower(str_at(b, i)))
                        return false;
        return true;
}

ptrdiff_t str_find(struct str s, char c) {
        const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

        return p ? p - s.ptr : -1;
}

bool str_contains(struct str s, struct str needle) {
        if (needle.len == 0)
                return true;
        return s.len && memmem(s.ptr, s.len, needle.ptr, needle.len);
}

struct str str_trim(struct str s) {
        while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
                s = str_from(s, 1);
        while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
                s.len--;
        return s;
}

bool str_next(struct str *rest, char separator, struct str *ret_piece) {
        ptrdiff_t at;

        if (!rest->ptr)
                return false;
        at = str_find(*rest, separator);
        if (at < 0) {
                *ret_piece = *rest;
                *rest = STR_NULL;
        } else {
                *ret_piece = str_first(*rest, (size_t)at);
                *rest = str_from(*rest, (size_t)at + 1);
        }
        return true;
}

bool str_to_uint(struct str s, uint64_t max, uint64_t *ret) {
        uint64_t value = 0;

        if (s.len == 0 || (s.len > 1 && s.ptr[0] == '0'))
                return false;
        for (size_t i = 0; i < s.len; i++) {
                uint8_t digit = (uint8_t)(str_at(s, i) - '0');

                if (digit > 9 || value > (UINT64_MAX - digit) / 10)
                        return false;
                value = value * 10 + digit;
        }
        if (value > max)
                return false;
        *ret = value;
        return true;
}

size_t str_utf8_sequence(struct str s) {
        uint8_t c = str_at(s, 0), low = 0x80, high = 0xbf;
        size_t n;

        if (c < 0x80)
                return 1;
        if (c >= 0xc2 && c <= 0xdf)
                n = 2;
        else if (c >= 0xe0 && c <= 0xef)
                n = 3;
        else if (c >= 0xf0 && c <= 0xf4)
                n = 4;
        else
                return 0;
        if (s.len < n)
                return 0;
        /* The second byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
        if (c == 0xe0)
                low = 0xa0;
        else if (c == 0xed)
                high = 0x9f;
        else if (c == 0xf0)
                low = 0x90;
        else if (c == 0xf4)
                high = 0x8f;
        if (str_at(s, 1) < low || str_at(s, 1) > high)
                return 0;
        for (size_t i = 2; i < n; i++)
                if ((str_at(s, i) & 0xc0) != 0x80)
                        return 0;
        return n;
}

bool str_is_utf8(struct str s) {
        const uint64_t high_bits = UINT64_C(0x8080808080808080);

        while (s.len) {
                uint64_t eight;
                size_t n;

                /* nearly all text is ASCII */
                if (s.len >= sizeof(eight)) {
                        memcpy(&eight, s.ptr, sizeof(eight));
                        if (!(eight & high_bits)) {
                                s = str_from(s, sizeof(eight));
                                continue;
                        }
                }
                n = str_utf8_sequence(s);
                if (n == 0)
                        return false;
                s = str_from(s, n);
        }
        return true;
}

size_t str_utf8_length(struct str s) {
        size_t n = 0;

        for (size_t i = 0; i < s.len; i++)
                n += (str_at(s, i) & 0xc0) != 0x80;
        return n;
}

bool str_has_control(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (str_at(s, i) < 0x20 || str_at(s, i) == 0x7f)
                        return true;
        return false;
}
