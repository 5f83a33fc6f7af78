#include "agents/template/arithmetic.h"

static int lookup(struct renderer *rd, struct str name, struct tvalue *ret) {
        struct tvalue key = TVALUE_OF_TEXT(name);
        size_t looked = 0;
        int r;

        for (const struct scope *scope = rd->scope; scope; scope = scope->parent)
                for (const struct binding *b = scope->bindings; b; b = b->next, looked++)
                        if (str_eq(b->name, name)) {
                                *ret = b->value;
                                return template_spend(rd, looked / 8);
                        }
        *ret = (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = name };
        r = template_spend(rd, looked / 8);
        if (r >= 0)
                r = tvalue_find(rd, rd->values.map, &key, ret);
        return r < 0 ? r : 0;
}

static int evaluate_list(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        struct tvalue_list *list;
        size_t n = 0;
        int r;

        for (const struct node *item = node->list; item; item = item->next)
                n++;
        r = tvalue_new_list(rd, n, &list);
        n = 0;
        for (const struct node *item = node->list; item && r >= 0; item = item->next)
                r = template_evaluate(rd, item, &list->items[n++]);
        *ret = (struct tvalue){ .kind = node->kind == NODE_TUPLE ? TVALUE_TUPLE : TVALUE_LIST, .list = list };
        return r;
}

static int evaluate_pair(struct renderer *rd, const struct node *pair, struct tvalue_map *map) {
        struct tvalue key, value;
        size_t at = 0;
        int r = template_evaluate(rd, pair->a, &key);

        if (r >= 0)
                r = template_evaluate(rd, pair->b, &value);
        if (r < 0)
                return r;
        if (key.kind == TVALUE_LIST || key.kind == TVALUE_MAP)
                return template_fail(rd, "unhashable type: '%s'", tvalue_type(&key));
        for (; at < map->n; at++) {
                bool same;

                r = tvalue_equal(rd, &map->pairs[at].key, &key, &same);
                if (r < 0)
                        return r;
                if (same)
                        break;
        }
        if (at == map->n)
                map->pairs[map->n++].key = key;
        map->pairs[at].value = value;
        return 0;
}

static int evaluate_map(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        struct tvalue_map *map;
        size_t n = 0;
        int r;

        for (const struct node *item = node->list; item; item = item->next)
                n++;
        r = tvalue_new_map(rd, n, &map);
        if (r < 0)
                return r;
        map->n = 0;
        for (const struct node *item = node->list; item && r >= 0; item = item->next)
                r = evaluate_pair(rd, item, map);
        *ret = (struct tvalue){ .kind = TVALUE_MAP, .map = map };
        return r;
}

static int evaluate_concat(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct tvalue items, escaped;
        bool safe = false;
        int r = evaluate_list(rd, node, &items);

        for (size_t i = 0; r >= 0 && rd->options->escape_html && i < items.list->n; i++)
                safe |= items.list->items[i].kind == TVALUE_TEXT && items.list->items[i].safe;
        for (size_t i = 0; r >= 0 && i < items.list->n; i++) {
                escaped = items.list->items[i];
                if (safe)
                        r = tvalue_escape(rd, &items.list->items[i], &escaped);
                if (r >= 0)
                        r = tvalue_print(rd, &buf, &escaped);
        }
        if (r >= 0)
                r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = safe;
        return r;
}

/* a < b < c holds when each pair does; what comes after the first that doesn't is not evaluated. */
static int evaluate_compare(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        struct tvalue left, right;
        bool holds = true;
        int r = template_evaluate(rd, node->a, &left);

        for (const struct node *item = node->list; item && r >= 0 && holds; item = item->next) {
                r = template_evaluate(rd, item->a, &right);
                if (r >= 0)
                        r = tvalue_relate(rd, item->op, &left, &right, &holds);
                left = right;
        }
        *ret = TVALUE_OF_BOOL(holds);
        return r;
}

static int evaluate_logic(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        int r = template_evaluate(rd, node->a, ret);

        if (r < 0)
                return r;
        if (node->kind == NODE_CONDITION) {
                bool yes = tvalue_truth(ret);

                *ret = (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = STR("the inline if-expression") };
                if (yes)
                        return template_evaluate(rd, node->b, ret);
                return node->c ? template_evaluate(rd, node->c, ret) : 0;
        }
        if (node->kind == NODE_NOT) {
                *ret = TVALUE_OF_BOOL(!tvalue_truth(ret));
                return 0;
        }
        return tvalue_truth(ret) == (node->kind == NODE_AND) ? template_evaluate(rd, node->b, ret) : 0;
}

static int evaluate_binary(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        struct tvalue a, b;
        int r = template_evaluate(rd, node->a, &a);

        if (r >= 0 && node->kind == NODE_UNARY)
                return tvalue_negate(rd, node->op, &a, ret);
        if (r >= 0 && node->kind == NODE_ATTRIBUTE)
                return template_attribute(rd, &a, node->name, ret);
        if (r >= 0)
                r = template_evaluate(rd, node->b, &b);
        if (r >= 0 && node->kind == NODE_ITEM)
                return template_item(rd, &a, &b, ret);
        return r < 0 ? r : tvalue_operate(rd, node->op, &a, &b, ret);
}

static int evaluate_slice(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        struct tvalue of, bounds[3];
        size_t n = 0;
        int r = template_evaluate(rd, node->a, &of);

        for (const struct node *item = node->list; item && r >= 0; item = item->next)
                r = template_evaluate(rd, item, &bounds[n++]);
        return r < 0 ? r : template_slice(rd, &of, bounds, ret);
}

static int evaluate_arguments(struct renderer *rd, const struct node *node, struct arguments *ret) {
        int r = 0;

        ret->n = 0;
        for (const struct node *item = node->list; item && r >= 0; item = item->next) {
                ret->names[ret->n] = item->name;
                r = template_evaluate(rd, item->a, &ret->list[ret->n++]);
        }
        return r;
}

/* |name(…), is name(…), value.name(…). In a function of its own: the arguments take much of the stack. */
static int evaluate_call(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        const struct node *method = node->a;
        struct arguments args;
        struct tvalue subject;
        bool holds;
        int r;

        if (node->kind == NODE_CALL && method->kind != NODE_ATTRIBUTE) {
                r = template_evaluate(rd, method, &subject);
                if (r >= 0)
                        r = tvalue_defined(rd, &subject);
                return r < 0 ? r : template_fail(rd, "'%s' object is not callable", tvalue_type(&subject));
        }
        r = template_evaluate(rd, node->kind == NODE_CALL ? method->a : node->a, &subject);
        if (r >= 0)
                r = evaluate_arguments(rd, node, &args);
        if (r < 0)
                return r;
        if (node->kind == NODE_CALL)
                return template_method(rd, method->name, &subject, &args, ret);
        if (node->kind == NODE_FILTER)
                return template_filter(rd, node->name, &subject, &args, ret);
        r = template_test(rd, node->name, &subject, &args, &holds);
        *ret = TVALUE_OF_BOOL(holds);
        return r;
}

static int evaluate(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        switch (node->kind) {
        case NODE_CONSTANT:
                *ret = node->value;
                return 0;
        case NODE_NAME:
                return lookup(rd, node->name, ret);
        case NODE_CAPTURED:
                *ret = rd->captured;
                return 0;
        case NODE_LIST:
        case NODE_TUPLE:
                return evaluate_list(rd, node, ret);
        case NODE_MAP:
                return evaluate_map(rd, node, ret);
        case NODE_CONCAT:
                return evaluate_concat(rd, node, ret);
        case NODE_COMPARE:
                return evaluate_compare(rd, node, ret);
        case NODE_NOT:
        case NODE_AND:
        case NODE_OR:
        case NODE_CONDITION:
                return evaluate_logic(rd, node, ret);
        case NODE_SLICE:
                return evaluate_slice(rd, node, ret);
        case NODE_CALL:
        case NODE_FILTER:
        case NODE_TEST:
                return evaluate_call(rd, node, ret);
        default:
                return evaluate_binary(rd, node, ret);
        }
}

int template_evaluate(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        int r = template_spend(rd, 1);

        return r < 0 ? r : evaluate(rd, node, ret);
}
