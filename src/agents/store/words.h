/* What listings and creators are found by: the words of their texts, as tokens that both engines' full-text searches take as
 * they are, so that the same words find the same listings on either.
 *
 * A word is a run of letters and digits, in lower case, without accents ("Café" is found by "cafe"); an apostrophe within is
 * left out; an ideograph or kana is a word of its own. A token is a word behind a letter that says where it stands:
 *
 *      a   in a listing's name
 *      b   in its name, its heading or its categories
 *      d   in any of its texts
 *      p   in a creator's username or name
 *      q   in any of a creator's texts
 *      l   no word, but a mark: lf featured, lk a creator, lp_ID of that creator, lc_… in that category
 *
 * So a search for words in a name is a search for other tokens, and a listing's place in the results is told by what finds it:
 * first those that have all words in their names, then those that have them in names, headings and categories, then the rest;
 * among equals the one that ran more often. */
#pragma once

#include "base/strbuf.h"

enum {
        STORE_WORD_MAX = 64,           /* bytes; what is longer is cut */
        STORE_WORDS_MAX = 32,          /* different words of one search */
        STORE_PREFIX_MIN = 3,          /* characters that a word's beginning must have to be searched for */
        STORE_TOKENS_MAX = 256 * 1024, /* bytes of a listing's tokens */
};

/* Takes the next word off the front of a text.
 *
 * rest   UTF-8; stray bytes part words
 * ret    NUL-terminated
 * returns its length in bytes, 0 when none is left */
size_t store_word_next(struct str *rest, char ret[STORE_WORD_MAX + 1]);

/* Appends each word of a text as a token, once for each letter. */
void store_tokens_append(struct strbuf *out, struct str text, const char *letters);

/* Appends the token of a category: "lc_marketing_tools". Nothing if there is no word in it. */
void store_token_category(struct strbuf *out, struct str category);
void store_token_creator(struct strbuf *out, int64_t profile_id);

/* What names are sorted by: their words with spaces between; the text as it is when there are none. */
void store_sort_key(struct strbuf *out, struct str name);

/* The words that somebody looks for, each once. */
struct store_search {
        char words[STORE_WORDS_MAX][STORE_WORD_MAX + 1];
        size_t n;
        bool prefix; /* the last one may be the beginning of a word */
};

/* False when there are more than STORE_WORDS_MAX. */
_must_use_ bool store_search_parse(struct str query, struct store_search *ret);

/* Appends the tokens of all words. */
void store_search_append(struct strbuf *out, const struct store_search *search, char letter);

/* Whether its last word is long enough to be taken for a beginning. */
bool store_search_can_prefix(const struct store_search *search);
