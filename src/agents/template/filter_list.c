#include "agents/template/arithmetic.h"
#include "agents/template/filters.h"

FILTER(filter_length) {
        size_t n;
        int r = tvalue_length(rd, subject, &n);

        *ret = TVALUE_OF_INT(r < 0 ? 0 : (int64_t)n);
        return r;
}

static int end_item(struct renderer *rd, const struct tvalue *subject, bool last, struct tvalue *ret) {
        struct tvalue_list *items;
        int r = tvalue_iterate(rd, subject, &items);

        if (r < 0)
                return r;
        *ret = (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = STR("item of an empty sequence") };
        if (items->n > 0)
                *ret = items->items[last ? items->n - 1 : 0];
        return 0;
}

FILTER(filter_first) {
        return end_item(rd, subject, false, ret);
}

FILTER(filter_last) {
        return end_item(rd, subject, true, ret);
}

FILTER(filter_random) {
        struct tvalue_list *items;
        uint64_t random;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = random_fill(rd->options->random, &random, sizeof(random));
        if (r < 0)
                return r;
        *ret = (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = STR("item of an empty sequence") };
        if (items->n > 0)
                *ret = items->items[random % items->n];
        return 0;
}

FILTER(filter_join) {
        struct tvalue glue = TVALUE_OF_TEXT(STR("")), item;
        struct tvalue_list *items;
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        bool safe = false;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0 && argument_given(args, 0))
                glue = args->list[0];
        if (r >= 0 && rd->options->escape_html) {
                safe = glue.kind == TVALUE_TEXT && glue.safe;
                for (size_t i = 0; i < items->n && !safe; i++)
                        safe = items->items[i].kind == TVALUE_TEXT && items->items[i].safe;
                if (safe)
                        r = tvalue_escape(rd, &glue, &glue);
        }
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                item = items->items[i];
                if (argument_set(args, 1))
                        r = tvalue_at_path(rd, &items->items[i], &args->list[1], &item);
                if (r >= 0 && safe)
                        r = tvalue_escape(rd, &item, &item);
                if (r >= 0 && i > 0)
                        r = tvalue_print(rd, &buf, &glue);
                if (r >= 0)
                        r = tvalue_print(rd, &buf, &item);
        }
        if (r >= 0)
                r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = safe;
        return r;
}

FILTER(filter_list) {
        *ret = (struct tvalue){ .kind = TVALUE_LIST };
        return tvalue_iterate(rd, subject, &ret->list);
}

FILTER(filter_reverse) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct tvalue_list *items, *reversed;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = tvalue_new_list(rd, items->n, &reversed);
        if (r < 0)
                return r;
        for (size_t i = 0; i < items->n; i++) {
                reversed->items[i] = items->items[items->n - 1 - i];
                if (subject->kind == TVALUE_TEXT)
                        strbuf_append(&buf, reversed->items[i].text);
        }
        if (subject->kind == TVALUE_TEXT)
                return tvalue_take_text(rd, &buf, ret);
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = reversed };
        return 0;
}

FILTER(filter_sum) {
        struct tvalue_list *items;
        struct tvalue item;
        int r = tvalue_iterate(rd, subject, &items);

        *ret = argument_given(args, 1) ? args->list[1] : TVALUE_OF_INT(0);
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                struct tvalue so_far = *ret;

                item = items->items[i];
                if (argument_set(args, 0))
                        r = tvalue_at_path(rd, &items->items[i], &args->list[0], &item);
                if (r >= 0)
                        r = template_spend(rd, 1);
                if (r >= 0)
                        r = tvalue_operate(rd, OP_ADD, &so_far, &item, ret);
        }
        return r;
}

/* A list of lists of `linecount` items; the last is filled up if there is something to fill it with. */
FILTER(filter_batch) {
        struct tvalue_list *items, *lines;
        bool fill = argument_set(args, 1);
        int64_t count;
        size_t n, width;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 1, &count);
        if (r >= 0 && (count < 1 || count > TEMPLATE_STEPS_MAX))
                r = template_fail(rd, "batch takes a positive number");
        if (r < 0)
                return r;
        width = (size_t)count;
        n = (items->n + width - 1) / width;
        r = tvalue_new_list(rd, n, &lines);
        for (size_t i = 0; i < n && r >= 0; i++) {
                size_t has = MIN_OF(width, items->n - i * width);

                lines->items[i].kind = TVALUE_LIST;
                r = tvalue_new_list(rd, fill ? width : has, &lines->items[i].list);
                for (size_t k = 0; r >= 0 && k < lines->items[i].list->n; k++)
                        lines->items[i].list->items[k] =
                                k < has ? items->items[i * width + k] : args->list[1];
        }
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = lines };
        return r;
}

/* So many lists, as even as can be: the first ones have one more; the others are filled up. */
FILTER(filter_slice) {
        struct tvalue_list *items, *lines;
        bool fill = argument_set(args, 1);
        int64_t count;
        size_t at = 0;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 1, &count);
        if (r >= 0 && (count < 1 || count > TEMPLATE_STEPS_MAX))
                r = template_fail(rd, "slice takes a positive number");
        if (r >= 0)
                r = template_spend(rd, (size_t)count);
        if (r >= 0)
                r = tvalue_new_list(rd, (size_t)count, &lines);
        for (size_t i = 0; r >= 0 && i < (size_t)count; i++) {
                size_t extra = items->n % (size_t)count, has = items->n / (size_t)count + (i < extra);
                size_t n = has + (fill && i >= extra);

                lines->items[i].kind = TVALUE_LIST;
                r = tvalue_new_list(rd, n, &lines->items[i].list);
                for (size_t k = 0; r >= 0 && k < n; k++)
                        lines->items[i].list->items[k] = k < has ? items->items[at++] : args->list[1];
        }
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : lines };
        return r;
}

/* (key, value) pairs. */
int filter_items(struct renderer *rd, const struct tvalue *subject, const struct arguments *args _unused_,
                 struct tvalue *ret) {
        struct tvalue_list *pairs;
        int r = 0;

        if (subject->kind != TVALUE_MAP && subject->kind != TVALUE_UNDEFINED)
                return template_fail(rd, "Can only get item pairs from a mapping.");
        if (subject->kind == TVALUE_MAP)
                r = tvalue_fill_map(rd, subject->map);
        if (r >= 0)
                r = tvalue_new_list(rd, subject->kind == TVALUE_MAP ? subject->map->n : 0, &pairs);
        for (size_t i = 0; r >= 0 && i < pairs->n; i++) {
                pairs->items[i].kind = TVALUE_TUPLE;
                r = tvalue_new_list(rd, 2, &pairs->items[i].list);
                if (r < 0)
                        break;
                pairs->items[i].list->items[0] = subject->map->pairs[i].key;
                pairs->items[i].list->items[1] = subject->map->pairs[i].value;
        }
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : pairs };
        return r;
}

/* A filter's name with its arguments: `map('upper')`. */
static int apply_named(struct renderer *rd, const struct tvalue *item, const struct arguments *args,
                       struct tvalue *ret) {
        struct arguments rest = { 0 };

        if (args->n == 0 || args->list[0].kind != TVALUE_TEXT)
                return template_fail(rd, "map requires a filter argument");
        for (size_t i = 1; i < args->n; i++) {
                rest.list[rest.n] = args->list[i];
                rest.names[rest.n++] = args->names[i];
        }
        return template_filter(rd, args->list[0].text, item, &rest, ret);
}

/* By attribute or by a filter. */
FILTER(filter_map) {
        const struct tvalue *attribute = NULL, *fallback = NULL;
        struct tvalue_list *items, *mapped;
        int r = tvalue_iterate(rd, subject, &items);

        for (size_t i = 0; i < args->n; i++) {
                if (str_eq(args->names[i], STR("attribute")))
                        attribute = &args->list[i];
                if (str_eq(args->names[i], STR("default")))
                        fallback = &args->list[i];
        }
        if (r >= 0)
                r = tvalue_new_list(rd, items->n, &mapped);
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                r = template_spend(rd, 1);
                if (r < 0)
                        break;
                r = attribute ? tvalue_at_path(rd, &items->items[i], attribute, &mapped->items[i])
                              : apply_named(rd, &items->items[i], args, &mapped->items[i]);
                if (r >= 0 && attribute && fallback && mapped->items[i].kind == TVALUE_UNDEFINED)
                        mapped->items[i] = *fallback;
        }
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : mapped };
        return r;
}

/* Those for which a test holds, or does not; of an attribute, when the first argument names it. */
static int pick(struct renderer *rd, const struct tvalue *subject, const struct arguments *args, bool wanted,
                bool attribute, struct tvalue *ret) {
        struct tvalue_list *items, *picked;
        struct arguments rest = { 0 };
        size_t skip = (size_t)attribute + 1, n = 0;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0 && attribute && args->n == 0)
                r = template_fail(rd, "Missing parameter for attribute name");
        for (size_t i = skip; i < args->n; i++)
                rest.list[rest.n++] = args->list[i];
        if (r >= 0)
                r = tvalue_new_list(rd, items->n, &picked);
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                struct tvalue item = items->items[i];
                bool holds = false;

                r = template_spend(rd, 1);
                if (r >= 0 && attribute)
                        r = tvalue_at_path(rd, &items->items[i], &args->list[0], &item);
                if (r >= 0 && args->n >= skip && args->list[skip - 1].kind == TVALUE_TEXT)
                        r = template_test(rd, args->list[skip - 1].text, &item, &rest, &holds);
                else
                        holds = tvalue_truth(&item);
                if (r >= 0 && holds == wanted)
                        picked->items[n++] = items->items[i];
        }
        if (r < 0)
                return r;
        picked->n = n;
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = picked };
        return 0;
}

FILTER(filter_select) {
        return pick(rd, subject, args, true, false, ret);
}

FILTER(filter_reject) {
        return pick(rd, subject, args, false, false, ret);
}

FILTER(filter_selectattr) {
        return pick(rd, subject, args, true, true, ret);
}

FILTER(filter_rejectattr) {
        return pick(rd, subject, args, false, true, ret);
}
