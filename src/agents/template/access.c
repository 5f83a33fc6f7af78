/* What values are made of: attributes, items, slices. JSON values alone have any; there is nothing else to reach. */
#include "agents/template/value.h"
#include "agents/value/python_text.h"

static struct tvalue undefined(struct str name) {
        return (struct tvalue){ .kind = TVALUE_UNDEFINED, .text = name };
}

/* loop.index and its like. */
static int loop_attribute(struct renderer *rd, struct loop *loop, struct str name, struct tvalue *ret) {
        size_t n = loop->items->n, i = loop->index;
        const struct {
                const char *name;
                struct tvalue value;
        } attributes[] = {
                { "index", TVALUE_OF_INT((int64_t)i + 1) },
                { "index0", TVALUE_OF_INT((int64_t)i) },
                { "revindex", TVALUE_OF_INT((int64_t)(n - i)) },
                { "revindex0", TVALUE_OF_INT((int64_t)(n - i) - 1) },
                { "first", TVALUE_OF_BOOL(i == 0) },
                { "last", TVALUE_OF_BOOL(i + 1 == n) },
                { "length", TVALUE_OF_INT((int64_t)n) },
                { "depth", TVALUE_OF_INT(1) },
                { "depth0", TVALUE_OF_INT(0) },
                { "previtem",
                  i > 0 ? loop->items->items[i - 1] : undefined(STR("there is no previous item")) },
                { "nextitem",
                  i + 1 < n ? loop->items->items[i + 1] : undefined(STR("there is no next item")) },
        };

        for (size_t k = 0; k < ARRAY_LENGTH(attributes); k++)
                if (str_eq(name, str_of(attributes[k].name)))
                        *ret = attributes[k].value;
        return template_spend(rd, 1);
}

int template_attribute(struct renderer *rd, const struct tvalue *of, struct str name, struct tvalue *ret) {
        struct tvalue key = TVALUE_OF_TEXT(name);
        int r = tvalue_defined(rd, of);

        if (r < 0)
                return r;
        *ret = undefined(name);
        if (of->kind == TVALUE_LOOP)
                return loop_attribute(rd, of->loop, name, ret);
        if (of->kind == TVALUE_TUPLE && of->list->group && str_eq(name, STR("grouper")))
                *ret = of->list->items[0];
        else if (of->kind == TVALUE_TUPLE && of->list->group && str_eq(name, STR("list")))
                *ret = of->list->items[1];
        if (of->kind != TVALUE_MAP)
                return 0;
        r = tvalue_find(rd, of->map, &key, ret);
        return r < 0 ? r : 0;
}

static int text_item(struct renderer *rd, struct str text, int64_t index, struct tvalue *ret) {
        size_t n = str_utf8_length(text), start;
        uint32_t c;

        if (index < 0)
                index += (int64_t)n;
        if (index >= 0 && (size_t)index < n) {
                start = python_offset(text, (size_t)index);
                *ret = TVALUE_OF_TEXT(
                        str_first(str_from(text, start), python_character(str_from(text, start), &c)));
        }
        return template_spend_text(rd, text.len);
}

int template_item(struct renderer *rd, const struct tvalue *of, const struct tvalue *key,
                  struct tvalue *ret) {
        int64_t index;
        int r = tvalue_defined(rd, of);

        if (r < 0)
                return r;
        *ret = undefined(key->kind == TVALUE_TEXT ? key->text : STR("item"));
        if (of->kind == TVALUE_MAP) {
                r = tvalue_find(rd, of->map, key, ret);
                return r < 0 ? r : 0;
        }
        if (of->kind == TVALUE_LOOP && key->kind == TVALUE_TEXT)
                return loop_attribute(rd, of->loop, key->text, ret);
        if (!tvalue_is_whole(key))
                return 0;
        index = tvalue_whole(key);
        if (of->kind == TVALUE_TEXT)
                return text_item(rd, of->text, index, ret);
        if (!tvalue_is_list(of))
                return 0;
        if (index < 0)
                index += (int64_t)of->list->n;
        r = tvalue_fill_list(rd, of->list);
        if (r >= 0 && index >= 0 && (size_t)index < of->list->n)
                *ret = of->list->items[index];
        return r;
}

/* Bounds as Python clamps them. `n` items; a negative step goes from the end. */
static int clamp(struct renderer *rd, const struct tvalue bounds[3], int64_t n, int64_t *ret_from,
                 int64_t *ret_to, int64_t *ret_step) {
        int64_t values[3], low, high;

        for (size_t i = 0; i < 3; i++) {
                if (bounds[i].kind != TVALUE_NONE && !tvalue_is_whole(&bounds[i]))
                        return template_fail(rd, "slice indices must be integers or None");
                values[i] = bounds[i].kind == TVALUE_NONE ? 0 : tvalue_whole(&bounds[i]);
        }
        *ret_step = bounds[2].kind == TVALUE_NONE ? 1 : MAX_OF(values[2], -INT64_MAX);
        if (*ret_step == 0)
                return template_fail(rd, "slice step cannot be zero");
        low = *ret_step > 0 ? 0 : -1;
        high = *ret_step > 0 ? n : n - 1;
        for (size_t i = 0; i < 2; i++) {
                if (values[i] < 0)
                        values[i] = values[i] < -n ? -1 : values[i] + n;
                values[i] = MIN_OF(MAX_OF(values[i], low), high);
        }
        *ret_from = bounds[0].kind == TVALUE_NONE ? (*ret_step > 0 ? low : high) : values[0];
        *ret_to = bounds[1].kind == TVALUE_NONE ? (*ret_step > 0 ? high : low) : values[1];
        return 0;
}

int template_slice(struct renderer *rd, const struct tvalue *of, const struct tvalue bounds[3],
                   struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        int64_t from = 0, to = 0, step = 1, total = 0;
        struct tvalue_list *items, *picked;
        int r = tvalue_defined(rd, of);

        if (r >= 0 && !tvalue_is_list(of) && of->kind != TVALUE_TEXT)
                r = template_fail(rd, "'%s' object can't be sliced", tvalue_type(of));
        if (r >= 0)
                r = tvalue_iterate(rd, of, &items);
        if (r >= 0)
                r = clamp(rd, bounds, (int64_t)items->n, &from, &to, &step);
        if (r < 0)
                return r;
        if (step > 0 && to > from)
                total = (to - from - 1) / step + 1;
        else if (step < 0 && from > to)
                total = (from - to - 1) / -step + 1;
        r = tvalue_new_list(rd, (size_t)total, &picked);
        if (r < 0)
                return r;
        for (int64_t i = 0; i < total; i++) {
                picked->items[i] = items->items[from + i * step];
                if (of->kind == TVALUE_TEXT)
                        strbuf_append(&buf, picked->items[i].text);
        }
        if (of->kind == TVALUE_TEXT)
                r = tvalue_take_text(rd, &buf, ret);
        else
                *ret = (struct tvalue){ .kind = of->kind, .list = picked };
        if (r >= 0 && of->kind == TVALUE_TEXT)
                ret->safe = of->safe;
        return r;
}
