#include "cli/app_input.h"

#include <stdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "cli/prompt.h"
#include "oauth/redirect_uri.h"

const struct str app_menu_scopes[] = {
        STR_INIT("EXECUTE_GRAPH"),       STR_INIT("READ_GRAPH"),        STR_INIT("EXECUTE_BLOCK"),
        STR_INIT("READ_BLOCK"),          STR_INIT("READ_STORE"),        STR_INIT("USE_TOOLS"),
        STR_INIT("MANAGE_INTEGRATIONS"), STR_INIT("READ_INTEGRATIONS"), STR_INIT("DELETE_INTEGRATIONS"),
};
const size_t app_menu_scopes_count = ARRAY_LENGTH(app_menu_scopes);

/* The request with the words of its lists. */
struct draft {
        struct registration_request request;
        struct str redirect_uris[APP_INPUT_WORDS_MAX];
        struct str scopes[APP_INPUT_WORDS_MAX];
        struct str grant_types[APP_INPUT_WORDS_MAX];
};

size_t app_input_split(struct str list, struct str words[APP_INPUT_WORDS_MAX]) {
        size_t n = 0;

        while (list.len) {
                size_t end = 0;

                while (end < list.len && !strchr(", \t", list.ptr[end]))
                        end++;
                if (end && n == APP_INPUT_WORDS_MAX)
                        return n + 1;
                if (end)
                        words[n++] = str_first(list, end);
                list = str_from(list, end + 1);
        }
        return n;
}

static bool is_scope(struct str word) {
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++)
                if (str_eq(word, scope_rows[bit].name))
                        return true;
        return false;
}

/* Typed text as it may be shown again: a name or a number has nothing to hide, but is cut. */
static int refuse_word(char problem[REGISTRATION_PROBLEM_MAX], const char *what, struct str word) {
        word = str_first(word, 80);
        if (str_has_control(word))
                word = STR("?");
        snprintf(problem, REGISTRATION_PROBLEM_MAX, "  Invalid %s: " STR_FMT, what, STR_ARG(word));
        return -ERR_INVALID_FIELD;
}

int app_input_menu_scopes(struct str answer, struct str ret_words[APP_INPUT_WORDS_MAX],
                          char ret_problem[REGISTRATION_PROBLEM_MAX]) {
        size_t n = app_input_split(answer, ret_words);

        if (n == 0 || n > APP_INPUT_WORDS_MAX) {
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX,
                         "  Please enter valid scope numbers or names.");
                return -ERR_INVALID_FIELD;
        }
        for (size_t i = 0; i < n; i++) {
                struct str word = ret_words[i];
                uint64_t number;

                if (word.ptr[0] >= '0' && word.ptr[0] <= '9') {
                        if (!str_to_uint(word, app_menu_scopes_count, &number) || number == 0)
                                return refuse_word(ret_problem, "number", word);
                        ret_words[i] = app_menu_scopes[number - 1];
                } else if (!is_scope(word))
                        return refuse_word(ret_problem, "scope", word);
        }
        return (int)n;
}

static int ask_redirect_uris(struct arena *arena, struct draft *d) {
        size_t n = 0;

        fputs("Redirect URIs (enter one per line, empty line to finish):\n", stderr);
        while (n < APP_REDIRECT_URIS_MAX) {
                const char *reason;
                struct str uri;
                int r;

                r = prompt_line(arena, "  URI", &uri);
                if (r < 0)
                        return r;
                if (uri.len == 0 && n > 0)
                        break;
                if (uri.len == 0)
                        fputs("  At least one redirect URI is required.\n", stderr);
                else if (!redirect_uri_check_registrable(uri, d->request.public_client, &reason))
                        fprintf(stderr, "  This URI %s.\n", reason);
                else
                        d->redirect_uris[n++] = uri;
        }
        d->request.n_redirect_uris = n;
        return 0;
}

static int ask_scopes(struct arena *arena, struct draft *d) {
        fputs("\nAvailable scopes:\n", stderr);
        for (size_t i = 0; i < app_menu_scopes_count; i++)
                fprintf(stderr, "  %zu. " STR_FMT "\n", i + 1, STR_ARG(app_menu_scopes[i]));
        fputs("\nChoose by number or by name, separated by commas.\n", stderr);
        for (;;) {
                char text[REGISTRATION_PROBLEM_MAX];
                struct str answer;
                int r;

                r = prompt_line(arena, "Scopes", &answer);
                if (r < 0)
                        return r;
                r = app_input_menu_scopes(answer, d->scopes, text);
                if (r >= 0) {
                        d->request.n_scopes = (size_t)r;
                        return 0;
                }
                fprintf(stderr, "%s\n", text);
        }
}

static int ask_name(struct arena *arena, struct str *ret) {
        struct str name = STR("");

        while (name.len == 0) {
                int r = prompt_line(arena, "Application name", &name);

                if (r < 0)
                        return r;
        }
        *ret = name;
        return 0;
}

/* Everything that no option gave, in the order of the dialect. */
static int ask_missing(const struct app_input *input, struct arena *arena, struct draft *d) {
        bool optional = !input->name || isatty(STDIN_FILENO);
        struct str answer;
        int r = 0;

        if (!input->name)
                r = ask_name(arena, &d->request.name);
        if (r >= 0 && !input->description && optional)
                r = prompt_line(arena, "Application description (optional, press Enter to skip)",
                                &d->request.description);
        if (r >= 0 && !input->redirect_uris)
                r = ask_redirect_uris(arena, d);
        if (r >= 0 && !input->scopes)
                r = ask_scopes(arena, d);
        if (r >= 0 && !input->grant_types && optional) {
                r = prompt_line(arena, "Grant types (comma-separated, press Enter for default)", &answer);
                if (r >= 0)
                        d->request.n_grant_types = app_input_split(answer, d->grant_types);
        }
        return r;
}

int app_input_complete(const struct app_input *input, struct arena *arena, struct registration *ret,
                       char ret_problem[REGISTRATION_PROBLEM_MAX]) {
        struct draft d = { .request = { .public_client = input->public_client } };
        int r;

        d.request.name = str_of(input->name);
        d.request.description = str_of(input->description);
        d.request.n_redirect_uris = app_input_split(str_of(input->redirect_uris), d.redirect_uris);
        d.request.n_scopes = app_input_split(str_of(input->scopes), d.scopes);
        d.request.n_grant_types = app_input_split(str_of(input->grant_types), d.grant_types);

        r = ask_missing(input, arena, &d);
        if (r < 0) {
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX,
                         r == -ERR_BAD_REQUEST ? "No answer was given, so nothing was made"
                                               : "Out of memory");
                return r;
        }
        if (d.request.n_scopes > APP_INPUT_WORDS_MAX || d.request.n_grant_types > APP_INPUT_WORDS_MAX) {
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX, "A list has too many words");
                return -ERR_INVALID_FIELD;
        }
        d.request.redirect_uris = d.redirect_uris;
        d.request.scopes = d.scopes;
        d.request.grant_types = d.grant_types;
        return registration_check(&d.request, arena, ret, ret_problem);
}
