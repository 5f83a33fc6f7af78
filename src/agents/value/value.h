/* JSON values as agents pass them on: parsing and writing with bounds, and the questions that blocks ask of them, answered
 * as Python answers them, since the Platform's blocks do (dialect: Blocks). Values are jansson's, reference counted, and
 * never changed once they are shared. */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "base/strbuf.h"

enum {
        VALUE_DEPTH_MAX = 100, /* arrays and objects within one another; functions here recurse as deep */
        VALUE_PROBLEM_MAX = 200,
        VALUE_NUMBER_MAX = 32, /* characters of a number as value_write() writes it */
};

/* Parses JSON text of any kind of value.
 *
 * unique       refuse objects that name a member twice; otherwise the last one counts
 * ret          a new reference
 * ret_problem  on ERR_BAD_JSON: what is wrong and where, for people
 * errors       ERR_BAD_JSON (malformed, not UTF-8, deeper than VALUE_DEPTH_MAX, an integer beyond 64 bits, U+0000, which
 *              PostgreSQL can't store), ERR_NO_MEMORY
 */
_must_use_ int value_parse(struct str text, bool unique, json_t **ret, char ret_problem[VALUE_PROBLEM_MAX]);

enum value_style {
        VALUE_COMPACT, /* {"a":1,"b":[2,3]} */
        VALUE_SPACED,  /* {"a": 1, "b": [2, 3]}: as Python's json.dumps(), for text that people read */
};

/* Writes JSON text: numbers in the fewest digits that read back the same, infinity and NaN as null. */
void value_write(struct strbuf *out, const json_t *value, enum value_style style);

/* A text's own characters, of anything else its JSON text, spaced. */
void value_write_text(struct strbuf *out, const json_t *value);

/* The same as a new JSON string, NULL when memory runs out. */
json_t *value_text(json_t *value);

/* A number for JSON: real, or null for infinity and NaN. NULL when memory runs out. */
json_t *value_real(double number);

/* Length of its compact JSON text, give or take escapes. False if it is deeper than VALUE_DEPTH_MAX. */
_must_use_ bool value_measure(const json_t *value, size_t *ret_bytes);

/* What Python's bool() says: false are null, false, 0, "", [] and {}. */
bool value_truthy(const json_t *value);

/* What Python's == says: 1, 1.0 and true are the same. */
bool value_equal(const json_t *a, const json_t *b);

/* Likewise, but true and 1 differ. */
bool value_same(const json_t *a, const json_t *b);

/* What Python's float() makes of a text: "12", " -1.5e3 ", "1_000", "inf". False if it is no number. */
_must_use_ bool value_text_number(struct str text, double *ret);

/* Number, or boolean as 1 and 0. */
_must_use_ bool value_number(const json_t *value, double *ret);

static inline struct str value_str(const json_t *value) {
        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

/* A JSON string of UTF-8 text; NULL when memory runs out or the text isn't. */
static inline json_t *value_of_str(struct str text) {
        return json_stringn(text.ptr ? text.ptr : "", text.len);
}

enum value_order { VALUE_LESS, VALUE_EQUAL, VALUE_GREATER, VALUE_UNORDERED /* one is not a number */ };

/* What Python's < and > say, of two numbers, texts or lists. False if they can't be compared. */
_must_use_ bool value_order(const json_t *a, const json_t *b, enum value_order *ret);
