/* Words of the store: whatever the text, each word is short, in lower case, and yields itself again; tokens hold nothing that either
 * engine's query language knows. */
#include "agents/store/words.h"
#include "fuzz.h"

static void check_word(const char *word, size_t len) {
        char again[STORE_WORD_MAX + 1];
        struct str rest = str_n(word, len);

        HOLDS(len <= STORE_WORD_MAX && strlen(word) == len && str_is_utf8(rest));
        for (size_t i = 0; i < len; i++) {
                uint8_t c = (uint8_t)word[i];

                HOLDS(c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
        }
        HOLDS(store_word_next(&rest, again) == len && memcmp(again, word, len) == 0 && rest.len == 0);
}

static void check_tokens(struct str tokens) {
        for (size_t i = 0; i < tokens.len; i++)
                HOLDS(str_at(tokens, i) >= 0x80 ||
                      strchr("abcdefghijklmnopqrstuvwxyz0123456789_ *", tokens.ptr[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n(data, size), rest = text;
        struct strbuf out = STRBUF_INIT(STORE_TOKENS_MAX);
        static struct store_search search;
        char word[STORE_WORD_MAX + 1];
        size_t n = 0, len;

        while ((len = store_word_next(&rest, word)) > 0) {
                check_word(word, len);
                n++;
        }
        HOLDS(rest.len == 0 && n <= size);
        if (store_search_parse(text, &search)) {
                HOLDS(search.n <= n && (n == 0) == (search.n == 0));
                search.prefix = store_search_can_prefix(&search);
                store_search_append(&out, &search, 'd');
                store_token_category(&out, text);
                if (!out.failed && out.len > 0)
                        check_tokens(strbuf_str(&out));
        }
        strbuf_done(&out);
        return 0;
}
