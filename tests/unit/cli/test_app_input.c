#include "cli/app_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/errors.h"

static void assert_words(const char *list, size_t n, const char *first) {
        struct str words[APP_INPUT_WORDS_MAX];

        assert_int_equal(app_input_split(str_of(list), words), n);
        if (n)
                assert_true(str_eq(words[0], str_of(first)));
}

static void lists_are_split_at_commas_and_spaces(void **state) {
        assert_words("", 0, "");
        assert_words(NULL, 0, "");
        assert_words(" , ,, ", 0, "");
        assert_words("a", 1, "a");
        assert_words("a,b", 2, "a");
        assert_words(" a , b ,", 2, "a");
        assert_words("https://a.example/x?y=z https://b.example/", 2, "https://a.example/x?y=z");
}

static void a_list_that_is_too_long_says_so(void **state) {
        char list[2 * (APP_INPUT_WORDS_MAX + 5) + 1];

        for (size_t i = 0; i + 1 < sizeof(list); i += 2)
                memcpy(list + i, "a,", 2);
        list[2 * APP_INPUT_WORDS_MAX] = '\0';
        assert_words(list, APP_INPUT_WORDS_MAX, "a");
        list[2 * APP_INPUT_WORDS_MAX] = 'a';
        list[sizeof(list) - 1] = '\0';
        assert_words(list, APP_INPUT_WORDS_MAX + 1, "a");
}

static void the_menu_takes_numbers_and_names(void **state) {
        struct str words[APP_INPUT_WORDS_MAX];
        char text[REGISTRATION_PROBLEM_MAX];

        assert_int_equal(app_input_menu_scopes(STR("1, READ_GRAPH,9 IDENTITY"), words, text), 4);
        assert_true(str_eq(words[0], STR("EXECUTE_GRAPH")));
        assert_true(str_eq(words[1], STR("READ_GRAPH")));
        assert_true(str_eq(words[2], STR("DELETE_INTEGRATIONS")));
        assert_true(str_eq(words[3], STR("IDENTITY")));
}

static void the_menu_says_what_it_does_not_know(void **state) {
        static const struct {
                const char *answer, *problem;
        } rows[] = {
                { "0", "  Invalid number: 0" },
                { "10", "  Invalid number: 10" },
                { "1,99", "  Invalid number: 99" },
                { "01", "  Invalid number: 01" },
                { "1x", "  Invalid number: 1x" },
                { "99999999999999999999999", "  Invalid number: 99999999999999999999999" },
                { "read_graph", "  Invalid scope: read_graph" },
                { "1,DELETE_GRAPH", "  Invalid scope: DELETE_GRAPH" },
                { "\x1b[2J", "  Invalid scope: ?" },
                { "", "  Please enter valid scope numbers or names." },
                { " , ", "  Please enter valid scope numbers or names." },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                struct str words[APP_INPUT_WORDS_MAX];
                char text[REGISTRATION_PROBLEM_MAX] = "";

                assert_int_equal(app_input_menu_scopes(str_of(rows[i].answer), words, text),
                                 -ERR_INVALID_FIELD);
                assert_string_equal(text, rows[i].problem);
        }
}

/* Runs app_input_complete() with text as standard input. */
static int complete(const struct app_input *input, const char *typed, struct arena *arena,
                    struct registration *ret, char text[REGISTRATION_PROBLEM_MAX]) {
        FILE *file = tmpfile();

        assert_non_null(file);
        assert_true(fputs(typed, file) >= 0);
        rewind(file);
        assert_int_equal(dup2(fileno(file), 0), 0);
        clearerr(stdin);
        rewind(stdin);
        fclose(file);
        return app_input_complete(input, arena, ret, text);
}

static void everything_can_be_answered(void **state) {
        const struct app_input input = { 0 };
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct registration app;
        struct arena arena;

        arena_init(&arena, 1 << 20);
        assert_int_equal(complete(&input,
                                  "My App\nDoes things\n\nhttp://bad.example/\nhttps://a.example/cb\n"
                                  "https://b.example/cb\n\n99\n1,IDENTITY\n\n",
                                  &arena, &app, text),
                         0);
        assert_true(str_eq(app.name, STR("My App")));
        assert_true(str_eq(app.description, STR("Does things")));
        assert_true(str_eq(app.redirect_uris, STR("https://a.example/cb https://b.example/cb")));
        assert_true(str_eq(app.scopes, STR("IDENTITY EXECUTE_GRAPH")));
        assert_true(str_eq(app.grant_types, STR("authorization_code refresh_token")));
        arena_done(&arena);
}

static void options_leave_nothing_to_ask(void **state) {
        const struct app_input input = { .name = "X",
                                         .redirect_uris = "https://a.example/cb",
                                         .scopes = "READ_STORE" };
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct registration app;
        struct arena arena;

        arena_init(&arena, 1 << 20);
        assert_int_equal(complete(&input, "", &arena, &app, text), 0);
        assert_null(app.description.ptr);
        assert_true(str_eq(app.scopes, STR("READ_STORE")));
        arena_done(&arena);
}

static void an_end_of_input_makes_nothing(void **state) {
        static const char *const typed[] = { "", "My App", "My App\n\nhttps://a.example/cb\n",
                                             "My App\n\nhttps://a.example/cb\n\n1\n" };
        const struct app_input input = { 0 };

        for (size_t i = 0; i < ARRAY_LENGTH(typed); i++) {
                char text[REGISTRATION_PROBLEM_MAX] = "";
                struct registration app;
                struct arena arena;

                arena_init(&arena, 1 << 20);
                assert_int_equal(complete(&input, typed[i], &arena, &app, text), -ERR_BAD_REQUEST);
                assert_non_null(strstr(text, "nothing was made"));
                arena_done(&arena);
        }
}

static void an_empty_option_is_not_asked_for(void **state) {
        struct app_input input = { .name = "X", .redirect_uris = "https://a.example/cb", .scopes = "" };
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct registration app;
        struct arena arena;

        arena_init(&arena, 1 << 20);
        assert_int_equal(complete(&input, "", &arena, &app, text), -ERR_INVALID_FIELD);
        assert_string_equal(text, "At least one scope is required");
        input.scopes = "FLY";
        assert_int_equal(complete(&input, "", &arena, &app, text), -ERR_INVALID_FIELD);
        assert_string_equal(text, "Invalid scope: FLY");
        arena_done(&arena);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lists_are_split_at_commas_and_spaces),
                cmocka_unit_test(a_list_that_is_too_long_says_so),
                cmocka_unit_test(the_menu_takes_numbers_and_names),
                cmocka_unit_test(the_menu_says_what_it_does_not_know),
                cmocka_unit_test(everything_can_be_answered),
                cmocka_unit_test(options_leave_nothing_to_ask),
                cmocka_unit_test(an_end_of_input_makes_nothing),
                cmocka_unit_test(an_empty_option_is_not_asked_for),
        };

        /* Standard input is exchanged between tests: nothing of it may be read ahead. */
        setvbuf(stdin, NULL, _IONBF, 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
