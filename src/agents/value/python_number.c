/* Numbers and characters, as Python reads and classes them. */
#include <locale.h>
#include <stdlib.h>
#include <threads.h>
#include <wctype.h>

#include "agents/value/python_text.h"

enum { NUMBER_MAX = 400 };

static bool is_number(const char *digits) {
        size_t n = 0;

        if (*digits == '-' || *digits == '+')
                digits++;
        if (str_eq_ignore_case(str_of(digits), STR("inf")) ||
            str_eq_ignore_case(str_of(digits), STR("infinity")) ||
            str_eq_ignore_case(str_of(digits), STR("nan")))
                return true;
        for (; *digits; digits++) {
                n += *digits >= '0' && *digits <= '9';
                if (!strchr("0123456789.eE+-", *digits))
                        return false;
        }
        return n > 0;
}

bool python_to_real(struct str s, double *ret) {
        char digits[NUMBER_MAX + 1], *end;
        size_t n = 0;
        double value;

        s = python_strip(s);
        if (s.len == 0 || s.len > NUMBER_MAX)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                bool between = i > 0 && i + 1 < s.len && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9' &&
                               s.ptr[i + 1] >= '0' && s.ptr[i + 1] <= '9';

                if (s.ptr[i] == '_' && between)
                        continue;
                digits[n++] = s.ptr[i];
        }
        digits[n] = 0;
        if (!is_number(digits))
                return false;
        value = strtod(digits, &end);
        if (*end)
                return false;
        *ret = value;
        return true;
}

static locale_t utf8;
static once_flag utf8_once = ONCE_FLAG_INIT;

static void make_utf8(void) {
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* The C library's tables of Unicode; they need a locale of their own, for the program's is "C". */
static bool has_utf8(void) {
        call_once(&utf8_once, make_utf8);
        return utf8 != (locale_t)0;
}

uint32_t python_to_upper(uint32_t c) {
        if (c < 0x80)
                return c >= 'a' && c <= 'z' ? c - 32 : c;
        return has_utf8() ? towupper_l(c, utf8) : c;
}

uint32_t python_to_lower(uint32_t c) {
        if (c < 0x80)
                return c >= 'A' && c <= 'Z' ? c + 32 : c;
        return has_utf8() ? towlower_l(c, utf8) : c;
}

bool python_is_word(uint32_t c) {
        if (c < 0x80)
                return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return has_utf8() && iswalnum_l(c, utf8);
}
