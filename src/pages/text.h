/* What pages say, in the language of who reads them. The English texts stand in templates and code; those of other languages
 * in the folder texts, found by the English ones. scripts/texts.py collects them and holds the catalogues against them. */
#pragma once

#include "base/sentence.h"

/* Marks a literal for the catalogues; the second is for initializers. */
#define TEXT(literal)      STR(literal)
#define TEXT_INIT(literal) STR_INIT(literal)

enum language {
        LANGUAGE_ENGLISH,
        LANGUAGE_GERMAN,
        LANGUAGES,
};

/* "en": RFC 5646. */
struct str language_tag(enum language language);

/* By its tag; false if there is none. */
bool language_find(struct str tag, enum language *ret);

/* The language that a browser asks for: of those that there are, the one with the greatest weight, the first of equals
 * (RFC 9110 §12.5.4); "de-AT" is served by "de" (RFC 4647 §3.4).
 *
 * accept_language   the field's value; STR_NULL when it was not sent
 * otherwise         when it names none that there is
 */
enum language language_accepted(struct str accept_language, enum language otherwise);

/* A text in that language; as it is where the catalogue lacks it. */
struct str text_in(enum language language, struct str english);

/* Puts values where {0}, {1}, … stand. What it returns lasts as long as the arena; STR_NULL when memory is short. */
struct str text_fill(struct arena *arena, struct str text, const struct str *values, size_t n);

/* A sentence in that language; in English where the catalogue lacks its pattern, or memory is short. */
struct str text_sentence(enum language language, const struct sentence *sentence);
