#include <math.h>
#include <stdlib.h>

#include "agents/value/value.h"

bool value_number(const json_t *value, double *ret) {
        if (json_is_boolean(value))
                *ret = json_is_true(value);
        else if (json_is_number(value))
                *ret = json_number_value(value);
        else
                return false;
        return true;
}

bool value_truthy(const json_t *value) {
        switch (value ? json_typeof(value) : JSON_NULL) {
        case JSON_OBJECT:
                return json_object_size(value) > 0;
        case JSON_ARRAY:
                return json_array_size(value) > 0;
        case JSON_STRING:
                return json_string_length(value) > 0;
        case JSON_INTEGER:
                return json_integer_value(value) != 0;
        case JSON_REAL:
                return json_real_value(value) != 0;
        default:
                return json_is_true(value);
        }
}

/* An integer equals a real only if the real is that integer exactly: 2^53 + 1 is not 2^53. */
static bool integer_equals_real(json_int_t integer, double real) {
        return real >= -0x1p63 && real < 0x1p63 && (double)(json_int_t)real == real &&
               (json_int_t)real == integer;
}

static bool numbers_equal(const json_t *a, const json_t *b) {
        if (json_is_integer(a) && json_is_integer(b))
                return json_integer_value(a) == json_integer_value(b);
        if (json_is_integer(a))
                return integer_equals_real(json_integer_value(a), json_real_value(b));
        if (json_is_integer(b))
                return integer_equals_real(json_integer_value(b), json_real_value(a));
        return json_real_value(a) == json_real_value(b);
}

static bool compare(const json_t *a, const json_t *b, bool booleans_are_numbers);

static bool objects_equal(const json_t *a, const json_t *b, bool booleans_are_numbers) {
        const char *name;
        json_t *member;

        if (json_object_size(a) != json_object_size(b))
                return false;
        json_object_foreach((json_t *)a, name, member) {
                const json_t *other = json_object_get(b, name);

                if (!other || !compare(member, other, booleans_are_numbers))
                        return false;
        }
        return true;
}

static bool arrays_equal(const json_t *a, const json_t *b, bool booleans_are_numbers) {
        if (json_array_size(a) != json_array_size(b))
                return false;
        for (size_t i = 0; i < json_array_size(a); i++)
                if (!compare(json_array_get(a, i), json_array_get(b, i), booleans_are_numbers))
                        return false;
        return true;
}

static bool compare(const json_t *a, const json_t *b, bool booleans_are_numbers) {
        double number;

        if (a == b)
                return true;
        if (json_is_number(a) && json_is_number(b))
                return numbers_equal(a, b);
        if (booleans_are_numbers && (json_is_boolean(a) || json_is_boolean(b)))
                return value_number(json_is_boolean(a) ? b : a, &number) &&
                       number == json_is_true(json_is_boolean(a) ? a : b);
        if (json_typeof(a) != json_typeof(b))
                return false;
        if (json_is_object(a))
                return objects_equal(a, b, booleans_are_numbers);
        if (json_is_array(a))
                return arrays_equal(a, b, booleans_are_numbers);
        if (json_is_string(a))
                return str_eq(value_str(a), value_str(b));
        return true; /* null, true and false are equal to their like */
}

bool value_equal(const json_t *a, const json_t *b) {
        return compare(a, b, true);
}

bool value_same(const json_t *a, const json_t *b) {
        return compare(a, b, false);
}

static bool is_space(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* Copies digits, and drops underscores that stand between two of them. */
static bool take_digits(struct str text, size_t *at, char *out, size_t *len) {
        size_t begin = *len;

        while (*at < text.len) {
                char c = text.ptr[*at];

                if (is_digit(c))
                        out[(*len)++] = c;
                else if (c != '_' || *len == begin || !is_digit(text.ptr[*at - 1]) || *at + 1 == text.len ||
                         !is_digit(text.ptr[*at + 1]))
                        break;
                (*at)++;
        }
        return *len > begin;
}

static bool is_word(struct str text, double *ret) {
        bool negative = text.len && text.ptr[0] == '-';
        struct str word = text.len && (negative || text.ptr[0] == '+') ? str_from(text, 1) : text;

        if (str_eq_ignore_case(word, STR("inf")) || str_eq_ignore_case(word, STR("infinity")))
                *ret = negative ? -INFINITY : INFINITY;
        else if (str_eq_ignore_case(word, STR("nan")))
                *ret = NAN;
        else
                return false;
        return true;
}

enum { NUMBER_TEXT_MAX = 400 }; /* longer ones are no numbers that anybody means */

bool value_text_number(struct str text, double *ret) {
        char number[NUMBER_TEXT_MAX + 1];
        bool digits, fraction = false;
        size_t at = 0, len = 0;

        while (text.len && is_space(text.ptr[0]))
                text = str_from(text, 1);
        while (text.len && is_space(text.ptr[text.len - 1]))
                text.len--;
        if (text.len > NUMBER_TEXT_MAX)
                return false;
        if (is_word(text, ret))
                return true;
        if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
                number[len++] = text.ptr[at++];
        digits = take_digits(text, &at, number, &len);
        if (at < text.len && text.ptr[at] == '.') {
                number[len++] = text.ptr[at++];
                fraction = take_digits(text, &at, number, &len);
        }
        if (!digits && !fraction)
                return false;
        if (at < text.len && (text.ptr[at] | 0x20) == 'e') {
                number[len++] = text.ptr[at++];
                if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
                        number[len++] = text.ptr[at++];
                if (!take_digits(text, &at, number, &len))
                        return false;
        }
        number[len] = '\0';
        if (at < text.len)
                return false;
        *ret = strtod(number, NULL);
        return true;
}
