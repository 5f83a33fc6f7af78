/* Filters: the functions behind the table in filters.c, and what reads their arguments. */
#pragma once

#include "agents/template/value.h"

#define FILTER(function)                                                                              \
        int function(struct renderer *rd, const struct tvalue *subject, const struct arguments *args, \
                     struct tvalue *ret)

/* An argument that was left out has its fallback. They fail for a value of another kind. */
static inline bool argument_given(const struct arguments *args, size_t i) {
        return i < args->n && !(args->list[i].kind == TVALUE_UNDEFINED && !args->list[i].text.ptr);
}

/* Given, and not none either. */
static inline bool argument_set(const struct arguments *args, size_t i) {
        return argument_given(args, i) && args->list[i].kind != TVALUE_NONE;
}

static inline bool argument_truth(const struct arguments *args, size_t i, bool fallback) {
        return argument_given(args, i) ? tvalue_truth(&args->list[i]) : fallback;
}

_must_use_ int argument_text(struct renderer *rd, const struct arguments *args, size_t i, struct str fallback,
                             struct str *ret);
_must_use_ int argument_whole(struct renderer *rd, const struct arguments *args, size_t i, int64_t fallback,
                              int64_t *ret);

/* The value at a path like "a.b.0", or at a number. What isn't there is undefined. */
_must_use_ int tvalue_at_path(struct renderer *rd, const struct tvalue *of, const struct tvalue *path,
                              struct tvalue *ret);

/* A text in lower case; anything else as it is. */
_must_use_ int tvalue_fold(struct renderer *rd, const struct tvalue *v, struct tvalue *ret);

/* Sorts a list by keys, keeping the order of equals. Both lists have n items and change. */
_must_use_ int tvalue_sort(struct renderer *rd, struct tvalue_list *keys, struct tvalue_list *items,
                           bool reverse);

/* Case: upper, lower, every word's first letter, the first letter alone. */
enum text_case { CASE_UPPER, CASE_LOWER, CASE_TITLE, CASE_CAPITALIZE };
_must_use_ int text_change_case(struct renderer *rd, struct str text, enum text_case to, struct tvalue *ret);
_must_use_ int text_replace(struct renderer *rd, struct str text, struct str old, struct str new,
                            int64_t count, struct tvalue *ret);

/* Without these characters at its ends; STR_NULL means spaces. */
struct str text_strip(struct str text, struct str characters, bool left, bool right);

/* Before text_strip(): each character is looked for among those that go. */
_must_use_ int spend_strip(struct renderer *rd, struct str text, struct str characters);

FILTER(filter_upper);
FILTER(filter_lower);
FILTER(filter_title);
FILTER(filter_capitalize);
FILTER(filter_trim);
FILTER(filter_center);
FILTER(filter_replace);
FILTER(filter_truncate);
FILTER(filter_wordcount);
FILTER(filter_wordwrap);
FILTER(filter_indent);
FILTER(filter_striptags);
FILTER(filter_urlencode);
FILTER(filter_escape);
FILTER(filter_forceescape);
FILTER(filter_safe);
FILTER(filter_string);
FILTER(filter_format);
FILTER(filter_filesizeformat);
FILTER(filter_abs);
FILTER(filter_int);
FILTER(filter_float);
FILTER(filter_round);
FILTER(filter_default);
FILTER(filter_attr);
FILTER(filter_length);
FILTER(filter_first);
FILTER(filter_last);
FILTER(filter_join);
FILTER(filter_list);
FILTER(filter_reverse);
FILTER(filter_sort);
FILTER(filter_unique);
FILTER(filter_min);
FILTER(filter_max);
FILTER(filter_sum);
FILTER(filter_map);
FILTER(filter_select);
FILTER(filter_reject);
FILTER(filter_selectattr);
FILTER(filter_rejectattr);
FILTER(filter_groupby);
FILTER(filter_batch);
FILTER(filter_slice);
FILTER(filter_dictsort);
FILTER(filter_items);
FILTER(filter_random);
