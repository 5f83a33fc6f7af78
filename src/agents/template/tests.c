/* Tests: `x is even`. */
#include <math.h>

#include "agents/template/arithmetic.h"
#include "agents/template/filters.h"
#include "agents/value/python_text.h"

/* Tests of a value alone. */
static bool is_kind(const struct tvalue *v, struct str name, bool *ret) {
        const struct {
                const char *name;
                bool holds;
        } kinds[] = {
                { "defined", v->kind != TVALUE_UNDEFINED },
                { "undefined", v->kind == TVALUE_UNDEFINED },
                { "none", v->kind == TVALUE_NONE },
                { "boolean", v->kind == TVALUE_BOOL },
                { "true", v->kind == TVALUE_BOOL && v->truth },
                { "false", v->kind == TVALUE_BOOL && !v->truth },
                { "integer", v->kind == TVALUE_INT },
                { "float", v->kind == TVALUE_REAL },
                { "number", tvalue_is_number(v) },
                { "string", v->kind == TVALUE_TEXT },
                { "mapping", v->kind == TVALUE_MAP },
                { "sequence", v->kind == TVALUE_TEXT || tvalue_is_list(v) || v->kind == TVALUE_MAP ||
                                      v->kind == TVALUE_UNDEFINED },
                { "iterable", v->kind == TVALUE_TEXT || tvalue_is_list(v) || v->kind == TVALUE_MAP ||
                                      v->kind == TVALUE_UNDEFINED || v->kind == TVALUE_LOOP },
                { "callable", v->kind == TVALUE_LOOP },
                { "escaped", v->kind == TVALUE_TEXT && v->safe },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (str_eq(name, str_of(kinds[i].name))) {
                        *ret = kinds[i].holds;
                        return true;
                }
        return false;
}

static const struct {
        const char *name;
        enum operator_kind op;
} comparisons[] = {
        { "==", OP_EQUAL },
        { "eq", OP_EQUAL },
        { "equalto", OP_EQUAL },
        { "!=", OP_UNEQUAL },
        { "ne", OP_UNEQUAL },
        { "<", OP_LESS },
        { "lt", OP_LESS },
        { "lessthan", OP_LESS },
        { "<=", OP_LESS_EQUAL },
        { "le", OP_LESS_EQUAL },
        { ">", OP_GREATER },
        { "gt", OP_GREATER },
        { "greaterthan", OP_GREATER },
        { ">=", OP_GREATER_EQUAL },
        { "ge", OP_GREATER_EQUAL },
        { "in", OP_IN },
};

/* The remainder of a division by a whole number. */
static int remainder_of(struct renderer *rd, const struct tvalue *v, const struct tvalue *by, double *ret) {
        struct tvalue remainder = TVALUE_OF_INT(0);
        int r = tvalue_defined(rd, v);

        if (r >= 0 && !tvalue_is_number(v))
                r = template_fail(rd, "not all arguments converted during string formatting");
        if (r >= 0)
                r = tvalue_operate(rd, OP_MODULO, v, by, &remainder);
        *ret = tvalue_real(&remainder);
        return r;
}

/* Whether all letters are of one case, and there are any. */
static int is_case(struct renderer *rd, const struct tvalue *v, bool upper, bool *ret) {
        struct str text;
        uint32_t c;
        int r = tvalue_text(rd, v, &text);

        *ret = false;
        while (r >= 0 && text.len > 0) {
                text = str_from(text, python_character(text, &c));
                if (upper ? python_to_upper(c) != c : python_to_lower(c) != c) {
                        *ret = false;
                        break;
                }
                *ret |= upper ? python_to_lower(c) != c : python_to_upper(c) != c;
        }
        return r < 0 ? r : template_spend_text(rd, v->kind == TVALUE_TEXT ? v->text.len : 0);
}

/* The same value: of lists and dictionaries, the very one. */
static int is_same(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret) {
        *ret = false;
        if (a->kind != b->kind)
                return 0;
        if (tvalue_is_list(a) || a->kind == TVALUE_MAP) {
                *ret = a->list == b->list;
                return 0;
        }
        return tvalue_equal(rd, a, b, ret);
}

static int test_with_argument(struct renderer *rd, struct str name, const struct tvalue *subject,
                              const struct tvalue *other, bool *ret) {
        double remainder;
        int r;

        for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++)
                if (str_eq(name, str_of(comparisons[i].name)))
                        return tvalue_relate(rd, comparisons[i].op, subject, other, ret);
        if (str_eq(name, STR("sameas")))
                return is_same(rd, subject, other, ret);
        if (str_eq(name, STR("divisibleby"))) {
                r = remainder_of(rd, subject, other, &remainder);
                *ret = r >= 0 && remainder == 0;
                return r;
        }
        return template_fail(rd, "No test named '" STR_FMT "' takes an argument.",
                             STR_ARG(str_first(name, 60)));
}

int template_test(struct renderer *rd, struct str name, const struct tvalue *subject,
                  const struct arguments *args, bool *ret) {
        double remainder;
        int r;

        *ret = false;
        if (args->n == 1)
                return test_with_argument(rd, name, subject, &args->list[0], ret);
        if (args->n > 1)
                return template_fail(rd, "a test takes one argument at most");
        if (is_kind(subject, name, ret))
                return 0;
        if (str_eq(name, STR("odd")) || str_eq(name, STR("even"))) {
                r = remainder_of(rd, subject, &TVALUE_OF_INT(2), &remainder);
                *ret = r >= 0 && remainder == (str_eq(name, STR("odd")) ? 1 : 0);
                return r;
        }
        if (str_eq(name, STR("upper")) || str_eq(name, STR("lower")))
                return is_case(rd, subject, str_eq(name, STR("upper")), ret);
        return template_fail(rd, "No test named '" STR_FMT "'.", STR_ARG(str_first(name, 60)));
}
