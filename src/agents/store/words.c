#include "agents/store/words.h"

#include "agents/value/python_text.h"

/* The letters without their accents, of U+00C0 to U+017F and of U+1E00 to U+1EFF in lower case: 'A' stands for "ae", 'O' for
 * "oe", 'S' for "ss", 'T' for "th", 'J' for "ij"; a space for none of them. */
static const char latin[] = "aaaaaaAceeeeiiiidnooooo ouuuuyTSaaaaaaAceeeeiiiidnooooo ouuuuyTy"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiJJjjkkklllllll"
                            "lllnnnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char latin_additional[] = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
                                       "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
                                       "wwwwwwwwwwxxxxyyzzzzzzhtwyas  S aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
                                       "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy      ";
_Static_assert(sizeof(latin) - 1 == 0x180 - 0xc0, "one for each character");
_Static_assert(sizeof(latin_additional) - 1 == 0x100, "one for each character");

static char plain_letter(uint32_t c) {
        if (c >= 0xc0 && c < 0x180)
                return latin[c - 0xc0];
        if (c >= 0x1e00 && c < 0x1f00)
                return latin_additional[c - 0x1e00];
        return ' ';
}

static bool is_mark(uint32_t c) {
        return c >= 0x300 && c < 0x370;
}

/* Written without spaces between words. */
static bool is_ideograph(uint32_t c) {
        return (c >= 0x3041 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
               (c >= 0x20000 && c <= 0x3ffff);
}

static bool is_apostrophe(uint32_t c) {
        return c == '\'' || c == 0x2019;
}

/* The character as a part of a word, "" for one that is none.
 *
 * out   5 bytes */
static size_t fold(uint32_t c, char *out) {
        struct strbuf text = STRBUF_INIT(8);
        size_t n;
        char plain;

        if (c >= 0xff01 && c <= 0xff5e) /* ASCII in the width of an ideograph */
                c -= 0xfee0;
        c = python_to_lower(c);
        if (c < 0x80) {
                out[0] = (char)c;
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? 1 : 0;
        }
        plain = plain_letter(c);
        if (plain >= 'a') {
                out[0] = plain;
                return 1;
        }
        if (plain != ' ') {
                memcpy(out,
                       plain == 'A'   ? "ae"
                       : plain == 'O' ? "oe"
                       : plain == 'S' ? "ss"
                       : plain == 'T' ? "th"
                                      : "ij",
                       2);
                return 2;
        }
        if (!python_is_word(c))
                return 0;
        python_append_character(&text, c);
        n = text.failed || text.len > 4 ? 0 : text.len;
        if (n)
                memcpy(out, text.ptr, n);
        strbuf_done(&text);
        return n;
}

size_t store_word_next(struct str *rest, char ret[STORE_WORD_MAX + 1]) {
        size_t len = 0;

        while (rest->len > 0) {
                size_t bytes = str_utf8_sequence(*rest), n;
                char folded[5];
                uint32_t c = 0;

                if (bytes == 0) { /* a stray byte */
                        *rest = str_from(*rest, 1);
                        if (len > 0)
                                break;
                        continue;
                }
                (void)python_character(*rest, &c);
                if (is_ideograph(c) && len > 0)
                        break; /* the next word */
                *rest = str_from(*rest, bytes);
                if (is_mark(c) || is_apostrophe(c))
                        continue;
                n = fold(c, folded);
                if (n == 0 && len > 0)
                        break;
                if (len + n <= STORE_WORD_MAX) {
                        memcpy(ret + len, folded, n);
                        len += n;
                }
                if (len > 0 && is_ideograph(c))
                        break;
        }
        ret[len] = '\0';
        return len;
}

static void append_token(struct strbuf *out, char letter, const char *word) {
        if (out->len > 0)
                strbuf_append_char(out, ' ');
        strbuf_append_char(out, letter);
        strbuf_append(out, str_of(word));
}

void store_tokens_append(struct strbuf *out, struct str text, const char *letters) {
        char word[STORE_WORD_MAX + 1];

        while (store_word_next(&text, word) > 0)
                for (const char *letter = letters; *letter; letter++)
                        append_token(out, *letter, word);
}

void store_token_category(struct strbuf *out, struct str category) {
        char word[STORE_WORD_MAX + 1];
        bool first = true;

        while (store_word_next(&category, word) > 0) {
                if (first)
                        append_token(out, 'l', "c");
                strbuf_append_char(out, '_');
                strbuf_append(out, str_of(word));
                first = false;
        }
}

void store_token_creator(struct strbuf *out, int64_t profile_id) {
        append_token(out, 'l', "p_");
        strbuf_append_int(out, profile_id);
}

void store_sort_key(struct strbuf *out, struct str name) {
        char word[STORE_WORD_MAX + 1];
        struct str rest = name;

        while (store_word_next(&rest, word) > 0) {
                if (out->len > 0)
                        strbuf_append_char(out, ' ');
                strbuf_append(out, str_of(word));
        }
        if (out->len == 0)
                strbuf_append(out, name);
}

static bool has(const struct store_search *search, const char *word) {
        for (size_t i = 0; i < search->n; i++)
                if (strcmp(search->words[i], word) == 0)
                        return true;
        return false;
}

bool store_search_parse(struct str query, struct store_search *ret) {
        char word[STORE_WORD_MAX + 1];

        ret->n = 0;
        ret->prefix = false;
        while (store_word_next(&query, word) > 0) {
                if (has(ret, word))
                        continue;
                if (ret->n == STORE_WORDS_MAX)
                        return false;
                memcpy(ret->words[ret->n++], word, sizeof(word));
        }
        return true;
}

void store_search_append(struct strbuf *out, const struct store_search *search, char letter) {
        for (size_t i = 0; i < search->n; i++)
                append_token(out, letter, search->words[i]);
        if (search->prefix)
                strbuf_append_char(out, '*');
}

bool store_search_can_prefix(const struct store_search *search) {
        return search->n > 0 && str_utf8_length(str_of(search->words[search->n - 1])) >= STORE_PREFIX_MIN;
}
