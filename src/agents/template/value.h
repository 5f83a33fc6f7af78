/* Values of templates, as Python has them. */
#pragma once

#include "agents/template/template_int.h"

#define TVALUE_OF_BOOL(v) ((struct tvalue){ .kind = TVALUE_BOOL, .truth = (v) })
#define TVALUE_OF_INT(v)  ((struct tvalue){ .kind = TVALUE_INT, .integer = (v) })
#define TVALUE_OF_REAL(v) ((struct tvalue){ .kind = TVALUE_REAL, .real = (v) })
#define TVALUE_OF_TEXT(v) ((struct tvalue){ .kind = TVALUE_TEXT, .text = (v) })
#define TVALUE_OF_NONE    ((struct tvalue){ .kind = TVALUE_NONE })

static inline bool tvalue_is_list(const struct tvalue *v) {
        return v->kind == TVALUE_LIST || v->kind == TVALUE_TUPLE;
}

/* A truth value counts as 1 or 0. */
static inline bool tvalue_is_whole(const struct tvalue *v) {
        return v->kind == TVALUE_INT || v->kind == TVALUE_BOOL;
}

static inline bool tvalue_is_number(const struct tvalue *v) {
        return tvalue_is_whole(v) || v->kind == TVALUE_REAL;
}

static inline int64_t tvalue_whole(const struct tvalue *v) {
        return v->kind == TVALUE_BOOL ? v->truth : v->integer;
}

static inline double tvalue_real(const struct tvalue *v) {
        return v->kind == TVALUE_REAL ? v->real : (double)tvalue_whole(v);
}

/* "str", "int": Python's name of its type. */
const char *tvalue_type(const struct tvalue *v);

_must_use_ int tvalue_from_json(struct renderer *rd, json_t *json, struct tvalue *ret);

/* Make sure that `items` and `pairs` are there. */
_must_use_ int tvalue_fill_list(struct renderer *rd, struct tvalue_list *list);
_must_use_ int tvalue_fill_map(struct renderer *rd, struct tvalue_map *map);

/* A list of n items, to be filled in. */
_must_use_ int tvalue_new_list(struct renderer *rd, size_t n, struct tvalue_list **ret);
_must_use_ int tvalue_new_map(struct renderer *rd, size_t n, struct tvalue_map **ret);

/* A copy of what was built in `buf`, which is emptied. */
_must_use_ int tvalue_take_text(struct renderer *rd, struct strbuf *buf, struct tvalue *ret);

/* The value of a key; 0 when it isn't there, 1 when it is. */
_must_use_ int tvalue_find(struct renderer *rd, struct tvalue_map *map, const struct tvalue *key,
                           struct tvalue *ret);

/* Fails for what is undefined: "'x' is undefined". */
_must_use_ int tvalue_defined(struct renderer *rd, const struct tvalue *v);

bool tvalue_truth(const struct tvalue *v);
_must_use_ int tvalue_equal(struct renderer *rd, const struct tvalue *a, const struct tvalue *b, bool *ret);

/* Below 0, 0, above 0. Fails for what has no order. `op` is for the message: "<". */
_must_use_ int tvalue_compare(struct renderer *rd, const struct tvalue *a, const struct tvalue *b,
                              const char *op, int *ret);

/* The items that a loop walks over: those of a list, keys of a dictionary, characters of a text. */
_must_use_ int tvalue_iterate(struct renderer *rd, const struct tvalue *v, struct tvalue_list **ret);

/* len(). */
_must_use_ int tvalue_length(struct renderer *rd, const struct tvalue *v, size_t *ret);

/* str() of it, at the end of `out` or as text of its own. */
_must_use_ int tvalue_print(struct renderer *rd, struct strbuf *out, const struct tvalue *v);
_must_use_ int tvalue_text(struct renderer *rd, const struct tvalue *v, struct str *ret);

/* As tvalue_text(), with & < > ' " escaped unless it is HTML already. */
_must_use_ int tvalue_escape(struct renderer *rd, const struct tvalue *v, struct tvalue *ret);
void tvalue_append_escaped(struct strbuf *out, struct str text);

/* Room for text that is being made. */
#define TVALUE_BUFFER STRBUF_INIT(TEMPLATE_MEMORY_MAX / 4)
