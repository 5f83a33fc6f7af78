/* What one keyword after the other asks of kinds, numbers and strings, and of schemas taken together. */
#include <math.h>

#include "base/json_schema_int.h"

bool schema_check_kind(struct schema_run *run, const struct schema_node *node, json_t *value,
                       const struct schema_place *at) {
        bool found = false;

        if (node->choices) {
                for (size_t i = 0; i < json_array_size(node->choices) && !found; i++) {
                        found = schema_equal(json_array_get(node->choices, i), value);
                        run->steps++;
                }
                if (!found)
                        return schema_problem_choice(run, at, "enum", node->choices, value);
        }
        if (node->constant && !schema_equal(node->constant, value)) {
                json_t *only = json_pack("[O]", node->constant);

                (void)schema_problem_choice(run, at, "literal_error", only, value);
                json_decref(only);
                return false;
        }
        if (node->types && !schema_type_fits(node->types, value))
                return schema_problem_type(run, at, node, value);
        return true;
}

static bool is_multiple(const json_t *value, const json_t *factor) {
        double quotient;

        if (json_is_integer(value) && json_is_integer(factor))
                return json_integer_value(value) % json_integer_value(factor) == 0;
        quotient = json_number_value(value) / json_number_value(factor);
        if (!isfinite(quotient))
                return false;
        /* 0.0075 is a multiple of 0.0001, though neither can be written in binary. */
        return fabs(quotient - nearbyint(quotient)) <= 1e-9 * fmax(1, fabs(quotient));
}

static bool problem_bound(struct schema_run *run, const struct schema_place *at, const char *type,
                          const char *words, const char *name, json_t *bound, json_t *value) {
        if (json_is_integer(bound))
                return schema_problem(run, at, type, value, json_pack("{s:O}", name, bound),
                                      "Input should be %s %lld", words, (long long)json_integer_value(bound));
        return schema_problem(run, at, type, value, json_pack("{s:O}", name, bound),
                              "Input should be %s %.15g", words, json_real_value(bound));
}

bool schema_check_number(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at) {
        if (!json_is_number(value))
                return true;
        if (node->minimum && schema_compare_numbers(value, node->minimum) < 0)
                return problem_bound(run, at, "greater_than_equal", "greater than or equal to", "ge",
                                     node->minimum, value);
        if (node->above && schema_compare_numbers(value, node->above) <= 0)
                return problem_bound(run, at, "greater_than", "greater than", "gt", node->above, value);
        if (node->maximum && schema_compare_numbers(value, node->maximum) > 0)
                return problem_bound(run, at, "less_than_equal", "less than or equal to", "le", node->maximum,
                                     value);
        if (node->below && schema_compare_numbers(value, node->below) >= 0)
                return problem_bound(run, at, "less_than", "less than", "lt", node->below, value);
        if (node->factor && !is_multiple(value, node->factor))
                return problem_bound(run, at, "multiple_of", "a multiple of", "multiple_of", node->factor,
                                     value);
        return true;
}

static bool check_format(struct schema_run *run, enum schema_format format, struct str text, json_t *value,
                         const struct schema_place *at) {
        static const struct {
                const char *type, *words;
        } rows[] = {
                [FORMAT_UUID] = { "uuid_parsing", "Input should be a valid UUID, " },
                [FORMAT_DATE] = { "date_from_datetime_parsing",
                                  "Input should be a valid date or datetime, " },
                [FORMAT_DATE_TIME] = { "datetime_from_date_parsing",
                                       "Input should be a valid datetime or date, " },
                [FORMAT_TIME] = { "time_parsing", "Input should be in a valid time format, " },
                [FORMAT_EMAIL] = { "value_error", "value is not a valid email address: " },
                [FORMAT_URI] = { "url_parsing", "Input should be a valid URL, " },
        };
        const char *reason = schema_format_problem(format, text);

        if (!reason)
                return true;
        return schema_problem(run, at, rows[format].type, value,
                              json_pack("{s:s}", format == FORMAT_EMAIL ? "reason" : "error", reason), "%s%s",
                              rows[format].words, reason);
}

bool schema_check_string(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at) {
        struct str text;
        size_t length;

        if (!json_is_string(value))
                return true;
        text = str_n(json_string_value(value), json_string_length(value));
        if (node->min_length > 0 || node->max_length < SIZE_MAX) {
                length = str_utf8_length(text);
                if (length < node->min_length)
                        return schema_problem(run, at, "string_too_short", value,
                                              json_pack("{s:I}", "min_length", (json_int_t)node->min_length),
                                              "String should have at least %zu character%s", node->min_length,
                                              node->min_length == 1 ? "" : "s");
                if (length > node->max_length)
                        return schema_problem(run, at, "string_too_long", value,
                                              json_pack("{s:I}", "max_length", (json_int_t)node->max_length),
                                              "String should have at most %zu character%s", node->max_length,
                                              node->max_length == 1 ? "" : "s");
        }
        if (node->pattern &&
            regex_search(node->pattern->regex, text, 0, JSON_SCHEMA_PATTERN_BUDGET_US, NULL) <= 0)
                return schema_problem(run, at, "string_pattern_mismatch", value,
                                      json_pack("{s:s}", "pattern", node->pattern->text),
                                      "String should match pattern '%s'", node->pattern->text);
        return check_format(run, node->format, text, value, at);
}

enum { FOLLOW_MAX = 8 }; /* references to references */

/* Whether a branch could be what the sender meant: of the same kind as the value. */
static bool is_meant(const struct schema_node *branch, const json_t *value) {
        for (unsigned i = 0; i < FOLLOW_MAX && branch->reference && !branch->types; i++)
                branch = branch->reference;
        return !branch->types || schema_type_fits(branch->types, value);
}

/* None of the branches fits: says what is wrong by those that were meant, or else by all but null. */
static bool problem_branches(struct schema_run *run, const struct schema_list *branches, json_t *value,
                             const struct schema_place *at) {
        bool meant = false;
        size_t before;

        if (!run->problems)
                return false;
        before = run->problems->n;
        for (size_t i = 0; i < branches->n; i++)
                meant |= is_meant(branches->list[i], value);
        for (size_t i = 0; i < branches->n; i++)
                if (meant ? is_meant(branches->list[i], value) : branches->list[i]->types != TYPE_NULL)
                        (void)schema_check(run, branches->list[i], value, at);
        if (run->problems->n > before)
                return false;
        return schema_problem(run, at, "none_required", value, NULL, "Input should be None");
}

static size_t count_fitting(struct schema_run *run, const struct schema_list *branches, json_t *value,
                            const struct schema_place *at, size_t enough) {
        size_t n = 0;

        for (size_t i = 0; i < branches->n && n < enough; i++)
                n += schema_check_quietly(run, branches->list[i], value, at);
        return n;
}

bool schema_check_combination(struct schema_run *run, const struct schema_node *node, json_t *value,
                              const struct schema_place *at) {
        const struct schema_node *branch;
        bool fits = true;
        size_t n;

        if (node->reference && !schema_check(run, node->reference, value, at))
                return false;
        for (size_t i = 0; i < node->all.n && (fits || run->problems); i++)
                fits &= schema_check(run, node->all.list[i], value, at);
        if (!fits)
                return false;
        if (node->any.n > 0 && count_fitting(run, &node->any, value, at, 1) == 0)
                return problem_branches(run, &node->any, value, at);
        if (node->one.n > 0) {
                n = count_fitting(run, &node->one, value, at, 2);
                if (n == 0)
                        return problem_branches(run, &node->one, value, at);
                if (n > 1)
                        return schema_problem(
                                run, at, "one_of", value, NULL,
                                "Input should have only one of the forms that are allowed here");
        }
        if (node->negated && schema_check_quietly(run, node->negated, value, at))
                return schema_problem(run, at, "value_error", value, NULL,
                                      "Input has a form that is not allowed here");
        if (!node->condition)
                return true;
        branch = schema_check_quietly(run, node->condition, value, at) ? node->then : node->otherwise;
        return !branch || schema_check(run, branch, value, at);
}
