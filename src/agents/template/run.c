#include "agents/template/value.h"

static int bind(struct renderer *rd, struct str name, const struct tvalue *value) {
        struct binding *b;

        for (b = rd->scope->bindings; b; b = b->next)
                if (str_eq(b->name, name)) {
                        b->value = *value;
                        return 0;
                }
        b = rd->spare;
        if (b)
                rd->spare = b->next;
        else
                b = arena_new(&rd->arena, struct binding);
        if (!b)
                return template_no_room(rd);
        *b = (struct binding){ .name = name, .value = *value, .next = rd->scope->bindings };
        rd->scope->bindings = b;
        return 0;
}

static void scope_begin(struct renderer *rd, struct scope *scope) {
        *scope = (struct scope){ .parent = rd->scope };
        rd->scope = scope;
}

/* Its bindings are used again, so that a long loop takes no more memory than a short one. */
static void scope_end(struct renderer *rd) {
        struct binding *b = rd->scope->bindings;

        while (b) {
                struct binding *next = b->next;

                b->next = rd->spare;
                rd->spare = b;
                b = next;
        }
        rd->scope = rd->scope->parent;
}

static int assign(struct renderer *rd, const struct node *target, const struct tvalue *value) {
        struct tvalue_list *items;
        size_t n = 0;
        int r;

        if (target->kind == NODE_NAME)
                return bind(rd, target->name, value);
        r = tvalue_defined(rd, value);
        if (r >= 0)
                r = tvalue_iterate(rd, value, &items);
        if (r < 0)
                return r;
        for (const struct node *item = target->list; item; item = item->next)
                n++;
        if (items->n != n)
                return template_fail(rd, "%s values to unpack (expected %zu, got %zu)",
                                     items->n < n ? "not enough" : "too many", n, items->n);
        n = 0;
        for (const struct node *item = target->list; item && r >= 0; item = item->next)
                r = assign(rd, item, &items->items[n++]);
        return r;
}

static int print(struct renderer *rd, const struct node *node) {
        struct tvalue value;
        int r = template_evaluate(rd, node->a, &value);

        if (r >= 0 && rd->options->escape_html)
                r = tvalue_escape(rd, &value, &value);
        return r < 0 ? r : tvalue_print(rd, rd->out, &value);
}

static int run_set(struct renderer *rd, const struct node *node) {
        struct tvalue value;
        int r = template_evaluate(rd, node->b, &value);

        return r < 0 ? r : assign(rd, node->a, &value);
}

/* The body in a scope of its own, its output kept; then what the filters make of it. */
static int run_captured(struct renderer *rd, const struct node *node, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct strbuf *out = rd->out;
        struct scope scope;
        int r;

        scope_begin(rd, &scope);
        rd->out = &buf;
        r = template_run(rd, node->body);
        rd->out = out;
        scope_end(rd);
        if (r >= 0)
                r = tvalue_take_text(rd, &buf, &rd->captured);
        if (r < 0)
                return r;
        rd->captured.safe = rd->options->escape_html;
        return template_evaluate(rd, node->b, ret);
}

static int run_set_block(struct renderer *rd, const struct node *node) {
        struct tvalue value;
        int r = run_captured(rd, node, &value);

        return r < 0 ? r : assign(rd, node->a, &value);
}

static int run_filtered(struct renderer *rd, const struct node *node) {
        struct tvalue value;
        int r = run_captured(rd, node, &value);

        if (r >= 0 && rd->options->escape_html)
                r = tvalue_escape(rd, &value, &value);
        return r < 0 ? r : tvalue_print(rd, rd->out, &value);
}

/* Values are those of the scope around it; none sees the one before. */
static int run_with(struct renderer *rd, const struct node *node) {
        struct scope scope, *outer = rd->scope;
        int r = 0;

        scope_begin(rd, &scope);
        for (const struct node *set = node->list; set && r >= 0; set = set->next) {
                struct tvalue value;

                rd->scope = outer;
                r = template_evaluate(rd, set->b, &value);
                rd->scope = &scope;
                if (r >= 0)
                        r = assign(rd, set->a, &value);
        }
        if (r >= 0)
                r = template_run(rd, node->body);
        scope_end(rd);
        return r;
}

/* Those of the items for which the loop's condition holds. */
static int pick_items(struct renderer *rd, const struct node *node, struct tvalue_list **items) {
        struct tvalue_list *all = *items;
        size_t n = 0;
        int r;

        if (!node->c)
                return 0;
        r = tvalue_new_list(rd, all->n, items);
        for (size_t i = 0; i < all->n && r >= 0; i++) {
                struct scope scope;
                struct tvalue holds;

                scope_begin(rd, &scope);
                r = assign(rd, node->a, &all->items[i]);
                if (r >= 0)
                        r = template_evaluate(rd, node->c, &holds);
                scope_end(rd);
                if (r >= 0 && tvalue_truth(&holds))
                        (*items)->items[n++] = all->items[i];
        }
        if (r >= 0)
                (*items)->n = n;
        return r;
}

static int run_iteration(struct renderer *rd, const struct node *node, struct loop *loop) {
        struct tvalue self = { .kind = TVALUE_LOOP, .loop = loop };
        struct scope scope;
        int r;

        scope_begin(rd, &scope);
        r = template_spend(rd, 1);
        if (r >= 0)
                r = assign(rd, node->a, &loop->items->items[loop->index]);
        if (r >= 0)
                r = bind(rd, STR("loop"), &self);
        if (r >= 0)
                r = template_run(rd, node->body);
        scope_end(rd);
        return r;
}

static int run_for(struct renderer *rd, const struct node *node) {
        struct loop *loop = arena_new(&rd->arena, struct loop);
        struct tvalue over;
        int r;

        if (!loop)
                return template_no_room(rd);
        r = template_evaluate(rd, node->b, &over);
        if (r >= 0)
                r = tvalue_iterate(rd, &over, &loop->items);
        if (r >= 0)
                r = pick_items(rd, node, &loop->items);
        for (loop->index = 0; r >= 0 && loop->index < loop->items->n; loop->index++)
                r = run_iteration(rd, node, loop);
        if (r >= 0 && loop->items->n == 0)
                return template_run(rd, node->orelse);
        /* Where `loop` was kept, it stays at its last item. */
        if (r >= 0)
                loop->index--;
        return r;
}

static int run_if(struct renderer *rd, const struct node *node) {
        struct tvalue holds;

        for (;;) {
                int r = template_evaluate(rd, node->a, &holds);

                if (r < 0)
                        return r;
                if (tvalue_truth(&holds))
                        return template_run(rd, node->body);
                if (!node->orelse || node->orelse->kind != NODE_IF || node->orelse->name.len == 0)
                        return template_run(rd, node->orelse);
                node = node->orelse; /* {% elif %} */
        }
}

static int run_one(struct renderer *rd, const struct node *node) {
        switch (node->kind) {
        case NODE_DATA:
                strbuf_append(rd->out, node->name);
                return template_spend_text(rd, node->name.len);
        case NODE_PRINT:
                return print(rd, node);
        case NODE_FOR:
                return run_for(rd, node);
        case NODE_IF:
                return run_if(rd, node);
        case NODE_SET:
                return run_set(rd, node);
        case NODE_SET_BLOCK:
                return run_set_block(rd, node);
        case NODE_WITH:
                return run_with(rd, node);
        default:
                return run_filtered(rd, node);
        }
}

int template_run(struct renderer *rd, const struct node *list) {
        int r = template_enter(rd);

        if (r < 0)
                return r;
        for (; list && r >= 0 && !rd->out->failed; list = list->next) {
                rd->line = list->line;
                r = template_spend(rd, 1);
                if (r >= 0)
                        r = run_one(rd, list);
        }
        template_leave(rd);
        return r;
}
