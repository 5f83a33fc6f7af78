#include "agents/template/parse.h"

int node_make(struct lexer *l, enum node_kind kind, struct node *a, struct node *b, struct node **ret) {
        struct node *node = arena_new(&l->rd->arena, struct node);

        if (!node)
                return template_no_room(l->rd);
        *node = (struct node){ .kind = kind, .line = l->current.line, .a = a, .b = b };
        node->depth = 1 + MAX_OF(a ? a->depth : 0, b ? b->depth : 0);
        if (node->depth > TEMPLATE_DEPTH_MAX)
                return template_fail(l->rd, "the expression is nested too deeply");
        *ret = node;
        return 0;
}

int node_append(struct lexer *l, struct node *parent, struct node ***tail, struct node *child) {
        **tail = child;
        *tail = &child->next;
        parent->depth = MAX_OF(parent->depth, child->depth + 1);
        if (parent->depth > TEMPLATE_DEPTH_MAX)
                return template_fail(l->rd, "the expression is nested too deeply");
        return 0;
}

int parse_operator(struct lexer *l, const char *text) {
        return token_is(&l->current, TOKEN_OPERATOR, str_of(text)) ? lexer_next(l)
                                                                   : lexer_unexpected(l, text);
}

int parse_keyword(struct lexer *l, const char *text) {
        return token_is(&l->current, TOKEN_NAME, str_of(text)) ? lexer_next(l) : lexer_unexpected(l, text);
}

static int parse_constant(struct lexer *l, struct tvalue value, struct node **ret) {
        int r = node_make(l, NODE_CONSTANT, NULL, NULL, ret);

        if (r < 0)
                return r;
        (*ret)->value = value;
        return lexer_next(l);
}

static int parse_name(struct lexer *l, struct node **ret) {
        struct str name = l->current.text;
        int r;

        if (str_eq(name, STR("true")) || str_eq(name, STR("True")))
                return parse_constant(l, (struct tvalue){ .kind = TVALUE_BOOL, .truth = true }, ret);
        if (str_eq(name, STR("false")) || str_eq(name, STR("False")))
                return parse_constant(l, (struct tvalue){ .kind = TVALUE_BOOL }, ret);
        if (str_eq(name, STR("none")) || str_eq(name, STR("None")))
                return parse_constant(l, (struct tvalue){ .kind = TVALUE_NONE }, ret);
        r = node_make(l, NODE_NAME, NULL, NULL, ret);
        if (r < 0)
                return r;
        (*ret)->name = name;
        return lexer_next(l);
}

/* Literals that follow one another are one. */
static int parse_text(struct lexer *l, struct node **ret) {
        _cleanup_(strbuf_done) struct strbuf whole = STRBUF_INIT(TEMPLATE_SOURCE_MAX);
        struct tvalue value = l->current.value;
        int r = parse_constant(l, value, ret);

        if (r < 0 || l->current.kind != TOKEN_TEXT)
                return r;
        strbuf_append(&whole, value.text);
        while (l->current.kind == TOKEN_TEXT) {
                strbuf_append(&whole, l->current.value.text);
                r = lexer_next(l);
                if (r < 0)
                        return r;
        }
        if (whole.failed)
                return -ERR_NO_MEMORY;
        (*ret)->value.text = arena_copy(&l->rd->arena, str_n(whole.ptr ? whole.ptr : "", whole.len));
        return (*ret)->value.text.ptr ? 0 : template_no_room(l->rd);
}

/* [a, b] or, with the key of each, {a: b}. */
static int parse_collection(struct lexer *l, enum node_kind kind, const char *close, struct node **ret) {
        struct node *item = NULL, *value = NULL, **tail;
        int r = node_make(l, kind, NULL, NULL, ret);

        if (r < 0)
                return r;
        tail = &(*ret)->list;
        r = lexer_next(l);
        while (r >= 0 && !token_is(&l->current, TOKEN_OPERATOR, str_of(close))) {
                r = parse_expression(l, &item);
                if (r >= 0 && kind == NODE_MAP) {
                        r = parse_operator(l, ":");
                        if (r >= 0)
                                r = parse_expression(l, &value);
                        if (r >= 0)
                                r = node_make(l, NODE_PAIR, item, value, &item);
                }
                if (r >= 0)
                        r = node_append(l, *ret, &tail, item);
                if (r < 0 || token_is(&l->current, TOKEN_OPERATOR, str_of(close)))
                        break;
                r = parse_operator(l, ",");
        }
        return r < 0 ? r : parse_operator(l, close);
}

/* (a) is a; () and (a,) are tuples. */
static int parse_parentheses(struct lexer *l, struct node **ret) {
        int r = lexer_next(l);

        if (r < 0)
                return r;
        if (lexer_at_operator(l, ")"))
                r = node_make(l, NODE_TUPLE, NULL, NULL, ret);
        else
                r = parse_tuple(l, ret);
        return r < 0 ? r : parse_operator(l, ")");
}

int parse_primary(struct lexer *l, struct node **ret) {
        switch (l->current.kind) {
        case TOKEN_NAME:
                return parse_name(l, ret);
        case TOKEN_TEXT:
                return parse_text(l, ret);
        case TOKEN_NUMBER:
                return parse_constant(l, l->current.value, ret);
        default:
                if (lexer_at_operator(l, "("))
                        return parse_parentheses(l, ret);
                if (lexer_at_operator(l, "["))
                        return parse_collection(l, NODE_LIST, "]", ret);
                if (lexer_at_operator(l, "{"))
                        return parse_collection(l, NODE_MAP, "}", ret);
                return lexer_unexpected(l, NULL);
        }
}

static int parse_argument(struct lexer *l, struct node **ret) {
        struct str name = STR("");
        struct node *value;
        int r;

        if (l->current.kind == TOKEN_NAME) {
                r = lexer_peek(l);
                if (r < 0)
                        return r;
                if (token_is(&l->ahead, TOKEN_OPERATOR, STR("="))) {
                        name = l->current.text;
                        r = lexer_next(l);
                        if (r >= 0)
                                r = lexer_next(l);
                        if (r < 0)
                                return r;
                }
        }
        r = parse_expression(l, &value);
        if (r >= 0)
                r = node_make(l, NODE_ARGUMENT, value, NULL, ret);
        if (r >= 0)
                (*ret)->name = name;
        return r;
}

/* ( a, b, name=c ) */
static int parse_arguments(struct lexer *l, struct node *call) {
        struct node **tail = &call->list, *argument = NULL;
        size_t n = 0;
        int r = parse_operator(l, "(");

        while (r >= 0 && !lexer_at_operator(l, ")")) {
                if (++n > ARGUMENTS_MAX)
                        return template_fail(l->rd, "more than %d arguments", ARGUMENTS_MAX);
                r = parse_argument(l, &argument);
                if (r >= 0)
                        r = node_append(l, call, &tail, argument);
                if (r < 0 || lexer_at_operator(l, ")"))
                        break;
                r = parse_operator(l, ",");
        }
        return r < 0 ? r : parse_operator(l, ")");
}

int parse_filter_names(struct lexer *l, struct node **node) {
        int r;

        for (;;) {
                if (l->current.kind != TOKEN_NAME)
                        return lexer_unexpected(l, "the name of a filter");
                r = node_make(l, NODE_FILTER, *node, NULL, node);
                if (r < 0)
                        return r;
                (*node)->name = l->current.text;
                r = lexer_next(l);
                if (r >= 0 && lexer_at_operator(l, "("))
                        r = parse_arguments(l, *node);
                if (r < 0 || !lexer_at_operator(l, "|"))
                        return r;
                r = lexer_next(l);
                if (r < 0)
                        return r;
        }
}

/* A bound of a slice: an expression, or none before ':' and ']'. */
static int parse_bound(struct lexer *l, struct node **ret) {
        if (!lexer_at_operator(l, ":") && !lexer_at_operator(l, "]"))
                return parse_expression(l, ret);
        if (node_make(l, NODE_CONSTANT, NULL, NULL, ret) < 0)
                return template_no_room(l->rd);
        (*ret)->value.kind = TVALUE_NONE;
        return 0;
}

/* [key] or [from:to:step] */
static int parse_brackets(struct lexer *l, struct node **node) {
        struct node *bounds[3] = { NULL }, *slice, **tail;
        size_t n = 0;
        int r = lexer_next(l);

        if (r >= 0)
                r = parse_bound(l, &bounds[n++]);
        if (r >= 0 && lexer_at_operator(l, "]")) {
                if (bounds[0]->kind == NODE_CONSTANT && bounds[0]->value.kind == TVALUE_NONE)
                        return lexer_unexpected(l, NULL);
                r = node_make(l, NODE_ITEM, *node, bounds[0], node);
                return r < 0 ? r : parse_operator(l, "]");
        }
        while (r >= 0 && n < ARRAY_LENGTH(bounds)) {
                if (lexer_at_operator(l, ":"))
                        r = lexer_next(l);
                if (r >= 0)
                        r = parse_bound(l, &bounds[n++]);
        }
        if (r >= 0)
                r = node_make(l, NODE_SLICE, *node, NULL, &slice);
        if (r < 0)
                return r;
        tail = &slice->list;
        for (size_t i = 0; i < ARRAY_LENGTH(bounds) && r >= 0; i++)
                r = node_append(l, slice, &tail, bounds[i]);
        *node = slice;
        return r < 0 ? r : parse_operator(l, "]");
}

static int parse_dot(struct lexer *l, struct node **node) {
        struct node *key;
        int r = lexer_next(l);

        if (r < 0)
                return r;
        if (l->current.kind == TOKEN_NUMBER) {
                r = parse_constant(l, l->current.value, &key);
                return r < 0 ? r : node_make(l, NODE_ITEM, *node, key, node);
        }
        if (l->current.kind != TOKEN_NAME)
                return lexer_unexpected(l, "a name or number");
        r = node_make(l, NODE_ATTRIBUTE, *node, NULL, node);
        if (r < 0)
                return r;
        (*node)->name = l->current.text;
        return lexer_next(l);
}

static int parse_call(struct lexer *l, struct node **node) {
        int r = node_make(l, NODE_CALL, *node, NULL, node);

        return r < 0 ? r : parse_arguments(l, *node);
}

int parse_postfix(struct lexer *l, struct node **node) {
        int r = 0;

        while (r >= 0) {
                if (lexer_at_operator(l, "."))
                        r = parse_dot(l, node);
                else if (lexer_at_operator(l, "["))
                        r = parse_brackets(l, node);
                else if (lexer_at_operator(l, "("))
                        r = parse_call(l, node);
                else
                        return 0;
        }
        return r;
}

/* The argument of a test may stand without brackets: x is divisibleby 3. */
static int parse_bare_argument(struct lexer *l, struct node *test) {
        struct node **tail = &test->list, *argument = NULL;
        bool starts = l->current.kind == TOKEN_NAME || l->current.kind == TOKEN_TEXT ||
                      l->current.kind == TOKEN_NUMBER || lexer_at_operator(l, "[") ||
                      lexer_at_operator(l, "{");
        int r;

        if (!starts || lexer_at_name(l, "else") || lexer_at_name(l, "or") || lexer_at_name(l, "and") ||
            lexer_at_name(l, "if"))
                return 0;
        if (lexer_at_name(l, "is"))
                return template_fail(l->rd, "You cannot chain multiple tests with is");
        r = parse_primary(l, &argument);
        if (r >= 0)
                r = parse_postfix(l, &argument);
        if (r >= 0)
                r = node_make(l, NODE_ARGUMENT, argument, NULL, &argument);
        return r < 0 ? r : node_append(l, test, &tail, argument);
}

/* is [not] name [argument] */
int parse_test(struct lexer *l, struct node **node) {
        bool negated;
        int r = lexer_next(l);

        if (r < 0)
                return r;
        negated = lexer_at_name(l, "not");
        if (negated)
                r = lexer_next(l);
        if (r < 0)
                return r;
        if (l->current.kind != TOKEN_NAME)
                return lexer_unexpected(l, "the name of a test");
        r = node_make(l, NODE_TEST, *node, NULL, node);
        if (r < 0)
                return r;
        (*node)->name = l->current.text;
        r = lexer_next(l);
        if (r >= 0)
                r = lexer_at_operator(l, "(") ? parse_arguments(l, *node) : parse_bare_argument(l, *node);
        return r >= 0 && negated ? node_make(l, NODE_NOT, *node, NULL, node) : r;
}
