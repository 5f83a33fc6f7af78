#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/template/arithmetic.h"
#include "agents/template/filters.h"
#include "agents/value/python_text.h"

FILTER(filter_abs) {
        int r = tvalue_defined(rd, subject);

        if (r < 0)
                return r;
        if (!tvalue_is_number(subject))
                return template_fail(rd, "bad operand type for abs(): '%s'", tvalue_type(subject));
        if (subject->kind == TVALUE_REAL)
                *ret = TVALUE_OF_REAL(fabs(subject->real));
        else if (tvalue_whole(subject) < 0)
                return tvalue_negate(rd, OP_SUBTRACT, subject, ret);
        else
                *ret = TVALUE_OF_INT(tvalue_whole(subject));
        return 0;
}

/* A whole number written in a base, with Python's prefixes. False if it is none, or too large. */
static bool parse_whole(struct str s, int64_t base, int64_t *ret) {
        static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
        bool negative;
        uint64_t value = 0;

        s = python_strip(s);
        negative = str_starts_with(s, STR("-"));
        if (negative || str_starts_with(s, STR("+")))
                s = str_from(s, 1);
        if ((base == 16 && str_eq_ignore_case(str_first(s, 2), STR("0x"))) ||
            (base == 8 && str_eq_ignore_case(str_first(s, 2), STR("0o"))) ||
            (base == 2 && str_eq_ignore_case(str_first(s, 2), STR("0b"))))
                s = str_from(s, 2);
        if (s.len == 0 || base < 2 || base > 36)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
                const char *digit = c ? strchr(digits, c) : NULL;

                if (c == '_' && i > 0 && i + 1 < s.len && s.ptr[i - 1] != '_')
                        continue;
                if (!digit || digit - digits >= base ||
                    __builtin_mul_overflow(value, (uint64_t)base, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(digit - digits), &value) || value > INT64_MAX)
                        return false;
        }
        *ret = negative ? -(int64_t)value : (int64_t)value;
        return true;
}

static bool to_whole(double real, int64_t *ret) {
        if (!(real > -9.2e18 && real < 9.2e18))
                return false;
        *ret = (int64_t)real;
        return true;
}

/* What is to become a number is defined; of a text, which may be long, each character is looked at. */
static int spend_number(struct renderer *rd, const struct tvalue *v) {
        int r = tvalue_defined(rd, v);

        return r < 0 ? r : template_spend_text(rd, v->kind == TVALUE_TEXT ? v->text.len : 0);
}

FILTER(filter_int) {
        int64_t base, whole;
        double real;
        int r = argument_whole(rd, args, 1, 10, &base);

        if (r >= 0)
                r = spend_number(rd, subject);
        if (r < 0)
                return r;
        if (tvalue_is_whole(subject))
                *ret = TVALUE_OF_INT(tvalue_whole(subject));
        else if ((subject->kind == TVALUE_REAL && to_whole(subject->real, &whole)) ||
                 (subject->kind == TVALUE_TEXT && parse_whole(subject->text, base, &whole)) ||
                 (subject->kind == TVALUE_TEXT && python_to_real(subject->text, &real) &&
                  to_whole(real, &whole)))
                *ret = TVALUE_OF_INT(whole);
        else
                *ret = argument_given(args, 0) ? args->list[0] : TVALUE_OF_INT(0);
        return 0;
}

FILTER(filter_float) {
        double real;
        int r = spend_number(rd, subject);

        if (r < 0)
                return r;
        if (tvalue_is_number(subject))
                *ret = TVALUE_OF_REAL(tvalue_real(subject));
        else if (subject->kind == TVALUE_TEXT && python_to_real(subject->text, &real))
                *ret = TVALUE_OF_REAL(real);
        else
                *ret = argument_given(args, 0) ? args->list[0] : TVALUE_OF_REAL(0);
        return 0;
}

/* Half to even of what the number really is, as Python rounds. */
static double round_common(double value, int64_t precision) {
        char digits[400];

        if (precision < 0)
                return rint(value / pow(10, (double)-precision)) * pow(10, (double)-precision);
        snprintf(digits, sizeof(digits), "%.*f", (int)precision, value);
        return strtod(digits, NULL);
}

FILTER(filter_round) {
        struct str method;
        int64_t precision;
        double value, scale;
        int64_t whole;
        int r = tvalue_defined(rd, subject);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 0, &precision);
        if (r >= 0)
                r = argument_text(rd, args, 1, STR("common"), &method);
        if (r < 0)
                return r;
        if (!tvalue_is_number(subject))
                return template_fail(rd, "type %s doesn't define round", tvalue_type(subject));
        value = tvalue_real(subject);
        precision = MIN_OF(MAX_OF(precision, (int64_t)-30), (int64_t)30);
        scale = pow(10, (double)precision);
        if (str_eq(method, STR("ceil")))
                *ret = TVALUE_OF_REAL(ceil(value * scale) / scale);
        else if (str_eq(method, STR("floor")))
                *ret = TVALUE_OF_REAL(floor(value * scale) / scale);
        else if (!str_eq(method, STR("common")))
                return template_fail(rd, "method must be common, ceil or floor");
        else if (tvalue_is_whole(subject) && precision >= 0)
                *ret = TVALUE_OF_INT(tvalue_whole(subject));
        else if (tvalue_is_whole(subject) && to_whole(round_common(value, precision), &whole))
                *ret = TVALUE_OF_INT(whole);
        else
                *ret = TVALUE_OF_REAL(isfinite(value) ? round_common(value, precision) : value);
        return 0;
}

FILTER(filter_filesizeformat) {
        static const char *const decimal[] = { "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" };
        static const char *const binary[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" };
        const char *const *units = argument_truth(args, 0, false) ? binary : decimal;
        double base = units == binary ? 1024 : 1000, bytes;
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct tvalue number;
        size_t unit = 0;
        int r = filter_float(rd, subject, &(struct arguments){ 0 }, &number);

        if (r < 0)
                return r;
        bytes = number.real;
        if (bytes == 1) {
                strbuf_append(&buf, STR("1 Byte"));
        } else if (bytes < base) {
                strbuf_printf(&buf, "%.0f Bytes", trunc(bytes));
        } else {
                for (bytes /= base; bytes >= base && unit < ARRAY_LENGTH(decimal) - 1; unit++)
                        bytes /= base;
                strbuf_printf(&buf, "%.1f %s", bytes, units[unit]);
        }
        return tvalue_take_text(rd, &buf, ret);
}

/* The Platform's own: a number printed by a format; the number itself without one. */
FILTER(filter_format) {
        struct tvalue number;
        struct str format;
        int r = spend_number(rd, subject);

        if (r < 0 || !argument_set(args, 0) || !tvalue_truth(&args->list[0])) {
                *ret = *subject;
                return r;
        }
        if (args->list[0].kind != TVALUE_TEXT)
                return template_fail(rd, "format() takes a text like \"%%.2f\", not '%s'",
                                     tvalue_type(&args->list[0]));
        format = args->list[0].text;
        if (tvalue_is_number(subject))
                number = TVALUE_OF_REAL(tvalue_real(subject));
        else if (subject->kind == TVALUE_TEXT) {
                number.kind = TVALUE_REAL;
                if (!python_to_real(subject->text, &number.real))
                        return template_fail(rd, "could not convert string to float: '" STR_FMT "'",
                                             STR_ARG(str_first(subject->text, 60)));
        } else
                return template_fail(rd, "float() argument must be a string or a real number, not '%s'",
                                     tvalue_type(subject));
        return tvalue_printf(rd, format, &number, ret);
}
