/* Text the way Python's str handles it, which is what blocks and templates promise: what counts as space, how numbers and
 * text print, unicode_escape. All text is well-formed UTF-8; positions and lengths called characters are code points. */
#pragma once

#include "base/strbuf.h"

enum { PYTHON_REAL_MAX = 40 };

/* The character at the start of a non-empty text, and its bytes. */
size_t python_character(struct str s, uint32_t *ret);
void python_append_character(struct strbuf *out, uint32_t c);

/* str.isspace() of one character; of the one at the start of a non-empty text, as its bytes, 0 if it is no space. */
bool python_is_space(uint32_t c);
size_t python_space(struct str s);

/* str.strip(), lstrip(), rstrip() without arguments. */
struct str python_strip_left(struct str s);
struct str python_strip_right(struct str s);
struct str python_strip(struct str s);

/* Takes the next word of str.split() off the front. False when none is left. */
bool python_next_word(struct str *rest, struct str *ret);

/* Where character number `n` begins, or the text's length in bytes when it has no more than that. */
size_t python_offset(struct str s, size_t n);

/* The position of a text within another at or after byte `from`; -1 when it isn't there. */
ptrdiff_t python_find(struct str s, struct str needle, size_t from);

/* repr() of a text: 'quoted', with escapes for what can't be seen. */
void python_append_repr(struct strbuf *out, struct str s);

/* repr() of a float: 1.0, 0.1, 1e+16, inf, nan. */
struct str python_real(double value, char out[PYTHON_REAL_MAX]);

/* Decodes backslash escapes: \n, \x41, \u00e9, \101 … An unknown one stays as it is. Other characters, ASCII or not, stay.
 * Pairs of surrogates become the character that they stand for.
 *
 * returns   NULL, or what is wrong, in Python's words */
const char *python_unescape(struct strbuf *out, struct str s);

/* The other way, str.encode("unicode_escape"): ASCII alone. */
void python_append_escaped(struct strbuf *out, struct str s);

/* float(): a decimal number, inf or nan, with spaces around it. */
bool python_to_real(struct str s, double *ret);

/* One character in the other case; itself where there is none. */
uint32_t python_to_upper(uint32_t c);
uint32_t python_to_lower(uint32_t c);

/* Whether it counts as part of a word: letters, digits, '_' (\w). */
bool python_is_word(uint32_t c);
