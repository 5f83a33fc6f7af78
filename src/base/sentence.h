/* A sentence with values in it, and both apart, so that it can be said in another language as well. Lives in an arena. */
#pragma once

#include <stdarg.h>

#include "base/arena.h"

/* Marks a C string for the catalogues of pages/text.h: one that goes into sentences, or is one. */
#define TEXT_LITERAL(literal) literal

enum { SENTENCE_VALUES_MAX = 8 };

struct sentence {
        struct arena *arena;
        struct str text;    /* in English, all filled in */
        struct str pattern; /* in English, with {0}, {1}, … where values go */
        struct str values[SENTENCE_VALUES_MAX];
        bool ours[SENTENCE_VALUES_MAX]; /* values that are words of ours, to be translated themselves */
        size_t n_values;
};

/* Reads as printf() does. %s stands for words of ours, %.*s for what somebody else gave. With conversions other than these
 * and whole numbers in decimal there is but the text, which is its own pattern.
 *
 * Returns NULL when memory is short.
 */
_must_use_ _printf_(2, 3) struct sentence *sentence_printf(struct arena *arena, const char *format, ...);
_must_use_ struct sentence *sentence_vprintf(struct arena *arena, const char *format, va_list args);
