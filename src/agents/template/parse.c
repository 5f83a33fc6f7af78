#include "agents/template/parse.h"

static int parse_body(struct lexer *l, struct node **ret);

/* After parse_body(): whether this statement ended it. */
static bool at_any(const struct lexer *l, const char *const *names, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (token_is(&l->current, TOKEN_NAME, str_of(names[i])))
                        return true;
        return false;
}

static int expect(struct lexer *l, enum token_kind kind, const char *what) {
        return l->current.kind == kind ? lexer_next(l) : lexer_unexpected(l, what);
}

static int block_end(struct lexer *l) {
        return expect(l, TOKEN_BLOCK_END, "end of statement block");
}

/* %} body {% and the name that ends it, which is then in hand. */
static int parse_until(struct lexer *l, const char *const *ends, size_t n, struct node **ret) {
        int r = block_end(l);

        if (r >= 0)
                r = parse_body(l, ret);
        if (r < 0)
                return r;
        if (l->current.kind == TOKEN_END)
                return template_fail(l->rd, "Unexpected end of template: '%s' is missing", ends[n - 1]);
        if (at_any(l, ends, n))
                return 0;
        return template_fail(l->rd, "Encountered unknown tag '" STR_FMT "'; looking for '%s'",
                             STR_ARG(str_first(l->current.text, 60)), ends[n - 1]);
}

/* The same, when only one name can end it; it is taken. */
static int parse_to_end(struct lexer *l, const char *end, struct node **ret) {
        int r = parse_until(l, &end, 1, ret);

        return r < 0 ? r : lexer_next(l);
}

static bool can_assign(const struct node *target) {
        if (target->kind == NODE_NAME)
                return true;
        if (target->kind != NODE_TUPLE || !target->list)
                return false;
        for (const struct node *item = target->list; item; item = item->next)
                if (!can_assign(item))
                        return false;
        return true;
}

/* a, or a, b: what a loop or {% set %} gives values to. */
static int parse_target(struct lexer *l, struct node **ret) {
        struct node *tuple, *item, **tail;
        int r = parse_primary(l, &item);

        if (r < 0)
                return r;
        *ret = item;
        if (lexer_at_operator(l, ",")) {
                r = node_make(l, NODE_TUPLE, NULL, NULL, &tuple);
                if (r < 0)
                        return r;
                tail = &tuple->list;
                r = node_append(l, tuple, &tail, item);
                while (r >= 0 && lexer_at_operator(l, ",")) {
                        r = lexer_next(l);
                        if (r < 0 || lexer_at_name(l, "in") || lexer_at_operator(l, "="))
                                break;
                        r = parse_primary(l, &item);
                        if (r >= 0)
                                r = node_append(l, tuple, &tail, item);
                }
                *ret = tuple;
        }
        return r >= 0 && !can_assign(*ret) ? template_fail(l->rd, "can't assign to this expression") : r;
}

static int parse_for(struct lexer *l, struct node *node) {
        static const char *const ends[] = { "else", "endfor" };
        int r = parse_target(l, &node->a);

        if (r >= 0)
                r = parse_keyword(l, "in");
        if (r >= 0)
                r = parse_or(l, &node->b);
        if (r >= 0 && lexer_at_name(l, "if")) {
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_expression(l, &node->c);
        }
        if (r >= 0 && lexer_at_name(l, "recursive"))
                return template_fail(l->rd, "recursive loops are not available here");
        if (r >= 0)
                r = parse_until(l, ends, ARRAY_LENGTH(ends), &node->body);
        if (r >= 0 && lexer_at_name(l, "else")) {
                r = lexer_next(l);
                if (r >= 0)
                        return parse_to_end(l, "endfor", &node->orelse);
        }
        return r < 0 ? r : lexer_next(l);
}

/* {% elif %} makes another NODE_IF in `orelse`, with a name; a chain of them is as flat as it reads. */
static int parse_if(struct lexer *l, struct node *node) {
        static const char *const ends[] = { "elif", "else", "endif" };

        for (;;) {
                int r = parse_tuple(l, &node->a);

                if (r >= 0)
                        r = parse_until(l, ends, ARRAY_LENGTH(ends), &node->body);
                if (r < 0)
                        return r;
                if (lexer_at_name(l, "elif")) {
                        r = node_make(l, NODE_IF, NULL, NULL, &node->orelse);
                        if (r >= 0)
                                r = lexer_next(l);
                        if (r < 0)
                                return r;
                        node = node->orelse;
                        node->name = STR("elif");
                        continue;
                }
                if (lexer_at_name(l, "endif"))
                        return lexer_next(l);
                r = lexer_next(l);
                return r < 0 ? r : parse_to_end(l, "endif", &node->orelse);
        }
}

static int parse_captured(struct lexer *l, struct node **ret) {
        return node_make(l, NODE_CAPTURED, NULL, NULL, ret);
}

static int parse_set(struct lexer *l, struct node *node) {
        int r = parse_target(l, &node->a);

        if (r < 0)
                return r;
        if (lexer_at_operator(l, "=")) {
                r = lexer_next(l);
                return r < 0 ? r : parse_tuple(l, &node->b);
        }
        node->kind = NODE_SET_BLOCK;
        r = parse_captured(l, &node->b);
        if (r >= 0 && lexer_at_operator(l, "|")) {
                r = lexer_next(l);
                if (r >= 0)
                        r = parse_filter_names(l, &node->b);
        }
        return r < 0 ? r : parse_to_end(l, "endset", &node->body);
}

static int parse_with(struct lexer *l, struct node *node) {
        struct node **tail = &node->list, *set;
        int r = 0;

        while (r >= 0 && l->current.kind != TOKEN_BLOCK_END) {
                r = node_make(l, NODE_SET, NULL, NULL, &set);
                if (r >= 0)
                        r = parse_primary(l, &set->a);
                if (r >= 0 && !can_assign(set->a))
                        r = template_fail(l->rd, "can't assign to this expression");
                if (r >= 0)
                        r = parse_operator(l, "=");
                if (r >= 0)
                        r = parse_expression(l, &set->b);
                if (r >= 0)
                        r = node_append(l, node, &tail, set);
                if (r < 0 || l->current.kind == TOKEN_BLOCK_END)
                        break;
                r = parse_operator(l, ",");
        }
        return r < 0 ? r : parse_to_end(l, "endwith", &node->body);
}

static int parse_filtered(struct lexer *l, struct node *node) {
        int r = parse_captured(l, &node->b);

        if (r >= 0)
                r = parse_filter_names(l, &node->b);
        return r < 0 ? r : parse_to_end(l, "endfilter", &node->body);
}

static const struct {
        const char *name;
        enum node_kind kind;
        int (*parse)(struct lexer *l, struct node *node);
} statements[] = {
        { "for", NODE_FOR, parse_for },
        { "if", NODE_IF, parse_if },
        { "set", NODE_SET, parse_set },
        { "with", NODE_WITH, parse_with },
        { "filter", NODE_FILTERED, parse_filtered },
};

static const char *const end_names[] = {
        "else", "elif", "endif", "endfor", "endset", "endwith", "endfilter"
};

/* What stands after {%. */
static int parse_statement(struct lexer *l, struct node **ret) {
        if (l->current.kind != TOKEN_NAME)
                return lexer_unexpected(l, "tag name");
        for (size_t i = 0; i < ARRAY_LENGTH(statements); i++) {
                int r;

                if (!token_is(&l->current, TOKEN_NAME, str_of(statements[i].name)))
                        continue;
                r = node_make(l, statements[i].kind, NULL, NULL, ret);
                if (r >= 0)
                        r = lexer_next(l);
                if (r >= 0)
                        r = statements[i].parse(l, *ret);
                return r < 0 ? r : block_end(l);
        }
        return template_fail(l->rd, "Encountered unknown tag '" STR_FMT "'",
                             STR_ARG(str_first(l->current.text, 60)));
}

static int parse_print(struct lexer *l, struct node **ret) {
        struct node *expression = NULL;
        int r = lexer_next(l);

        if (r >= 0)
                r = parse_tuple(l, &expression);
        if (r >= 0)
                r = node_make(l, NODE_PRINT, expression, NULL, ret);
        return r < 0 ? r : expect(l, TOKEN_PRINT_END, "end of print statement");
}

static int parse_data(struct lexer *l, struct node **ret) {
        int r = node_make(l, NODE_DATA, NULL, NULL, ret);

        if (r < 0)
                return r;
        (*ret)->name = l->current.text;
        return lexer_next(l);
}

/* Statements until the end or a tag that ends a body, whose name is then in hand. */
static int parse_list(struct lexer *l, struct node **ret) {
        struct node *node = NULL, **tail = ret;
        int r = 0;

        *ret = NULL;
        while (r >= 0 && l->current.kind != TOKEN_END) {
                l->rd->line = l->current.line;
                if (l->current.kind == TOKEN_DATA && l->current.text.len == 0) {
                        r = lexer_next(l);
                        continue;
                }
                if (l->current.kind == TOKEN_BLOCK_BEGIN) {
                        r = lexer_next(l);
                        if (r < 0 || at_any(l, end_names, ARRAY_LENGTH(end_names)))
                                return r;
                        r = parse_statement(l, &node);
                } else {
                        r = l->current.kind == TOKEN_DATA ? parse_data(l, &node) : parse_print(l, &node);
                }
                if (r >= 0 && node) {
                        *tail = node;
                        tail = &node->next;
                }
        }
        return r;
}

static int parse_body(struct lexer *l, struct node **ret) {
        int r = template_enter(l->rd);

        if (r < 0)
                return r;
        r = parse_list(l, ret);
        template_leave(l->rd);
        return r;
}

int template_parse(struct renderer *rd, struct str text, struct node **ret) {
        struct lexer lexer;
        int r = lexer_begin(&lexer, rd, text);

        if (r >= 0)
                r = parse_body(&lexer, ret);
        if (r >= 0 && lexer.current.kind != TOKEN_END)
                return template_fail(rd, "Encountered unknown tag '" STR_FMT "'",
                                     STR_ARG(lexer.current.text));
        return r;
}
