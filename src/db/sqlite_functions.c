/* What statements ask of a text that SQLite has no function for. */
#include "db/sqlite_int.h"

static struct str argument(sqlite3_value *value) {
        const char *text = (const char *)sqlite3_value_text(value);

        return text ? str_n(text, (size_t)sqlite3_value_bytes(value)) : STR("");
}

/* Whether a word stands in a text, between spaces; only its beginning, if it may go on. */
static bool has_word(struct str text, struct str word, bool goes_on) {
        const char *from = text.ptr, *end = text.ptr + text.len;

        while (word.len > 0 && (size_t)(end - from) >= word.len) {
                const char *at = memmem(from, (size_t)(end - from), word.ptr, word.len);

                if (!at)
                        return false;
                if ((at == text.ptr || at[-1] == ' ') &&
                    (goes_on || at + word.len == end || at[word.len] == ' '))
                        return true;
                from = at + 1;
        }
        return false;
}

static bool has_all(struct str text, struct str words) {
        while (words.len > 0) {
                ptrdiff_t space = str_find(words, ' ');
                struct str word = space < 0 ? words : str_first(words, (size_t)space);
                bool goes_on = str_at(word, word.len - 1) == '*';

                words = str_from(words, MIN_OF(word.len + 1, words.len));
                if (word.len > 0 && !has_word(text, str_first(word, word.len - goes_on), goes_on))
                        return false;
        }
        return true;
}

static void words_have(sqlite3_context *context, int n _unused_, sqlite3_value **values) {
        struct str text = argument(values[0]), words = argument(values[1]), without = argument(values[2]);

        sqlite3_result_int(context, has_all(text, words) && (without.len == 0 || !has_all(text, without)));
}

int sqlite_functions_add(sqlite3 *handle) {
        return sqlite3_create_function_v2(handle, "words_have", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                          words_have, NULL, NULL, NULL);
}
