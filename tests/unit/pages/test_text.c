#include "pages/text.h"

#include "pages/text_table.h"
#include "unit.h"

static enum language accepted(const char *field) {
        return language_accepted(str_of(field), LANGUAGE_ENGLISH);
}

static void the_browsers_language_counts(void **state) {
        assert_int_equal(accepted("de"), LANGUAGE_GERMAN);
        assert_int_equal(accepted("de-AT, en;q=0.8"), LANGUAGE_GERMAN);
        assert_int_equal(accepted("fr, DE;q=0.9, en;q=0.8"), LANGUAGE_GERMAN);
        assert_int_equal(accepted("en, de"), LANGUAGE_ENGLISH);
        assert_int_equal(accepted("de;q=0.5, en;q=0.7"), LANGUAGE_ENGLISH);
        assert_int_equal(accepted("de;q=0.501,en;q=0.5"), LANGUAGE_GERMAN);
        assert_int_equal(accepted(" de ; level=1 ; Q=1.000"), LANGUAGE_GERMAN);
}

static void what_is_not_there_leaves_the_operators_choice(void **state) {
        static const char *const fields[] = { "",       "fr",         "fr-CH, it;q=0.9",
                                              "de;q=0", "de;q=0.000", "deutsch",
                                              ",;,",    "*" };

        for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
                assert_int_equal(accepted(fields[i]), LANGUAGE_ENGLISH);
        assert_int_equal(language_accepted(STR_NULL, LANGUAGE_GERMAN), LANGUAGE_GERMAN);
        assert_int_equal(language_accepted(STR("fr"), LANGUAGE_GERMAN), LANGUAGE_GERMAN);
        assert_int_equal(language_accepted(STR("*, en;q=0.1"), LANGUAGE_GERMAN), LANGUAGE_GERMAN);
        assert_int_equal(language_accepted(STR("en;q=0.1"), LANGUAGE_GERMAN), LANGUAGE_ENGLISH);
}

static void tags_find_languages(void **state) {
        enum language found = LANGUAGES;

        assert_str(language_tag(LANGUAGE_GERMAN), "de");
        assert_true(language_find(STR("EN"), &found));
        assert_int_equal(found, LANGUAGE_ENGLISH);
        assert_false(language_find(STR("d"), &found));
        assert_false(language_find(STR(""), &found));
}

static void each_text_of_the_table_is_found(void **state) {
        for (size_t i = 0; i < text_table_de_count; i++) {
                const struct text_row *row = &text_table_de[i];

                assert_true(str_eq(text_in(LANGUAGE_GERMAN, row->english), row->other));
                assert_true(str_eq(text_in(LANGUAGE_ENGLISH, row->english), row->english));
        }
        assert_true(text_table_de_count > 100);
        assert_str(text_in(LANGUAGE_GERMAN, STR("nobody wrote this")), "nobody wrote this");
        assert_str(text_in(LANGUAGE_GERMAN, STR("")), "");
        assert_str(text_in(LANGUAGE_GERMAN, STR("Saved.")), "Gespeichert.");
}

static void values_stand_in_their_places(void **state) {
        const struct str values[] = { STR_INIT("one {1}"), STR_INIT("two") };
        struct arena arena;

        arena_init(&arena, 65536);
        assert_str(text_fill(&arena, STR("{1}, then {0}"), values, 2), "two, then one {1}");
        assert_str(text_fill(&arena, STR("{0}{0}"), values, 1), "one {1}one {1}");
        assert_str(text_fill(&arena, STR("{2} {x} {0"), values, 2), "{2} {x} {0");
        assert_str(text_fill(&arena, STR(""), values, 2), "");
        arena_done(&arena);
}

static void sentences_keep_their_values(void **state) {
        struct sentence *s;
        struct arena arena;

        arena_init(&arena, 65536);
        s = sentence_printf(&arena, "The %s must not be longer than %zu characters", "name", (size_t)100);
        assert_str(text_sentence(LANGUAGE_ENGLISH, s), "The name must not be longer than 100 characters");
        assert_str(text_sentence(LANGUAGE_GERMAN, s), "Name: höchstens 100 Zeichen");
        s = sentence_printf(&arena, "Invalid scope: " STR_FMT, STR_ARG(STR("name {0}")));
        assert_str(text_sentence(LANGUAGE_GERMAN, s), "Diese Berechtigung gibt es nicht: name {0}");
        s = sentence_printf(&arena, "Nobody wrote %d", 1);
        assert_str(text_sentence(LANGUAGE_GERMAN, s), "Nobody wrote 1");
        arena_done(&arena);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_browsers_language_counts),
                cmocka_unit_test(what_is_not_there_leaves_the_operators_choice),
                cmocka_unit_test(tags_find_languages),
                cmocka_unit_test(each_text_of_the_table_is_found),
                cmocka_unit_test(values_stand_in_their_places),
                cmocka_unit_test(sentences_keep_their_values),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
