#include "agents/value/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "base/json_depth.h"
#include "base/json_write.h"

enum { VALUE_TEXT_MAX = 64 * 1024 * 1024 }; /* bytes of a text made here; yielding it has a lower bound */

int value_parse(struct str text, bool unique, json_t **ret, char ret_problem[VALUE_PROBLEM_MAX]) {
        json_error_t problem;
        json_t *value;

        if (!str_is_utf8(text)) {
                (void)snprintf(ret_problem, VALUE_PROBLEM_MAX, "the text is not UTF-8");
                return -ERR_BAD_JSON;
        }
        if (json_deeper_than(text, VALUE_DEPTH_MAX)) {
                (void)snprintf(ret_problem, VALUE_PROBLEM_MAX, "more than %d levels of arrays and objects",
                               VALUE_DEPTH_MAX);
                return -ERR_BAD_JSON;
        }
        value = json_loadb(text.ptr ? text.ptr : "", text.len,
                           JSON_DECODE_ANY | (unique ? JSON_REJECT_DUPLICATES : 0), &problem);
        if (value) {
                *ret = value;
                return 0;
        }
        if (json_error_code(&problem) == json_error_out_of_memory)
                return -ERR_NO_MEMORY;
        (void)snprintf(ret_problem, VALUE_PROBLEM_MAX, "%.150s (line %d, column %d)", problem.text,
                       problem.line, problem.column);
        return -ERR_BAD_JSON;
}

/* The fewest digits that read back as the same number. A fraction is kept even where it is zero: 5.0 is what the Platform
 * writes of a float. */
static size_t format_real(double number, char out[VALUE_NUMBER_MAX]) {
        size_t len = 0;

        for (int digits = 15; digits <= 17; digits++) {
                len = (size_t)snprintf(out, VALUE_NUMBER_MAX, "%.*g", digits, number);
                if (strtod(out, NULL) == number)
                        break;
        }
        if (!strpbrk(out, ".e") && len + 2 < VALUE_NUMBER_MAX) {
                memcpy(out + len, ".0", 3);
                len += 2;
        }
        return len;
}

static void write_text(struct strbuf *out, const char *text, size_t len) {
        struct json_writer w = JSON_WRITER(out);

        json_str(&w, str_n(text, len));
}

static void write_value(struct strbuf *out, const json_t *value, enum value_style style, unsigned depth);

static void write_array(struct strbuf *out, const json_t *array, enum value_style style, unsigned depth) {
        strbuf_append_char(out, '[');
        for (size_t i = 0; i < json_array_size(array) && !out->failed; i++) {
                if (i)
                        strbuf_append(out, style == VALUE_SPACED ? STR(", ") : STR(","));
                write_value(out, json_array_get(array, i), style, depth + 1);
        }
        strbuf_append_char(out, ']');
}

static void write_object(struct strbuf *out, const json_t *object, enum value_style style, unsigned depth) {
        bool comma = false;
        const char *name;
        json_t *member;

        strbuf_append_char(out, '{');
        json_object_foreach((json_t *)object, name, member) {
                if (comma)
                        strbuf_append(out, style == VALUE_SPACED ? STR(", ") : STR(","));
                comma = true;
                write_text(out, name, strlen(name));
                strbuf_append(out, style == VALUE_SPACED ? STR(": ") : STR(":"));
                write_value(out, member, style, depth + 1);
        }
        strbuf_append_char(out, '}');
}

static void write_value(struct strbuf *out, const json_t *value, enum value_style style, unsigned depth) {
        char number[VALUE_NUMBER_MAX];

        if (depth > VALUE_DEPTH_MAX) {
                out->failed = true;
                return;
        }
        switch (value ? json_typeof(value) : JSON_NULL) {
        case JSON_OBJECT:
                write_object(out, value, style, depth);
                break;
        case JSON_ARRAY:
                write_array(out, value, style, depth);
                break;
        case JSON_STRING:
                write_text(out, json_string_value(value), json_string_length(value));
                break;
        case JSON_INTEGER:
                strbuf_append_int(out, json_integer_value(value));
                break;
        case JSON_REAL:
                strbuf_append(out, str_n(number, format_real(json_real_value(value), number)));
                break;
        case JSON_TRUE:
                strbuf_append(out, STR("true"));
                break;
        case JSON_FALSE:
                strbuf_append(out, STR("false"));
                break;
        default:
                strbuf_append(out, STR("null"));
        }
}

void value_write(struct strbuf *out, const json_t *value, enum value_style style) {
        write_value(out, value, style, 0);
}

void value_write_text(struct strbuf *out, const json_t *value) {
        if (json_is_string(value))
                strbuf_append(out, value_str(value));
        else
                value_write(out, value, VALUE_SPACED);
}

json_t *value_text(json_t *value) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(VALUE_TEXT_MAX);

        if (json_is_string(value))
                return json_incref(value);
        value_write(&out, value, VALUE_SPACED);
        return out.failed ? NULL : value_of_str(strbuf_str(&out));
}

json_t *value_real(double number) {
        return isfinite(number) ? json_real(number) : json_null();
}

static bool measure(const json_t *value, unsigned depth, size_t *bytes) {
        const char *name;
        json_t *member;

        if (depth > VALUE_DEPTH_MAX)
                return false;
        switch (json_typeof(value)) {
        case JSON_OBJECT:
                *bytes += 2;
                json_object_foreach((json_t *)value, name, member) {
                        *bytes += strlen(name) + 4;
                        if (!measure(member, depth + 1, bytes))
                                return false;
                }
                return true;
        case JSON_ARRAY:
                *bytes += 2 + json_array_size(value);
                for (size_t i = 0; i < json_array_size(value); i++)
                        if (!measure(json_array_get(value, i), depth + 1, bytes))
                                return false;
                return true;
        case JSON_STRING:
                *bytes += json_string_length(value) + 2;
                return true;
        default:
                *bytes += 8;
                return true;
        }
}

bool value_measure(const json_t *value, size_t *ret_bytes) {
        size_t bytes = 0;

        if (!measure(value, 0, &bytes))
                return false;
        *ret_bytes = bytes;
        return true;
}
