/* What is wrong, in the words of the Platform's validation. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_schema_int.h"
#include "base/strbuf.h"

/* From the root down; NULL when memory runs out. */
static json_t *path_of(const struct schema_place *at) {
        json_t *path = json_array();

        for (; at && path; at = at->up) {
                json_t *part = at->name ? json_string(at->name) : json_integer((json_int_t)at->index);

                if (json_array_insert_new(path, 0, part) < 0) {
                        json_decref(path);
                        return NULL;
                }
        }
        return path;
}

/* Cuts off what does not fit, between two characters. */
static void write_message(char *out, const char *format, va_list args) {
        int n = vsnprintf(out, JSON_SCHEMA_MESSAGE_MAX, format, args);
        size_t len = JSON_SCHEMA_MESSAGE_MAX - 1;

        if (n < JSON_SCHEMA_MESSAGE_MAX)
                return;
        len -= strlen("…");
        while (len > 0 && ((unsigned char)out[len] & 0xc0) == 0x80)
                len--;
        snprintf(out + len, JSON_SCHEMA_MESSAGE_MAX - len, "…");
}

bool schema_problem(struct schema_run *run, const struct schema_place *at, const char *type, json_t *input,
                    json_t *context, const char *format, ...) {
        struct json_schema_problems *problems = run->problems;
        struct json_schema_problem *problem;
        va_list args;

        if (!problems || run->exhausted || problems->n == JSON_SCHEMA_PROBLEMS_MAX) {
                json_decref(context);
                return false;
        }
        problem = &problems->list[problems->n++];
        *problem = (struct json_schema_problem){
                .type = type, .path = path_of(at), .context = context, .input = input
        };
        va_start(args, format);
        write_message(problem->message, format, args);
        va_end(args);
        return false;
}

void json_schema_problems_end(struct json_schema_problems *problems) {
        for (size_t i = 0; i < problems->n; i++) {
                json_decref(problems->list[i].path);
                json_decref(problems->list[i].context);
        }
        problems->n = 0;
}

/* A whole number as text, as a query has it: it is told from other text. */
static bool reads_as_integer(const char *text) {
        uint64_t number;

        return str_to_uint(str_of(text[0] == '-' ? text + 1 : text), INT64_MAX, &number);
}

static bool problem_integer(struct schema_run *run, const struct schema_place *at, json_t *input) {
        if (json_is_real(input))
                return schema_problem(run, at, "int_from_float", input, NULL,
                                      "Input should be a valid integer, got a number with a fractional part");
        if (json_is_string(input) && !reads_as_integer(json_string_value(input)))
                return schema_problem(
                        run, at, "int_parsing", input, NULL,
                        "Input should be a valid integer, unable to parse string as an integer");
        return schema_problem(run, at, "int_type", input, NULL, "Input should be a valid integer");
}

bool schema_problem_type(struct schema_run *run, const struct schema_place *at,
                         const struct schema_node *node, json_t *input) {
        unsigned types = node->types & ~(unsigned)TYPE_NULL;

        if (types & TYPE_OBJECT)
                return schema_problem(run, at, "dict_type", input, NULL,
                                      "Input should be a valid dictionary");
        if (types & TYPE_ARRAY)
                return schema_problem(run, at, "list_type", input, NULL, "Input should be a valid list");
        if (types & TYPE_STRING)
                return schema_problem(run, at, "string_type", input, NULL, "Input should be a valid string");
        if (types & TYPE_NUMBER) {
                if (json_is_string(input))
                        return schema_problem(
                                run, at, "float_parsing", input, NULL,
                                "Input should be a valid number, unable to parse string as a number");
                return schema_problem(run, at, "float_type", input, NULL, "Input should be a valid number");
        }
        if (types & TYPE_INTEGER)
                return problem_integer(run, at, input);
        if (types & TYPE_BOOLEAN) {
                if (json_is_string(input) || json_is_number(input))
                        return schema_problem(run, at, "bool_parsing", input, NULL,
                                              "Input should be a valid boolean, unable to interpret input");
                return schema_problem(run, at, "bool_type", input, NULL, "Input should be a valid boolean");
        }
        return schema_problem(run, at, "none_required", input, NULL, "Input should be None");
}

/* 'A', 'B' or 'C'. */
static void write_choices(const json_t *choices, struct strbuf *out) {
        size_t n = json_array_size(choices);

        for (size_t i = 0; i < n; i++) {
                const json_t *choice = json_array_get(choices, i);
                char *text;

                if (i > 0)
                        strbuf_append(out, i == n - 1 ? STR(" or ") : STR(", "));
                if (json_is_string(choice)) {
                        strbuf_printf(out, "'%s'", json_string_value(choice));
                        continue;
                }
                text = json_dumps(choice, JSON_ENCODE_ANY | JSON_COMPACT);
                strbuf_append(out, str_of(text ? text : ""));
                free(text);
        }
}

bool schema_problem_choice(struct schema_run *run, const struct schema_place *at, const char *type,
                           json_t *choices, json_t *input) {
        struct strbuf text = STRBUF_INIT(64 * 1024);
        struct str words;
        bool result;

        if (!run->problems)
                return false;
        write_choices(choices, &text);
        words = text.failed ? STR("one of the allowed values") : strbuf_str(&text);
        result = schema_problem(run, at, type, input, json_pack("{s:s%}", "expected", words.ptr, words.len),
                                "Input should be " STR_FMT, STR_ARG(words));
        strbuf_done(&text);
        return result;
}
