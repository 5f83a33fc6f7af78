/* Filters that compare: sort, unique, groupby and their like. */
#include "agents/template/filters.h"

int tvalue_at_path(struct renderer *rd, const struct tvalue *of, const struct tvalue *path,
                   struct tvalue *ret) {
        struct tvalue at = *of, key;
        struct str rest, part;
        uint64_t index;
        int r = 0;

        if (path->kind != TVALUE_TEXT)
                return template_item(rd, of, path, ret);
        rest = path->text;
        while (r >= 0 && str_next(&rest, '.', &part)) {
                key = str_to_uint(part, INT64_MAX, &index) ? TVALUE_OF_INT((int64_t)index)
                                                           : TVALUE_OF_TEXT(part);
                r = template_item(rd, &at, &key, ret);
                at = *ret;
        }
        return r;
}

int tvalue_fold(struct renderer *rd, const struct tvalue *v, struct tvalue *ret) {
        if (v->kind == TVALUE_TEXT)
                return text_change_case(rd, v->text, CASE_LOWER, ret);
        *ret = *v;
        return 0;
}

/* What items are compared by: themselves or an attribute, in lower case unless `case_sensitive`. */
static int make_key(struct renderer *rd, const struct tvalue *item, const struct tvalue *attribute,
                    bool case_sensitive, struct tvalue *ret) {
        struct tvalue key = *item;
        int r = attribute ? tvalue_at_path(rd, item, attribute, &key) : 0;

        if (r < 0)
                return r;
        if (!case_sensitive)
                return tvalue_fold(rd, &key, ret);
        *ret = key;
        return 0;
}

static int make_keys(struct renderer *rd, const struct tvalue_list *items, const struct tvalue *attribute,
                     bool case_sensitive, struct tvalue_list **ret) {
        int r = tvalue_new_list(rd, items->n, ret);

        for (size_t i = 0; r >= 0 && i < items->n; i++)
                r = make_key(rd, &items->items[i], attribute, case_sensitive, &(*ret)->items[i]);
        return r;
}

/* Merges two sorted runs, [low, middle) and [middle, high), from `order` into `to`. */
static int merge(struct renderer *rd, const struct tvalue *keys, const size_t *order, size_t low,
                 size_t middle, size_t high, bool reverse, size_t *to) {
        size_t a = low, b = middle;

        for (size_t at = low; at < high; at++) {
                bool from_b = a == middle;

                if (!from_b && b < high) {
                        const struct tvalue *left = &keys[order[a]], *right = &keys[order[b]];
                        int sign, r = tvalue_compare(rd, right, left, "<", &sign);

                        if (r < 0)
                                return r;
                        from_b = reverse ? sign > 0 : sign < 0;
                }
                to[at] = from_b ? order[b++] : order[a++];
        }
        return 0;
}

int tvalue_sort(struct renderer *rd, struct tvalue_list *keys, struct tvalue_list *items, bool reverse) {
        size_t n = items->n, *order = arena_alloc_array(&rd->arena, n + 1, sizeof(size_t));
        size_t *other = arena_alloc_array(&rd->arena, n + 1, sizeof(size_t));
        struct tvalue_list *sorted;
        int r = tvalue_new_list(rd, n, &sorted);

        if (!order || !other)
                return template_no_room(rd);
        for (size_t i = 0; i < n; i++)
                order[i] = i;
        for (size_t width = 1; r >= 0 && width < n; width *= 2) {
                size_t *swap = order;

                for (size_t low = 0; r >= 0 && low < n; low += 2 * width)
                        r = merge(rd, keys->items, order, low, MIN_OF(low + width, n),
                                  MIN_OF(low + 2 * width, n), reverse, other);
                order = other;
                other = swap;
        }
        for (size_t i = 0; r >= 0 && i < n; i++)
                sorted->items[i] = items->items[order[i]];
        if (r >= 0)
                items->items = sorted->items;
        return r;
}

static int copy_list(struct renderer *rd, const struct tvalue_list *list, struct tvalue_list **ret) {
        int r = tvalue_new_list(rd, list->n, ret);

        for (size_t i = 0; r >= 0 && i < list->n; i++)
                (*ret)->items[i] = list->items[i];
        return r;
}

/* By several attributes, "a,b": keys are lists of them. */
static int make_sort_keys(struct renderer *rd, const struct tvalue_list *items,
                          const struct tvalue *attribute, bool case_sensitive, struct tvalue_list **ret) {
        size_t n = 1;
        int r;

        if (!attribute || attribute->kind != TVALUE_TEXT || str_find(attribute->text, ',') < 0)
                return make_keys(rd, items, attribute, case_sensitive, ret);
        for (size_t i = 0; i < attribute->text.len; i++)
                n += attribute->text.ptr[i] == ',';
        r = tvalue_new_list(rd, items->n, ret);
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                struct tvalue *key = &(*ret)->items[i];
                struct str rest = attribute->text, part;
                size_t k = 0;

                key->kind = TVALUE_LIST;
                r = tvalue_new_list(rd, n, &key->list);
                while (r >= 0 && str_next(&rest, ',', &part)) {
                        struct tvalue path = TVALUE_OF_TEXT(part);

                        r = make_key(rd, &items->items[i], &path, case_sensitive, &key->list->items[k++]);
                }
        }
        return r;
}

FILTER(filter_sort) {
        const struct tvalue *attribute = argument_set(args, 2) ? &args->list[2] : NULL;
        struct tvalue_list *items, *keys, *sorted;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = make_sort_keys(rd, items, attribute, argument_truth(args, 1, false), &keys);
        if (r >= 0)
                r = copy_list(rd, items, &sorted);
        if (r >= 0)
                r = tvalue_sort(rd, keys, sorted, argument_truth(args, 0, false));
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : sorted };
        return r;
}

FILTER(filter_unique) {
        const struct tvalue *attribute = argument_set(args, 1) ? &args->list[1] : NULL;
        struct tvalue_list *items, *keys, *unique;
        size_t n = 0;
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = make_keys(rd, items, attribute, argument_truth(args, 0, false), &keys);
        if (r >= 0)
                r = tvalue_new_list(rd, items->n, &unique);
        for (size_t i = 0; r >= 0 && i < items->n; i++) {
                bool seen = false;

                /* keys[0 … n) are those that were taken. */
                for (size_t k = 0; r >= 0 && k < n && !seen; k++)
                        r = tvalue_equal(rd, &keys->items[k], &keys->items[i], &seen);
                if (r >= 0 && !seen) {
                        keys->items[n] = keys->items[i];
                        unique->items[n++] = items->items[i];
                }
        }
        if (r < 0)
                return r;
        unique->n = n;
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = unique };
        return 0;
}

static int extreme(struct renderer *rd, const struct tvalue *subject, const struct arguments *args,
                   bool greatest, struct tvalue *ret) {
        const struct tvalue *attribute = argument_set(args, 1) ? &args->list[1] : NULL;
        struct tvalue_list *items, *keys;
        size_t best = 0;
        int sign, r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = make_keys(rd, items, attribute, argument_truth(args, 0, false), &keys);
        for (size_t i = 1; r >= 0 && i < items->n; i++) {
                r = tvalue_compare(rd, &keys->items[i], &keys->items[best], greatest ? ">" : "<", &sign);
                if (greatest ? sign > 0 : sign < 0)
                        best = i;
        }
        if (r < 0)
                return r;
        *ret = (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = STR("item of an empty sequence") };
        if (items->n > 0)
                *ret = items->items[best];
        return 0;
}

FILTER(filter_min) {
        return extreme(rd, subject, args, false, ret);
}

FILTER(filter_max) {
        return extreme(rd, subject, args, true, ret);
}

static int make_group(struct renderer *rd, const struct tvalue *key, const struct tvalue *items, size_t n,
                      struct tvalue *ret) {
        int r;

        *ret = (struct tvalue){ .kind = TVALUE_TUPLE };
        r = tvalue_new_list(rd, 2, &ret->list);
        if (r < 0)
                return r;
        ret->list->group = true;
        ret->list->items[0] = *key;
        ret->list->items[1].kind = TVALUE_LIST;
        r = tvalue_new_list(rd, n, &ret->list->items[1].list);
        for (size_t i = 0; r >= 0 && i < n; i++)
                ret->list->items[1].list->items[i] = items[i];
        return r;
}

/* Items with equal keys, in the order of the keys. */
static int group_items(struct renderer *rd, const struct tvalue_list *keys, const struct tvalue_list *items,
                       const struct tvalue *attribute, const struct tvalue *fallback,
                       struct tvalue_list *groups) {
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < items->n;) {
                struct tvalue name = TVALUE_OF_NONE;
                size_t end = i + 1;
                bool same = true;

                while (r >= 0 && end < items->n) {
                        r = tvalue_equal(rd, &keys->items[i], &keys->items[end], &same);
                        if (r < 0 || !same)
                                break;
                        end++;
                }
                if (r >= 0)
                        r = tvalue_at_path(rd, &items->items[i], attribute, &name);
                if (r >= 0 && name.kind == TVALUE_UNDEFINED && fallback)
                        name = *fallback;
                if (r >= 0)
                        r = make_group(rd, &name, &items->items[i], end - i, &groups->items[n++]);
                i = end;
        }
        groups->n = n;
        return r;
}

FILTER(filter_groupby) {
        const struct tvalue *fallback = argument_set(args, 1) ? &args->list[1] : NULL;
        struct tvalue_list *items, *keys, *sorted, *again, *groups;
        bool case_sensitive = argument_truth(args, 2, false);
        int r = tvalue_iterate(rd, subject, &items);

        if (r >= 0)
                r = make_keys(rd, items, &args->list[0], case_sensitive, &keys);
        for (size_t i = 0; r >= 0 && fallback && i < items->n; i++)
                if (keys->items[i].kind == TVALUE_UNDEFINED)
                        r = tvalue_fold(rd, fallback, &keys->items[i]);
        if (r >= 0)
                r = copy_list(rd, items, &sorted);
        if (r >= 0)
                r = copy_list(rd, keys, &again);
        if (r >= 0)
                r = tvalue_sort(rd, keys, sorted, false);
        if (r >= 0)
                r = tvalue_sort(rd, keys, again, false);
        if (r >= 0)
                r = tvalue_new_list(rd, items->n, &groups);
        if (r >= 0)
                r = group_items(rd, again, sorted, &args->list[0], fallback, groups);
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : groups };
        return r;
}

/* (key, value) pairs by key, or by value. */
FILTER(filter_dictsort) {
        struct tvalue_list *keys;
        struct tvalue pairs;
        struct str by;
        int r = filter_items(rd, subject, args, &pairs);

        if (r >= 0)
                r = argument_text(rd, args, 1, STR("key"), &by);
        if (r >= 0 && !str_eq(by, STR("key")) && !str_eq(by, STR("value")))
                r = template_fail(rd, "You can only sort by either \"key\" or \"value\"");
        if (r >= 0)
                r = make_keys(rd, pairs.list, str_eq(by, STR("key")) ? &TVALUE_OF_INT(0) : &TVALUE_OF_INT(1),
                              argument_truth(args, 0, false), &keys);
        if (r >= 0)
                r = tvalue_sort(rd, keys, pairs.list, argument_truth(args, 2, false));
        *ret = pairs;
        return r;
}
