#include "agents/template/value.h"

#include "agents/value/python_text.h"

const char *tvalue_type(const struct tvalue *v) {
        static const char *const names[] = {
                [TVALUE_UNDEFINED] = "Undefined",
                [TVALUE_NONE] = "NoneType",
                [TVALUE_BOOL] = "bool",
                [TVALUE_INT] = "int",
                [TVALUE_REAL] = "float",
                [TVALUE_TEXT] = "str",
                [TVALUE_LIST] = "list",
                [TVALUE_TUPLE] = "tuple",
                [TVALUE_MAP] = "dict",
                [TVALUE_LOOP] = "LoopContext",
        };

        return names[v->kind];
}

int tvalue_new_list(struct renderer *rd, size_t n, struct tvalue_list **ret) {
        struct tvalue_list *list = arena_new(&rd->arena, struct tvalue_list);
        struct tvalue *items = arena_alloc_array(&rd->arena, n + 1, sizeof(struct tvalue));

        if (!list || !items)
                return template_no_room(rd);
        *list = (struct tvalue_list){ .n = n, .items = items };
        *ret = list;
        return template_spend(rd, n / 4);
}

int tvalue_new_map(struct renderer *rd, size_t n, struct tvalue_map **ret) {
        struct tvalue_map *map = arena_new(&rd->arena, struct tvalue_map);
        struct tvalue_pair *pairs = arena_alloc_array(&rd->arena, n + 1, sizeof(struct tvalue_pair));

        if (!map || !pairs)
                return template_no_room(rd);
        *map = (struct tvalue_map){ .n = n, .pairs = pairs };
        *ret = map;
        return template_spend(rd, n / 4);
}

int tvalue_take_text(struct renderer *rd, struct strbuf *buf, struct tvalue *ret) {
        struct str copy;

        if (buf->failed)
                return template_no_room(rd);
        copy = arena_copy(&rd->arena, str_n(buf->ptr ? buf->ptr : "", buf->len));
        if (!copy.ptr)
                return template_no_room(rd);
        *ret = TVALUE_OF_TEXT(copy);
        strbuf_reset(buf);
        return template_spend_text(rd, copy.len);
}

int tvalue_from_json(struct renderer *rd, json_t *json, struct tvalue *ret) {
        *ret = (struct tvalue){ .kind = TVALUE_NONE };
        switch (json_typeof(json)) {
        case JSON_OBJECT:
                ret->kind = TVALUE_MAP;
                ret->map = arena_new(&rd->arena, struct tvalue_map);
                if (!ret->map)
                        return template_no_room(rd);
                *ret->map = (struct tvalue_map){ .n = json_object_size(json), .json = json };
                return 0;
        case JSON_ARRAY:
                ret->kind = TVALUE_LIST;
                ret->list = arena_new(&rd->arena, struct tvalue_list);
                if (!ret->list)
                        return template_no_room(rd);
                *ret->list = (struct tvalue_list){ .n = json_array_size(json), .json = json };
                return 0;
        case JSON_STRING:
                *ret = TVALUE_OF_TEXT(str_n(json_string_value(json), json_string_length(json)));
                return 0;
        case JSON_INTEGER:
                *ret = TVALUE_OF_INT(json_integer_value(json));
                return 0;
        case JSON_REAL:
                *ret = TVALUE_OF_REAL(json_real_value(json));
                return 0;
        case JSON_TRUE:
        case JSON_FALSE:
                *ret = TVALUE_OF_BOOL(json_is_true(json));
                return 0;
        default:
                return 0;
        }
}

int tvalue_fill_list(struct renderer *rd, struct tvalue_list *list) {
        struct tvalue *items;
        int r;

        if (list->items)
                return 0;
        r = template_spend(rd, list->n / 4);
        if (r < 0)
                return r;
        items = arena_alloc_array(&rd->arena, list->n + 1, sizeof(struct tvalue));
        if (!items)
                return template_no_room(rd);
        for (size_t i = 0; i < list->n; i++) {
                r = tvalue_from_json(rd, json_array_get(list->json, i), &items[i]);
                if (r < 0)
                        return r;
        }
        list->items = items;
        return 0;
}

int tvalue_fill_map(struct renderer *rd, struct tvalue_map *map) {
        struct tvalue_pair *pairs;
        size_t n = 0;
        void *at;
        int r;

        if (map->pairs)
                return 0;
        r = template_spend(rd, map->n / 4);
        if (r < 0)
                return r;
        pairs = arena_alloc_array(&rd->arena, map->n + 1, sizeof(struct tvalue_pair));
        if (!pairs)
                return template_no_room(rd);
        for (at = json_object_iter(map->json); at; at = json_object_iter_next(map->json, at)) {
                pairs[n].key = TVALUE_OF_TEXT(str_of(json_object_iter_key(at)));
                r = tvalue_from_json(rd, json_object_iter_value(at), &pairs[n++].value);
                if (r < 0)
                        return r;
        }
        map->pairs = pairs;
        return 0;
}

int tvalue_find(struct renderer *rd, struct tvalue_map *map, const struct tvalue *key, struct tvalue *ret) {
        int r = tvalue_fill_map(rd, map);

        for (size_t i = 0; i < map->n && r >= 0; i++) {
                const struct tvalue *candidate = &map->pairs[i].key;
                bool same = false;

                if (key->kind == TVALUE_TEXT && candidate->kind == TVALUE_TEXT)
                        same = str_eq(key->text, candidate->text);
                else
                        r = tvalue_equal(rd, key, candidate, &same);
                if (r >= 0 && same) {
                        *ret = map->pairs[i].value;
                        r = template_spend(rd, i / 8);
                        return r < 0 ? r : 1;
                }
        }
        return r < 0 ? r : template_spend(rd, map->n / 8);
}

int tvalue_defined(struct renderer *rd, const struct tvalue *v) {
        if (v->kind != TVALUE_UNDEFINED)
                return 0;
        return template_fail(rd, "'" STR_FMT "' is undefined", STR_ARG(str_first(v->text, 100)));
}

bool tvalue_truth(const struct tvalue *v) {
        switch (v->kind) {
        case TVALUE_BOOL:
                return v->truth;
        case TVALUE_INT:
                return v->integer != 0;
        case TVALUE_REAL:
                return v->real != 0;
        case TVALUE_TEXT:
                return v->text.len > 0;
        case TVALUE_LIST:
        case TVALUE_TUPLE:
                return v->list->n > 0;
        case TVALUE_MAP:
                return v->map->n > 0;
        case TVALUE_LOOP:
                return true;
        default:
                return false;
        }
}

static int iterate_text(struct renderer *rd, struct str text, struct tvalue_list **ret) {
        int r = tvalue_new_list(rd, str_utf8_length(text), ret);
        uint32_t c;

        for (size_t i = 0; r >= 0 && text.len > 0; i++) {
                size_t n = python_character(text, &c);

                (*ret)->items[i] = TVALUE_OF_TEXT(str_first(text, n));
                text = str_from(text, n);
        }
        return r;
}

static int iterate_map(struct renderer *rd, struct tvalue_map *map, struct tvalue_list **ret) {
        int r = tvalue_fill_map(rd, map);

        if (r >= 0)
                r = tvalue_new_list(rd, map->n, ret);
        for (size_t i = 0; r >= 0 && i < map->n; i++)
                (*ret)->items[i] = map->pairs[i].key;
        return r;
}

int tvalue_iterate(struct renderer *rd, const struct tvalue *v, struct tvalue_list **ret) {
        switch (v->kind) {
        case TVALUE_LIST:
        case TVALUE_TUPLE:
                *ret = v->list;
                return tvalue_fill_list(rd, v->list);
        case TVALUE_MAP:
                return iterate_map(rd, v->map, ret);
        case TVALUE_TEXT:
                return iterate_text(rd, v->text, ret);
        case TVALUE_UNDEFINED:
                return tvalue_new_list(rd, 0, ret);
        default:
                return template_fail(rd, "'%s' object is not iterable", tvalue_type(v));
        }
}

int tvalue_length(struct renderer *rd, const struct tvalue *v, size_t *ret) {
        switch (v->kind) {
        case TVALUE_LIST:
        case TVALUE_TUPLE:
                *ret = v->list->n;
                return 0;
        case TVALUE_MAP:
                *ret = v->map->n;
                return 0;
        case TVALUE_TEXT:
                *ret = str_utf8_length(v->text);
                return template_spend_text(rd, v->text.len);
        case TVALUE_UNDEFINED:
                *ret = 0;
                return 0;
        default:
                return template_fail(rd, "object of type '%s' has no len()", tvalue_type(v));
        }
}
