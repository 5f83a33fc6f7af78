/* Operators of expressions, loosest first, as Jinja binds them:
 * if else · or · and · not · comparison · + - · ~ · * / // % · ** · sign · filter and test · . [] () */
#include "agents/template/parse.h"

static int parse_unary(struct lexer *l, bool with_filter, struct node **ret);

static int parse_signed(struct lexer *l, struct node **ret) {
        enum operator_kind op = lexer_at_operator(l, "-") ? OP_SUBTRACT : OP_ADD;
        int r = lexer_next(l);

        if (r >= 0)
                r = template_enter(l->rd);
        if (r < 0)
                return r;
        r = parse_unary(l, false, ret);
        template_leave(l->rd);
        if (r >= 0)
                r = node_make(l, NODE_UNARY, *ret, NULL, ret);
        if (r >= 0)
                (*ret)->op = op;
        return r;
}

static int parse_filters(struct lexer *l, struct node **node) {
        int r = 0;

        while (r >= 0) {
                if (lexer_at_operator(l, "|")) {
                        r = lexer_next(l);
                        if (r >= 0)
                                r = parse_filter_names(l, node);
                } else if (lexer_at_name(l, "is")) {
                        r = parse_test(l, node);
                } else if (lexer_at_operator(l, "(")) {
                        r = parse_postfix(l, node);
                } else {
                        return 0;
                }
        }
        return r;
}

static int parse_unary(struct lexer *l, bool with_filter, struct node **ret) {
        bool is_signed = lexer_at_operator(l, "-") || lexer_at_operator(l, "+");
        int r = is_signed ? parse_signed(l, ret) : parse_primary(l, ret);

        if (r >= 0)
                r = parse_postfix(l, ret);
        return r >= 0 && with_filter ? parse_filters(l, ret) : r;
}

struct operator_row {
        const char *text;
        enum operator_kind op;
};

/* The row of the operator at hand, NULL when it is none of them. */
static const struct operator_row *find_operator(const struct lexer *l, const struct operator_row *rows,
                                                size_t n) {
        for (size_t i = 0; i < n; i++)
                if (token_is(&l->current, TOKEN_OPERATOR, str_of(rows[i].text)))
                        return &rows[i];
        return NULL;
}

/* Operands of one level, joined from the left. */
static int parse_chain(struct lexer *l, const struct operator_row *rows, size_t n,
                       int (*operand)(struct lexer *, struct node **), struct node **ret) {
        const struct operator_row *row;
        struct node *right;
        int r = operand(l, ret);

        while (r >= 0 && (row = find_operator(l, rows, n))) {
                r = lexer_next(l);
                if (r >= 0)
                        r = operand(l, &right);
                if (r >= 0)
                        r = node_make(l, NODE_BINARY, *ret, right, ret);
                if (r >= 0)
                        (*ret)->op = row->op;
        }
        return r;
}

static int parse_filtered(struct lexer *l, struct node **ret) {
        return parse_unary(l, true, ret);
}

static int parse_power(struct lexer *l, struct node **ret) {
        static const struct operator_row rows[] = { { "**", OP_POWER } };

        return parse_chain(l, rows, ARRAY_LENGTH(rows), parse_filtered, ret);
}

static int parse_product(struct lexer *l, struct node **ret) {
        static const struct operator_row rows[] = {
                { "*", OP_MULTIPLY }, { "/", OP_DIVIDE }, { "//", OP_FLOOR_DIVIDE }, { "%", OP_MODULO }
        };

        return parse_chain(l, rows, ARRAY_LENGTH(rows), parse_power, ret);
}

static int parse_concat(struct lexer *l, struct node **ret) {
        struct node *concat, *item, **tail;
        int r = parse_product(l, &item);

        if (r < 0 || !lexer_at_operator(l, "~")) {
                *ret = item;
                return r;
        }
        r = node_make(l, NODE_CONCAT, NULL, NULL, &concat);
        if (r < 0)
                return r;
        tail = &concat->list;
        r = node_append(l, concat, &tail, item);
        while (r >= 0 && lexer_at_operator(l, "~")) {
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_product(l, &item);
                if (r >= 0)
                        r = node_append(l, concat, &tail, item);
        }
        *ret = concat;
        return r;
}

static int parse_sum(struct lexer *l, struct node **ret) {
        static const struct operator_row rows[] = { { "+", OP_ADD }, { "-", OP_SUBTRACT } };

        return parse_chain(l, rows, ARRAY_LENGTH(rows), parse_concat, ret);
}

/* The comparison at hand is taken: 1; 0 when there is none. */
static int take_comparison(struct lexer *l, enum operator_kind *ret) {
        static const struct operator_row rows[] = { { "==", OP_EQUAL },  { "!=", OP_UNEQUAL },
                                                    { "<", OP_LESS },    { "<=", OP_LESS_EQUAL },
                                                    { ">", OP_GREATER }, { ">=", OP_GREATER_EQUAL } };
        const struct operator_row *row = find_operator(l, rows, ARRAY_LENGTH(rows));
        int r;

        if (row) {
                *ret = row->op;
                r = lexer_next(l);
                return r < 0 ? r : 1;
        }
        *ret = OP_IN;
        if (lexer_at_name(l, "not")) {
                r = lexer_peek(l);
                if (r < 0)
                        return r;
                if (!token_is(&l->ahead, TOKEN_NAME, STR("in")))
                        return 0;
                *ret = OP_NOT_IN;
                r = lexer_next(l);
                if (r < 0)
                        return r;
        }
        if (!lexer_at_name(l, "in"))
                return 0;
        r = lexer_next(l);
        return r < 0 ? r : 1;
}

static int parse_comparison(struct lexer *l, struct node **ret) {
        struct node *compare = NULL, *operand, **tail = NULL;
        enum operator_kind op;
        int r = parse_sum(l, ret);

        while (r >= 0) {
                r = take_comparison(l, &op);
                if (r <= 0)
                        break;
                if (!compare) {
                        r = node_make(l, NODE_COMPARE, *ret, NULL, &compare);
                        if (r < 0)
                                return r;
                        tail = &compare->list;
                        *ret = compare;
                }
                r = parse_sum(l, &operand);
                if (r >= 0)
                        r = node_make(l, NODE_OPERAND, operand, NULL, &operand);
                if (r < 0)
                        return r;
                operand->op = op;
                r = node_append(l, compare, &tail, operand);
        }
        return r;
}

static int parse_not(struct lexer *l, struct node **ret) {
        size_t n = 0;
        int r = 0;

        while (r >= 0 && lexer_at_name(l, "not")) {
                n++;
                r = lexer_next(l);
        }
        if (r >= 0)
                r = parse_comparison(l, ret);
        for (; r >= 0 && n > 0; n--)
                r = node_make(l, NODE_NOT, *ret, NULL, ret);
        return r;
}

static int parse_and(struct lexer *l, struct node **ret) {
        struct node *right;
        int r = parse_not(l, ret);

        while (r >= 0 && lexer_at_name(l, "and")) {
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_not(l, &right);
                if (r >= 0)
                        r = node_make(l, NODE_AND, *ret, right, ret);
        }
        return r;
}

int parse_or(struct lexer *l, struct node **ret) {
        struct node *right;
        int r = parse_and(l, ret);

        while (r >= 0 && lexer_at_name(l, "or")) {
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_and(l, &right);
                if (r >= 0)
                        r = node_make(l, NODE_OR, *ret, right, ret);
        }
        return r;
}

/* a if b else c; without `else`, what is undefined. */
static int parse_condition(struct lexer *l, struct node **ret) {
        struct node *condition, *otherwise;
        int r = parse_or(l, ret);

        while (r >= 0 && lexer_at_name(l, "if")) {
                otherwise = NULL;
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_or(l, &condition);
                if (r >= 0 && lexer_at_name(l, "else")) {
                        r = lexer_next(l);
                        if (r >= 0)
                                r = parse_expression(l, &otherwise);
                }
                if (r >= 0)
                        r = node_make(l, NODE_CONDITION, condition, *ret, ret);
                if (r < 0)
                        return r;
                (*ret)->c = otherwise;
                if (otherwise)
                        (*ret)->depth = MAX_OF((*ret)->depth, otherwise->depth + 1);
        }
        return r;
}

int parse_expression(struct lexer *l, struct node **ret) {
        int r = template_enter(l->rd);

        if (r < 0)
                return r;
        r = parse_condition(l, ret);
        template_leave(l->rd);
        return r;
}

/* What may stand after the last comma of a tuple. */
static bool at_tuple_end(const struct lexer *l) {
        return l->current.kind == TOKEN_PRINT_END || l->current.kind == TOKEN_BLOCK_END ||
               lexer_at_operator(l, ")");
}

int parse_tuple(struct lexer *l, struct node **ret) {
        struct node *tuple, *item, **tail;
        int r = parse_expression(l, &item);

        if (r < 0 || !lexer_at_operator(l, ",")) {
                *ret = item;
                return r;
        }
        r = node_make(l, NODE_TUPLE, NULL, NULL, &tuple);
        if (r < 0)
                return r;
        tail = &tuple->list;
        r = node_append(l, tuple, &tail, item);
        while (r >= 0 && lexer_at_operator(l, ",")) {
                r = lexer_next(l);
                if (r < 0 || at_tuple_end(l))
                        break;
                r = parse_expression(l, &item);
                if (r >= 0)
                        r = node_append(l, tuple, &tail, item);
        }
        *ret = tuple;
        return r;
}
