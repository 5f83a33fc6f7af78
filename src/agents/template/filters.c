#include "agents/template/filters.h"

static const struct operation filters[] = {
        { .name = "abs", .apply = filter_abs },
        { .name = "attr", .apply = filter_attr, .params = { "name" }, .required = 1 },
        { .name = "batch", .apply = filter_batch, .params = { "linecount", "fill_with" }, .required = 1 },
        { .name = "capitalize", .apply = filter_capitalize },
        { .name = "center", .apply = filter_center, .params = { "width" } },
        { .name = "count", .apply = filter_length },
        { .name = "d", .apply = filter_default, .params = { "default_value", "boolean" } },
        { .name = "default", .apply = filter_default, .params = { "default_value", "boolean" } },
        { .name = "dictsort", .apply = filter_dictsort, .params = { "case_sensitive", "by", "reverse" } },
        { .name = "e", .apply = filter_escape },
        { .name = "escape", .apply = filter_escape },
        { .name = "filesizeformat", .apply = filter_filesizeformat, .params = { "binary" } },
        { .name = "first", .apply = filter_first },
        { .name = "float", .apply = filter_float, .params = { "default" } },
        { .name = "forceescape", .apply = filter_forceescape },
        { .name = "format", .apply = filter_format, .params = { "format_string" } },
        { .name = "groupby",
          .apply = filter_groupby,
          .params = { "attribute", "default", "case_sensitive" },
          .required = 1 },
        { .name = "indent", .apply = filter_indent, .params = { "width", "first", "blank" } },
        { .name = "int", .apply = filter_int, .params = { "default", "base" } },
        { .name = "items", .apply = filter_items },
        { .name = "join", .apply = filter_join, .params = { "d", "attribute" } },
        { .name = "last", .apply = filter_last },
        { .name = "length", .apply = filter_length },
        { .name = "list", .apply = filter_list },
        { .name = "lower", .apply = filter_lower },
        { .name = "map", .apply = filter_map, .variadic = true },
        { .name = "max", .apply = filter_max, .params = { "case_sensitive", "attribute" } },
        { .name = "min", .apply = filter_min, .params = { "case_sensitive", "attribute" } },
        { .name = "random", .apply = filter_random },
        { .name = "reject", .apply = filter_reject, .variadic = true },
        { .name = "rejectattr", .apply = filter_rejectattr, .variadic = true },
        { .name = "replace", .apply = filter_replace, .params = { "old", "new", "count" }, .required = 2 },
        { .name = "reverse", .apply = filter_reverse },
        { .name = "round", .apply = filter_round, .params = { "precision", "method" } },
        { .name = "safe", .apply = filter_safe },
        { .name = "select", .apply = filter_select, .variadic = true },
        { .name = "selectattr", .apply = filter_selectattr, .variadic = true },
        { .name = "slice", .apply = filter_slice, .params = { "slices", "fill_with" }, .required = 1 },
        { .name = "sort", .apply = filter_sort, .params = { "reverse", "case_sensitive", "attribute" } },
        { .name = "string", .apply = filter_string },
        { .name = "striptags", .apply = filter_striptags },
        { .name = "sum", .apply = filter_sum, .params = { "attribute", "start" } },
        { .name = "title", .apply = filter_title },
        { .name = "trim", .apply = filter_trim, .params = { "chars" } },
        { .name = "truncate",
          .apply = filter_truncate,
          .params = { "length", "killwords", "end", "leeway" } },
        { .name = "unique", .apply = filter_unique, .params = { "case_sensitive", "attribute" } },
        { .name = "upper", .apply = filter_upper },
        { .name = "urlencode", .apply = filter_urlencode },
        { .name = "wordcount", .apply = filter_wordcount },
        { .name = "wordwrap",
          .apply = filter_wordwrap,
          .params = { "width", "break_long_words", "wrapstring", "break_on_hyphens" } },
};

int template_filter(struct renderer *rd, struct str name, const struct tvalue *subject,
                    const struct arguments *args, struct tvalue *ret) {
        return template_apply(rd, filters, ARRAY_LENGTH(filters), "filter", name, subject, args, ret);
}

/* Arguments in the order of the parameters, those that were left out as undefined ones without a name. */
static int bind(struct renderer *rd, const struct operation *op, const struct arguments *args,
                struct arguments *ret) {
        size_t n = 0;

        while (n < ARRAY_LENGTH(op->params) && op->params[n])
                n++;
        *ret = (struct arguments){ .n = n };
        for (size_t i = 0; i < args->n; i++) {
                size_t to = i;

                if (args->names[i].len > 0)
                        for (to = 0; to < n && !str_eq(args->names[i], str_of(op->params[to])); to++)
                                ;
                if (to >= n)
                        return args->names[i].len > 0
                                       ? template_fail(
                                                 rd, "%s() got an unexpected keyword argument '" STR_FMT "'",
                                                 op->name, STR_ARG(str_first(args->names[i], 60)))
                                       : template_fail(rd, "%s() takes at most %zu arguments", op->name, n);
                if (argument_given(ret, to))
                        return template_fail(rd, "%s() got multiple values for argument '%s'", op->name,
                                             op->params[to]);
                ret->list[to] = args->list[i];
        }
        for (size_t i = 0; i < op->required; i++)
                if (!argument_given(ret, i))
                        return template_fail(rd, "%s() missing required argument '%s'", op->name,
                                             op->params[i]);
        return 0;
}

int template_apply(struct renderer *rd, const struct operation *table, size_t n, const char *what,
                   struct str name, const struct tvalue *subject, const struct arguments *args,
                   struct tvalue *ret) {
        struct arguments bound;
        int r;

        for (size_t i = 0; i < n; i++) {
                if (!str_eq(name, str_of(table[i].name)))
                        continue;
                if (table[i].variadic)
                        return table[i].apply(rd, subject, args, ret);
                r = bind(rd, &table[i], args, &bound);
                return r < 0 ? r : table[i].apply(rd, subject, &bound, ret);
        }
        return template_fail(rd, "No %s named '" STR_FMT "'.", what, STR_ARG(str_first(name, 60)));
}

int argument_text(struct renderer *rd, const struct arguments *args, size_t i, struct str fallback,
                  struct str *ret) {
        *ret = fallback;
        return argument_set(args, i) ? tvalue_text(rd, &args->list[i], ret) : 0;
}

int argument_whole(struct renderer *rd, const struct arguments *args, size_t i, int64_t fallback,
                   int64_t *ret) {
        *ret = fallback;
        if (!argument_set(args, i))
                return 0;
        if (!tvalue_is_whole(&args->list[i]))
                return template_fail(rd, "'%s' object cannot be interpreted as an integer",
                                     tvalue_type(&args->list[i]));
        *ret = tvalue_whole(&args->list[i]);
        return 0;
}

FILTER(filter_default) {
        bool missing = subject->kind == TVALUE_UNDEFINED ||
                       (argument_truth(args, 1, false) && !tvalue_truth(subject));

        *ret = missing ? (argument_given(args, 0) ? args->list[0] : TVALUE_OF_TEXT(STR(""))) : *subject;
        return 0;
}

FILTER(filter_attr) {
        struct str name;
        int r = argument_text(rd, args, 0, STR(""), &name);

        return r < 0 ? r : template_attribute(rd, subject, name, ret);
}

FILTER(filter_string) {
        int r;

        *ret = *subject;
        if (subject->kind == TVALUE_TEXT)
                return 0;
        *ret = TVALUE_OF_TEXT(STR(""));
        r = tvalue_text(rd, subject, &ret->text);
        return r;
}

FILTER(filter_escape) {
        return tvalue_escape(rd, subject, ret);
}

FILTER(filter_forceescape) {
        struct tvalue plain = *subject;

        plain.safe = false;
        return tvalue_escape(rd, &plain, ret);
}

FILTER(filter_safe) {
        int r = filter_string(rd, subject, args, ret);

        ret->safe = true;
        return r;
}
