/* Equality and order of values. */
#include "agents/template/value.h"

static int equal_lists(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret) {
        int r = tvalue_fill_list(rd, a->list);

        *ret = a->kind == b->kind && a->list->n == b->list->n;
        if (r >= 0)
                r = tvalue_fill_list(rd, b->list);
        for (size_t i = 0; r >= 0 && *ret && i < a->list->n; i++)
                r = tvalue_equal(rd, &a->list->items[i], &b->list->items[i], ret);
        return r;
}

static int equal_maps(struct renderer *rd, struct tvalue_map *a, struct tvalue_map *b, bool *ret) {
        int r = tvalue_fill_map(rd, a);

        *ret = a->n == b->n;
        for (size_t i = 0; r >= 0 && *ret && i < a->n; i++) {
                struct tvalue other;

                r = tvalue_find(rd, b, &a->pairs[i].key, &other);
                if (r == 0)
                        *ret = false;
                else if (r > 0)
                        r = tvalue_equal(rd, &a->pairs[i].value, &other, ret);
        }
        return r;
}

static int equal_nested(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret) {
        int r = template_enter(rd);

        if (r < 0)
                return r;
        r = a->kind == TVALUE_MAP ? equal_maps(rd, a->map, b->map, ret) : equal_lists(rd, a, b, ret);
        template_leave(rd);
        return r;
}

int tvalue_equal(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret) {
        int r = template_spend(rd, 1);

        if (r < 0)
                return r;
        if (tvalue_is_number(a) && tvalue_is_number(b)) {
                *ret = tvalue_is_whole(a) && tvalue_is_whole(b) ? tvalue_whole(a) == tvalue_whole(b)
                                                                : tvalue_real(a) == tvalue_real(b);
                return 0;
        }
        if (a->kind != b->kind) {
                *ret = false;
                return 0;
        }
        switch (a->kind) {
        case TVALUE_TEXT:
                *ret = str_eq(a->text, b->text);
                return template_spend_text(rd, a->text.len);
        case TVALUE_LIST:
        case TVALUE_TUPLE:
        case TVALUE_MAP:
                return equal_nested(rd, a, b, ret);
        case TVALUE_LOOP:
                *ret = a->loop == b->loop;
                return 0;
        default:
                *ret = true;
                return 0;
        }
}

static int compare_lists(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, const char *op,
                         int *ret) {
        size_t n = MIN_OF(a->list->n, b->list->n);
        int r = tvalue_fill_list(rd, a->list);

        if (r >= 0)
                r = tvalue_fill_list(rd, b->list);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                const struct tvalue *left = &a->list->items[i], *right = &b->list->items[i];
                bool same;

                r = tvalue_equal(rd, left, right, &same);
                if (r >= 0 && !same)
                        return tvalue_compare(rd, left, right, op, ret);
        }
        *ret = a->list->n < b->list->n ? -1 : a->list->n > b->list->n;
        return r;
}

int tvalue_compare(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, const char *op,
                   int *ret) {
        int r = template_spend(rd, 1);

        if (r >= 0)
                r = tvalue_defined(rd, a);
        if (r >= 0)
                r = tvalue_defined(rd, b);
        if (r < 0)
                return r;
        if (tvalue_is_whole(a) && tvalue_is_whole(b)) {
                *ret = tvalue_whole(a) < tvalue_whole(b) ? -1 : tvalue_whole(a) > tvalue_whole(b);
                return 0;
        }
        if (tvalue_is_number(a) && tvalue_is_number(b)) {
                *ret = tvalue_real(a) < tvalue_real(b) ? -1 : tvalue_real(a) > tvalue_real(b);
                return 0;
        }
        if (a->kind == TVALUE_TEXT && b->kind == TVALUE_TEXT) {
                size_t n = MIN_OF(a->text.len, b->text.len);

                *ret = n ? memcmp(a->text.ptr, b->text.ptr, n) : 0;
                if (*ret == 0)
                        *ret = a->text.len < b->text.len ? -1 : a->text.len > b->text.len;
                return template_spend_text(rd, n);
        }
        if (tvalue_is_list(a) && a->kind == b->kind) {
                r = template_enter(rd);
                if (r < 0)
                        return r;
                r = compare_lists(rd, a, b, op, ret);
                template_leave(rd);
                return r;
        }
        return template_fail(rd, "'%s' not supported between instances of '%s' and '%s'", op, tvalue_type(a),
                             tvalue_type(b));
}
