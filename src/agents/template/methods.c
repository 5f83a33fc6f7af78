/* Methods that change nothing: `text.upper()`, `dictionary.items()`. A table for each kind of value; there are no others. */
#include "agents/template/filters.h"
#include "agents/value/python_text.h"

static int strip(struct renderer *rd, const struct tvalue *subject, const struct arguments *args, bool left,
                 bool right, struct tvalue *ret) {
        struct str characters;
        int r = argument_text(rd, args, 0, STR_NULL, &characters);

        if (r >= 0)
                r = spend_strip(rd, subject->text, characters);
        if (r >= 0)
                *ret = TVALUE_OF_TEXT(text_strip(subject->text, characters, left, right));
        return r;
}

static FILTER(method_strip) {
        return strip(rd, subject, args, true, true, ret);
}

static FILTER(method_lstrip) {
        return strip(rd, subject, args, true, false, ret);
}

static FILTER(method_rstrip) {
        return strip(rd, subject, args, false, true, ret);
}

static size_t count_of(struct str text, struct str needle) {
        size_t n = 0;
        ptrdiff_t at = 0;

        if (needle.len == 0)
                return str_utf8_length(text) + 1;
        while ((at = python_find(text, needle, (size_t)at)) >= 0) {
                at += (ptrdiff_t)needle.len;
                n++;
        }
        return n;
}

/* By spaces of any kind and number. */
static int split_words(struct renderer *rd, struct str text, int64_t max, struct tvalue_list **ret) {
        struct str rest = text, word;
        size_t n = 0;
        int r;

        while (python_next_word(&rest, &word))
                n++;
        r = tvalue_new_list(rd, n, ret);
        rest = text;
        n = 0;
        while (r >= 0 && (max < 0 || (int64_t)n < max) && python_next_word(&rest, &word))
                (*ret)->items[n++] = TVALUE_OF_TEXT(word);
        rest = python_strip_left(rest);
        if (r >= 0 && rest.len > 0)
                (*ret)->items[n++] = TVALUE_OF_TEXT(python_strip_right(rest));
        if (r >= 0)
                (*ret)->n = n;
        return r;
}

static FILTER(method_split) {
        struct str rest = subject->text, separator;
        struct tvalue_list *list;
        size_t n = 0;
        int64_t max;
        int r = argument_text(rd, args, 0, STR_NULL, &separator);

        if (r >= 0)
                r = argument_whole(rd, args, 1, -1, &max);
        if (r >= 0)
                r = template_spend_text(rd, rest.len);
        if (r >= 0 && separator.ptr && separator.len == 0)
                r = template_fail(rd, "empty separator");
        if (r < 0)
                return r;
        if (!separator.ptr) {
                r = split_words(rd, rest, max, &list);
        } else {
                r = tvalue_new_list(rd, count_of(rest, separator) + 1, &list);
                while (r >= 0) {
                        ptrdiff_t at = max < 0 || (int64_t)n < max ? python_find(rest, separator, 0) : -1;

                        list->items[n++] = TVALUE_OF_TEXT(at < 0 ? rest : str_first(rest, (size_t)at));
                        if (at < 0)
                                break;
                        rest = str_from(rest, (size_t)at + separator.len);
                }
                if (r >= 0)
                        list->n = n;
        }
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = r < 0 ? NULL : list };
        return r;
}

static FILTER(method_splitlines) {
        struct str rest = subject->text, line;
        struct tvalue_list *list;
        size_t n = 0;
        int r = template_spend_text(rd, rest.len);

        if (r >= 0)
                r = tvalue_new_list(rd, count_of(rest, STR("\n")) + 1, &list);
        if (r < 0)
                return r;
        if (rest.len > 0 && rest.ptr[rest.len - 1] == '\n')
                rest.len--;
        while (subject->text.len > 0 && str_next(&rest, '\n', &line)) {
                if (line.len > 0 && line.ptr[line.len - 1] == '\r')
                        line.len--;
                list->items[n++] = TVALUE_OF_TEXT(line);
        }
        list->n = n;
        *ret = (struct tvalue){ .kind = TVALUE_LIST, .list = list };
        return 0;
}

static FILTER(method_join) {
        struct arguments glue = { .list = { *subject }, .n = 1 };

        return filter_join(rd, &args->list[0], &glue, ret);
}

/* The argument is a text or a tuple of texts. */
static int begins_or_ends(struct renderer *rd, const struct tvalue *subject, const struct tvalue *part,
                          bool ends, struct tvalue *ret) {
        struct tvalue_list one = { .n = 1, .items = (struct tvalue *)part }, *parts = &one;
        bool holds = false;
        int r = tvalue_is_list(part) ? tvalue_iterate(rd, part, &parts) : 0;

        for (size_t i = 0; r >= 0 && i < parts->n; i++) {
                struct str piece = parts->items[i].text, text = subject->text;

                if (parts->items[i].kind != TVALUE_TEXT)
                        return template_fail(rd, "startswith and endswith take text, not %s",
                                             tvalue_type(&parts->items[i]));
                if (ends && piece.len <= text.len)
                        text = str_from(text, text.len - piece.len);
                r = template_spend_text(rd, MIN_OF(piece.len, text.len));
                holds |= str_starts_with(text, piece);
        }
        *ret = TVALUE_OF_BOOL(holds);
        return r;
}

static FILTER(method_startswith) {
        return begins_or_ends(rd, subject, &args->list[0], false, ret);
}

static FILTER(method_endswith) {
        return begins_or_ends(rd, subject, &args->list[0], true, ret);
}

static FILTER(method_find) {
        struct str needle;
        ptrdiff_t at;
        int r = argument_text(rd, args, 0, STR(""), &needle);

        if (r < 0)
                return r;
        at = python_find(subject->text, needle, 0);
        *ret = TVALUE_OF_INT(at < 0 ? -1 : (int64_t)str_utf8_length(str_first(subject->text, (size_t)at)));
        return template_spend_text(rd, subject->text.len);
}

static FILTER(method_text_count) {
        struct str needle;
        int r = argument_text(rd, args, 0, STR(""), &needle);

        if (r < 0)
                return r;
        *ret = TVALUE_OF_INT((int64_t)count_of(subject->text, needle));
        return template_spend_text(rd, subject->text.len);
}

static FILTER(method_isdigit) {
        struct str s = subject->text;
        bool all = s.len > 0;

        for (size_t i = 0; i < s.len; i++)
                all &= s.ptr[i] >= '0' && s.ptr[i] <= '9';
        *ret = TVALUE_OF_BOOL(all);
        return template_spend_text(rd, s.len);
}

static FILTER(method_zfill) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct str s = subject->text;
        int64_t width;
        int r = argument_whole(rd, args, 0, 0, &width);

        if (r >= 0)
                r = template_spend_text(rd, s.len);
        if (r < 0)
                return r;
        width = MIN_OF(width, (int64_t)TEMPLATE_SOURCE_MAX) - (int64_t)str_utf8_length(s);
        if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
                strbuf_append_char(&buf, s.ptr[0]);
                s = str_from(s, 1);
        }
        while (width-- > 0)
                strbuf_append_char(&buf, '0');
        strbuf_append(&buf, s);
        return tvalue_take_text(rd, &buf, ret);
}

static FILTER(method_keys) {
        *ret = (struct tvalue){ .kind = TVALUE_LIST };
        return tvalue_iterate(rd, subject, &ret->list);
}

static FILTER(method_values) {
        int r = tvalue_fill_map(rd, subject->map);

        *ret = (struct tvalue){ .kind = TVALUE_LIST };
        if (r >= 0)
                r = tvalue_new_list(rd, subject->map->n, &ret->list);
        for (size_t i = 0; r >= 0 && i < subject->map->n; i++)
                ret->list->items[i] = subject->map->pairs[i].value;
        return r;
}

static FILTER(method_get) {
        int r;

        *ret = argument_given(args, 1) ? args->list[1] : TVALUE_OF_NONE;
        r = tvalue_find(rd, subject->map, &args->list[0], ret);
        return r < 0 ? r : 0;
}

/* How often a list has a value, and where it has it first. */
static int look_for(struct renderer *rd, const struct tvalue *subject, const struct tvalue *wanted,
                    int64_t *ret_first, int64_t *ret_count) {
        int r = tvalue_fill_list(rd, subject->list);

        *ret_first = -1;
        *ret_count = 0;
        for (size_t i = 0; r >= 0 && i < subject->list->n; i++) {
                bool same;

                r = tvalue_equal(rd, &subject->list->items[i], wanted, &same);
                if (r < 0 || !same)
                        continue;
                if ((*ret_count)++ == 0)
                        *ret_first = (int64_t)i;
        }
        return r;
}

static FILTER(method_list_count) {
        int64_t first, count;
        int r = look_for(rd, subject, &args->list[0], &first, &count);

        *ret = TVALUE_OF_INT(count);
        return r;
}

static FILTER(method_index) {
        int64_t first, count;
        int r = look_for(rd, subject, &args->list[0], &first, &count);

        *ret = TVALUE_OF_INT(first);
        return r >= 0 && count == 0 ? template_fail(rd, "the value is not in the list") : r;
}

/* loop.cycle('odd', 'even') */
static FILTER(method_cycle) {
        if (args->n == 0)
                return template_fail(rd, "no items for cycling given");
        *ret = args->list[subject->loop->index % args->n];
        return 0;
}

/* loop.changed(value): whether it is another one than the last time. */
static FILTER(method_changed) {
        struct loop *loop = subject->loop;
        bool same = false;
        int r = args->n == 1 ? 0 : template_fail(rd, "changed() takes one argument");

        if (r >= 0 && loop->asked)
                r = tvalue_equal(rd, &loop->changed, &args->list[0], &same);
        if (r < 0)
                return r;
        loop->changed = args->list[0];
        loop->asked = true;
        *ret = TVALUE_OF_BOOL(!same);
        return 0;
}

static const struct operation text_methods[] = {
        { .name = "capitalize", .apply = filter_capitalize },
        { .name = "count", .apply = method_text_count, .params = { "sub" }, .required = 1 },
        { .name = "endswith", .apply = method_endswith, .params = { "suffix" }, .required = 1 },
        { .name = "find", .apply = method_find, .params = { "sub" }, .required = 1 },
        { .name = "isdigit", .apply = method_isdigit },
        { .name = "isnumeric", .apply = method_isdigit },
        { .name = "join", .apply = method_join, .params = { "iterable" }, .required = 1 },
        { .name = "lower", .apply = filter_lower },
        { .name = "lstrip", .apply = method_lstrip, .params = { "chars" } },
        { .name = "replace", .apply = filter_replace, .params = { "old", "new", "count" }, .required = 2 },
        { .name = "rstrip", .apply = method_rstrip, .params = { "chars" } },
        { .name = "split", .apply = method_split, .params = { "sep", "maxsplit" } },
        { .name = "splitlines", .apply = method_splitlines },
        { .name = "startswith", .apply = method_startswith, .params = { "prefix" }, .required = 1 },
        { .name = "strip", .apply = method_strip, .params = { "chars" } },
        { .name = "title", .apply = filter_title },
        { .name = "upper", .apply = filter_upper },
        { .name = "zfill", .apply = method_zfill, .params = { "width" }, .required = 1 },
};

static const struct operation map_methods[] = {
        { .name = "get", .apply = method_get, .params = { "key", "default" }, .required = 1 },
        { .name = "items", .apply = filter_items },
        { .name = "keys", .apply = method_keys },
        { .name = "values", .apply = method_values },
};

static const struct operation list_methods[] = {
        { .name = "count", .apply = method_list_count, .params = { "value" }, .required = 1 },
        { .name = "index", .apply = method_index, .params = { "value" }, .required = 1 },
};

static const struct operation loop_methods[] = {
        { .name = "changed", .apply = method_changed, .variadic = true },
        { .name = "cycle", .apply = method_cycle, .variadic = true },
};

int template_method(struct renderer *rd, struct str name, const struct tvalue *subject,
                    const struct arguments *args, struct tvalue *ret) {
        int r = tvalue_defined(rd, subject);

        if (r < 0)
                return r;
        if (subject->kind == TVALUE_TEXT)
                return template_apply(rd, text_methods, ARRAY_LENGTH(text_methods), "method", name, subject,
                                      args, ret);
        if (subject->kind == TVALUE_MAP)
                return template_apply(rd, map_methods, ARRAY_LENGTH(map_methods), "method", name, subject,
                                      args, ret);
        if (tvalue_is_list(subject))
                return template_apply(rd, list_methods, ARRAY_LENGTH(list_methods), "method", name, subject,
                                      args, ret);
        if (subject->kind == TVALUE_LOOP)
                return template_apply(rd, loop_methods, ARRAY_LENGTH(loop_methods), "method", name, subject,
                                      args, ret);
        return template_fail(rd, "'%s' has no method '" STR_FMT "'", tvalue_type(subject),
                             STR_ARG(str_first(name, 60)));
}
