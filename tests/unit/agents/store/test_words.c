#include "agents/store/words.h"

#include <stdio.h>

#include "unit.h"

static void words(const char *text, const char *wanted) {
        struct strbuf out = STRBUF_INIT(4096);

        store_sort_key(&out, str_of(text));
        assert_int_equal(out.len, strlen(wanted));
        assert_memory_equal(out.ptr, wanted, out.len);
        strbuf_done(&out);
}

static void a_word_is_letters_and_digits_without_case_and_accents(void **state) {
        words("Hello, World-wide 42!", "hello world wide 42");
        words("Café ÜBER Straße Łódź Œuvre þing Việt", "cafe uber strasse lodz oeuvre thing viet");
        words("cafe\xcc\x81", "cafe");
        words("don't it\xe2\x80\x99s", "dont its");
        words("snake_case a.b", "snake case a b");
        words("ПРИВЕТ Ωmega", "привет ωmega");
}

static void an_ideograph_is_a_word(void **state) {
        words("東京weather", "東 京 weather");
        words("abc東", "abc 東");
}

static void a_symbol_among_ideographs_hides_no_word_after_it(void **state) {
        words("東\xe4\xb7\x94 weather", "東 weather"); /* U+4DD4, a hexagram */
        words("\xe3\x83\xbb"
              "東\xe3\x83\xbb京",
              "東 京"); /* U+30FB, a dot between words */
}

static void a_name_without_words_is_sorted_by_itself(void **state) {
        words("!!!", "!!!");
}

static void stray_bytes_part_words(void **state) {
        words("a\xff"
              "b\xc3",
              "a b");
}

static void a_long_word_is_cut_between_characters(void **state) {
        char text[400] = "", word[STORE_WORD_MAX + 1];
        struct str rest;

        for (int i = 0; i < 100; i++)
                strcat(text, "ж");
        rest = str_of(text);
        assert_int_equal(store_word_next(&rest, word), 64);
        assert_true(str_is_utf8(str_of(word)));
        assert_int_equal(rest.len, 0);
}

static void a_search_has_each_word_once_and_not_too_many(void **state) {
        static struct store_search search;
        struct strbuf out = STRBUF_INIT(4096);
        char many[1000] = "";

        assert_true(store_search_parse(STR("b a B a*"), &search));
        search.prefix = true;
        store_search_append(&out, &search, 'd');
        assert_true(str_eq(strbuf_str(&out), STR("db da*")));
        assert_false(store_search_can_prefix(&search));
        for (int i = 0; i < STORE_WORDS_MAX + 1; i++)
                (void)snprintf(many + strlen(many), sizeof(many) - strlen(many), "w%d ", i);
        assert_false(store_search_parse(str_of(many), &search));
        assert_true(store_search_parse(STR("\"*()"), &search));
        assert_int_equal(search.n, 0);
        strbuf_done(&out);
}

static void marks_can_t_be_typed(void **state) {
        struct strbuf out = STRBUF_INIT(4096);

        store_token_creator(&out, 7);
        store_token_category(&out, STR("Creative Work!"));
        store_token_category(&out, STR("***"));
        store_tokens_append(&out, STR("lf lp_7"), "ad");
        assert_true(str_eq(strbuf_str(&out), STR("lp_7 lc_creative_work alf dlf alp dlp a7 d7")));
        strbuf_done(&out);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_word_is_letters_and_digits_without_case_and_accents),
                cmocka_unit_test(an_ideograph_is_a_word),
                cmocka_unit_test(a_symbol_among_ideographs_hides_no_word_after_it),
                cmocka_unit_test(a_name_without_words_is_sorted_by_itself),
                cmocka_unit_test(stray_bytes_part_words),
                cmocka_unit_test(a_long_word_is_cut_between_characters),
                cmocka_unit_test(a_search_has_each_word_once_and_not_too_many),
                cmocka_unit_test(marks_can_t_be_typed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
