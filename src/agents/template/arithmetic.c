#include "agents/template/arithmetic.h"

#include <math.h>

static const char *const symbols[] = {
        [OP_ADD] = "+",
        [OP_SUBTRACT] = "-",
        [OP_MULTIPLY] = "*",
        [OP_DIVIDE] = "/",
        [OP_FLOOR_DIVIDE] = "//",
        [OP_MODULO] = "%",
        [OP_POWER] = "** or pow()",
        [OP_EQUAL] = "==",
        [OP_UNEQUAL] = "!=",
        [OP_LESS] = "<",
        [OP_LESS_EQUAL] = "<=",
        [OP_GREATER] = ">",
        [OP_GREATER_EQUAL] = ">=",
        [OP_IN] = "in",
        [OP_NOT_IN] = "not in",
};

static int unsupported(struct renderer *rd, enum operator_kind op, const struct tvalue *a,
                       const struct tvalue *b) {
        return template_fail(rd, "unsupported operand type(s) for %s: '%s' and '%s'", symbols[op],
                             tvalue_type(a), tvalue_type(b));
}

/* Powers by squaring. False on overflow. */
static bool whole_power(int64_t base, int64_t exponent, int64_t *ret) {
        int64_t power = 1;

        for (; exponent > 0; exponent >>= 1) {
                if ((exponent & 1) && __builtin_mul_overflow(power, base, &power))
                        return false;
                if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
                        return false;
        }
        *ret = power;
        return true;
}

/* Rounds down, as Python does; the remainder has the divisor's sign. */
static void whole_divide(int64_t a, int64_t b, int64_t *ret_quotient, int64_t *ret_remainder) {
        int64_t quotient = a / b, remainder = a % b;

        if (remainder != 0 && (remainder < 0) != (b < 0)) {
                quotient--;
                remainder += b;
        }
        *ret_quotient = quotient;
        *ret_remainder = remainder;
}

static int operate_whole(struct renderer *rd, enum operator_kind op, int64_t a, int64_t b,
                         struct tvalue *ret) {
        int64_t result = 0, other;
        bool overflow = false;

        switch (op) {
        case OP_ADD:
                overflow = __builtin_add_overflow(a, b, &result);
                break;
        case OP_SUBTRACT:
                overflow = __builtin_sub_overflow(a, b, &result);
                break;
        case OP_MULTIPLY:
                overflow = __builtin_mul_overflow(a, b, &result);
                break;
        case OP_POWER:
                overflow = !whole_power(a, b, &result);
                break;
        default:
                overflow = a == INT64_MIN && b == -1;
                if (overflow)
                        break;
                if (op == OP_FLOOR_DIVIDE)
                        whole_divide(a, b, &result, &other);
                else
                        whole_divide(a, b, &other, &result);
        }
        if (overflow)
                return template_fail(rd, "a whole number grows too large: it must fit into 64 bits");
        *ret = TVALUE_OF_INT(result);
        return 0;
}

static double real_modulo(double a, double b) {
        double remainder = fmod(a, b);

        if (remainder != 0 && (remainder < 0) != (b < 0))
                remainder += b;
        return remainder;
}

static int real_power(struct renderer *rd, double a, double b, struct tvalue *ret) {
        double power = pow(a, b);

        if (a == 0 && b < 0)
                return template_fail(rd, "0.0 cannot be raised to a negative power");
        if (isnan(power) && !isnan(a) && !isnan(b))
                return template_fail(rd, "a negative number has no such power");
        if (isinf(power) && !isinf(a) && !isinf(b))
                return template_fail(rd, "the result is too large");
        *ret = TVALUE_OF_REAL(power);
        return 0;
}

static int operate_numbers(struct renderer *rd, enum operator_kind op, const struct tvalue *a,
                           const struct tvalue *b, struct tvalue *ret) {
        bool whole = tvalue_is_whole(a) && tvalue_is_whole(b);
        double x = tvalue_real(a), y = tvalue_real(b);

        if ((op == OP_DIVIDE || op == OP_FLOOR_DIVIDE || op == OP_MODULO) && y == 0)
                return template_fail(rd, "division by zero");
        if (whole && op != OP_DIVIDE && !(op == OP_POWER && tvalue_whole(b) < 0))
                return operate_whole(rd, op, tvalue_whole(a), tvalue_whole(b), ret);
        switch (op) {
        case OP_ADD:
                *ret = TVALUE_OF_REAL(x + y);
                return 0;
        case OP_SUBTRACT:
                *ret = TVALUE_OF_REAL(x - y);
                return 0;
        case OP_MULTIPLY:
                *ret = TVALUE_OF_REAL(x * y);
                return 0;
        case OP_DIVIDE:
                *ret = TVALUE_OF_REAL(x / y);
                return 0;
        case OP_FLOOR_DIVIDE:
                *ret = TVALUE_OF_REAL(floor(x / y));
                return 0;
        case OP_MODULO:
                *ret = TVALUE_OF_REAL(real_modulo(x, y));
                return 0;
        default:
                return real_power(rd, x, y, ret);
        }
}

static int repeat_text(struct renderer *rd, const struct tvalue *text, int64_t times, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        int r;

        if (text->text.len == 0)
                times = 0;
        for (int64_t i = 0; i < times && !buf.failed; i++) {
                r = template_spend_text(rd, text->text.len);
                if (r < 0)
                        return r;
                strbuf_append(&buf, text->text);
        }
        r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = text->safe;
        return r;
}

static int repeat_list(struct renderer *rd, const struct tvalue *list, int64_t times, struct tvalue *ret) {
        size_t n = list->list->n, total;
        int r = tvalue_fill_list(rd, list->list);

        if (times < 0)
                times = 0;
        if (r >= 0 && (__builtin_mul_overflow(n, (size_t)times, &total) || total > TEMPLATE_STEPS_MAX))
                r = template_fail(rd, "the list is too long");
        if (r >= 0)
                r = template_spend(rd, total);
        ret->kind = list->kind;
        if (r >= 0)
                r = tvalue_new_list(rd, total, &ret->list);
        for (size_t i = 0; r >= 0 && i < total; i++)
                ret->list->items[i] = list->list->items[i % n];
        return r;
}

static int add_lists(struct renderer *rd, const struct tvalue *a, const struct tvalue *b,
                     struct tvalue *ret) {
        size_t n = a->list->n, m = b->list->n;
        int r = tvalue_fill_list(rd, a->list);

        if (r >= 0)
                r = tvalue_fill_list(rd, b->list);
        if (r >= 0)
                r = template_spend(rd, n + m);
        ret->kind = a->kind;
        if (r >= 0)
                r = tvalue_new_list(rd, n + m, &ret->list);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                ret->list->items[i] = a->list->items[i];
        for (size_t i = 0; i < m; i++)
                ret->list->items[n + i] = b->list->items[i];
        return 0;
}

int tvalue_join(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        const struct tvalue *parts[] = { a, b };
        bool safe = (a->kind == TVALUE_TEXT && a->safe) || (b->kind == TVALUE_TEXT && b->safe);
        int r = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(parts) && r >= 0; i++) {
                struct tvalue part = *parts[i];

                if (safe)
                        r = tvalue_escape(rd, parts[i], &part);
                if (r >= 0)
                        r = tvalue_print(rd, &buf, &part);
        }
        if (r >= 0)
                r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = safe;
        return r;
}

int tvalue_operate(struct renderer *rd, enum operator_kind op, const struct tvalue *a, const struct tvalue *b,
                   struct tvalue *ret) {
        int r = tvalue_defined(rd, a);

        if (r >= 0)
                r = tvalue_defined(rd, b);
        if (r < 0)
                return r;
        *ret = (struct tvalue){ .kind = TVALUE_NONE };
        if (tvalue_is_number(a) && tvalue_is_number(b))
                return operate_numbers(rd, op, a, b, ret);
        if (op == OP_MODULO && a->kind == TVALUE_TEXT) {
                r = tvalue_printf(rd, a->text, b, ret);
                if (r >= 0)
                        ret->safe = a->safe;
                return r;
        }
        if (op == OP_ADD && a->kind == TVALUE_TEXT && b->kind == TVALUE_TEXT)
                return tvalue_join(rd, a, b, ret);
        if (op == OP_ADD && tvalue_is_list(a) && a->kind == b->kind)
                return add_lists(rd, a, b, ret);
        if (op == OP_MULTIPLY && tvalue_is_whole(a)) {
                const struct tvalue *swap = a;

                a = b;
                b = swap;
        }
        if (op == OP_MULTIPLY && tvalue_is_whole(b) && a->kind == TVALUE_TEXT)
                return repeat_text(rd, a, tvalue_whole(b), ret);
        if (op == OP_MULTIPLY && tvalue_is_whole(b) && tvalue_is_list(a))
                return repeat_list(rd, a, tvalue_whole(b), ret);
        return unsupported(rd, op, a, b);
}

int tvalue_negate(struct renderer *rd, enum operator_kind op, const struct tvalue *a, struct tvalue *ret) {
        int r = tvalue_defined(rd, a);

        if (r < 0)
                return r;
        if (!tvalue_is_number(a))
                return template_fail(rd, "bad operand type for unary %s: '%s'", symbols[op], tvalue_type(a));
        if (a->kind == TVALUE_REAL)
                *ret = TVALUE_OF_REAL(op == OP_SUBTRACT ? -a->real : a->real);
        else if (op == OP_SUBTRACT)
                return operate_whole(rd, OP_SUBTRACT, 0, tvalue_whole(a), ret);
        else
                *ret = TVALUE_OF_INT(tvalue_whole(a));
        return 0;
}

int tvalue_contains(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret) {
        struct tvalue_list *list;
        struct tvalue found;
        int r;

        *ret = false;
        if (b->kind == TVALUE_TEXT) {
                r = tvalue_defined(rd, a);
                if (r >= 0 && a->kind != TVALUE_TEXT)
                        r = template_fail(rd, "'in <string>' requires string as left operand, not %s",
                                          tvalue_type(a));
                if (r < 0)
                        return r;
                *ret = str_contains(b->text, a->text);
                return template_spend_text(rd, b->text.len);
        }
        if (b->kind == TVALUE_MAP) {
                r = tvalue_find(rd, b->map, a, &found);
                *ret = r > 0;
                return r;
        }
        if (!tvalue_is_list(b) && b->kind != TVALUE_UNDEFINED)
                return template_fail(rd, "argument of type '%s' is not iterable", tvalue_type(b));
        r = tvalue_iterate(rd, b, &list);
        for (size_t i = 0; r >= 0 && !*ret && i < list->n; i++)
                r = tvalue_equal(rd, a, &list->items[i], ret);
        return r;
}

int tvalue_relate(struct renderer *rd, enum operator_kind op, const struct tvalue *a, const struct tvalue *b,
                  bool *ret) {
        int order = 0, r;

        if (op == OP_EQUAL || op == OP_UNEQUAL) {
                r = tvalue_equal(rd, a, b, ret);
                if (r >= 0 && op == OP_UNEQUAL)
                        *ret = !*ret;
                return r;
        }
        if (op == OP_IN || op == OP_NOT_IN) {
                r = tvalue_contains(rd, a, b, ret);
                if (r >= 0 && op == OP_NOT_IN)
                        *ret = !*ret;
                return r;
        }
        r = tvalue_compare(rd, a, b, symbols[op], &order);
        if (r < 0)
                return r;
        *ret = op == OP_LESS         ? order < 0
               : op == OP_LESS_EQUAL ? order <= 0
               : op == OP_GREATER    ? order > 0
                                     : order >= 0;
        return 0;
}
