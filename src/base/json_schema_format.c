#include "base/json_schema_int.h"

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Takes one character off the front if it is one of these. */
static bool take(struct str *rest, const char *any) {
        if (rest->len == 0 || !rest->ptr[0] || !strchr(any, rest->ptr[0]))
                return false;
        *rest = str_from(*rest, 1);
        return true;
}

/* Takes `n` digits that make a number between `min` and `max`. */
static bool take_number(struct str *rest, size_t n, unsigned min, unsigned max, unsigned *ret) {
        unsigned number = 0;

        if (rest->len < n)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (!is_digit(rest->ptr[i]))
                        return false;
                number = 10 * number + (unsigned)(rest->ptr[i] - '0');
        }
        if (number < min || number > max)
                return false;
        *rest = str_from(*rest, n);
        *ret = number;
        return true;
}

static const char *take_date(struct str *rest) {
        static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        unsigned year, month, day;
        bool leap;

        if (!take_number(rest, 4, 0, 9999, &year) || !take(rest, "-"))
                return "it begins with the year, as 2026-01-31 does";
        if (!take_number(rest, 2, 1, 12, &month) || !take(rest, "-"))
                return "month value is outside expected range of 1-12";
        leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (!take_number(rest, 2, 1, days[month - 1] + (leap && month == 2), &day))
                return "day value is outside expected range";
        return NULL;
}

/* RFC 3339's time, whose seconds and offset may be left out: people write times of day without. */
static const char *take_time(struct str *rest) {
        unsigned hour, minute, second = 0, offset_hour = 0, offset_minute = 0, from, to;
        int sign = 0;

        if (!take_number(rest, 2, 0, 23, &hour) || !take(rest, ":"))
                return "hour value is outside expected range of 0-23";
        if (!take_number(rest, 2, 0, 59, &minute))
                return "minute value is outside expected range of 0-59";
        if (take(rest, ":")) {
                if (!take_number(rest, 2, 0, 60, &second))
                        return "second value is outside expected range of 0-59";
                if (take(rest, ".")) {
                        if (rest->len == 0 || !is_digit(rest->ptr[0]))
                                return "the fraction of the second has no digits";
                        while (take(rest, "0123456789"))
                                ;
                }
        }
        if (rest->len > 0 && (rest->ptr[0] == '+' || rest->ptr[0] == '-')) {
                sign = rest->ptr[0] == '-' ? 1 : -1;
                *rest = str_from(*rest, 1);
                if (!take_number(rest, 2, 0, 23, &offset_hour) || !take(rest, ":") ||
                    !take_number(rest, 2, 0, 59, &offset_minute))
                        return "the offset to UTC is not written as +01:00 is";
        } else {
                (void)take(rest, "Zz");
        }
        /* A leap second is the last one of a day in UTC. */
        from = hour * 60 + minute;
        to = offset_hour * 60 + offset_minute;
        if (second == 60 && (24 * 60 + (int)from + sign * (int)to) % (24 * 60) != 24 * 60 - 1)
                return "second value is outside expected range of 0-59";
        return NULL;
}

static const char *date_time_problem(struct str rest, bool date, bool time) {
        const char *problem = date ? take_date(&rest) : NULL;

        if (!problem && date && time && !take(&rest, "Tt "))
                problem = "between date and time stands a T";
        if (!problem && time)
                problem = take_time(&rest);
        if (!problem && rest.len > 0)
                problem = "unexpected extra characters at the end of the input";
        return problem;
}

static const char *uuid_problem(struct str text) {
        if (text.len != 36)
                return "invalid length: expected 32 hex digits in groups of 8-4-4-4-12";
        for (size_t i = 0; i < text.len; i++) {
                bool dash = i == 8 || i == 13 || i == 18 || i == 23;

                if (dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
                        return "invalid character: expected 32 hex digits in groups of 8-4-4-4-12";
        }
        return NULL;
}

/* A part of a domain name, in any script. */
static bool is_label(struct str label) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
                return false;
        for (size_t i = 0; i < label.len; i++)
                if (!is_letter(label.ptr[i]) && !is_digit(label.ptr[i]) && label.ptr[i] != '-' &&
                    str_at(label, i) < 0x80)
                        return false;
        return true;
}

/* Without the quoted and the numeric forms that no mailbox has. */
static const char *email_problem(struct str text) {
        ptrdiff_t at = str_find(text, '@');
        struct str local, domain, label;

        if (at < 0)
                return "An email address must have an @-sign.";
        local = str_first(text, (size_t)at);
        domain = str_from(text, (size_t)at + 1);
        if (local.len == 0 || local.len > 64 || domain.len == 0 || domain.len > 253 ||
            str_find(domain, '@') >= 0)
                return "There must be something of reasonable length on both sides of one @-sign.";
        if (str_has_control(text) || str_find(text, ' ') >= 0)
                return "An email address has no spaces.";
        if (local.ptr[0] == '.' || local.ptr[local.len - 1] == '.' || str_contains(local, STR("..")))
                return "The part before the @-sign has a misplaced dot.";
        while (str_next(&domain, '.', &label))
                if (!is_label(label))
                        return "The part after the @-sign is not a valid domain.";
        return NULL;
}

/* RFC 3986 §3: a scheme, and only characters that a URI may have. */
static const char *uri_problem(struct str text) {
        static const char others[] = "-._~:/?#[]@!$&'()*+,;=";
        size_t i = 0;

        while (i < text.len &&
               (is_letter(text.ptr[i]) || (i > 0 && (is_digit(text.ptr[i]) || text.ptr[i] == '+' ||
                                                     text.ptr[i] == '-' || text.ptr[i] == '.'))))
                i++;
        if (i == 0 || i == text.len || text.ptr[i] != ':')
                return "relative URL without a base";
        for (; i < text.len; i++) {
                char c = text.ptr[i];

                if (c == '%' && (text.len - i < 3 || !is_hex(text.ptr[i + 1]) || !is_hex(text.ptr[i + 2])))
                        return "% is not followed by two hex digits";
                if (c != '%' && !is_letter(c) && !is_digit(c) && (!c || !strchr(others, c)))
                        return "it has a character that must be percent-encoded";
        }
        return NULL;
}

const char *schema_format_problem(enum schema_format format, struct str text) {
        switch (format) {
        case FORMAT_UUID:
                return uuid_problem(text);
        case FORMAT_DATE:
                return date_time_problem(text, true, false);
        case FORMAT_DATE_TIME:
                return date_time_problem(text, true, true);
        case FORMAT_TIME:
                return date_time_problem(text, false, true);
        case FORMAT_EMAIL:
                return email_problem(text);
        case FORMAT_URI:
                return uri_problem(text);
        default:
                return NULL;
        }
}
