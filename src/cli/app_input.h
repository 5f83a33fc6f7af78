/* What a person says about an app: by options, and by answers to questions where an option is absent
 * (dialect: oauth-tool). */
#pragma once

#include "oauth/registration.h"

/* As given on the command line; NULL asks. Lists are separated by commas. What is optional (description,
 * grant types) is asked for only where somebody answers: at a terminal, or when the name has to be asked for
 * as well. */
struct app_input {
        const char *name;
        const char *description;
        const char *redirect_uris;
        const char *scopes;
        const char *grant_types;
        bool public_client;
};

enum { APP_INPUT_WORDS_MAX = 32 };

/* Words of a list, separated by commas or spaces, without empty ones.
 * Returns their number; more than APP_INPUT_WORDS_MAX are counted as one more than that. */
size_t app_input_split(struct str list, struct str words[APP_INPUT_WORDS_MAX]);

/* Scopes of an answer to the menu: numbers or names, mixed as wanted.
 *
 * ret_words     names; borrowed from `answer` or constant
 * ret_problem   on failure the line to be shown: "  Invalid number: 12", "  Invalid scope: X", …
 * returns       their number, or -ERR_INVALID_FIELD
 */
_must_use_ int app_input_menu_scopes(struct str answer, struct str ret_words[APP_INPUT_WORDS_MAX],
                                     char ret_problem[REGISTRATION_PROBLEM_MAX]);

/* Asks for what is missing, then checks all of it.
 *
 * ret_problem   on failure, a sentence for the person
 * errors        those of registration_check(), ERR_BAD_REQUEST (no answer)
 */
_must_use_ int app_input_complete(const struct app_input *input, struct arena *arena,
                                  struct registration *ret, char ret_problem[REGISTRATION_PROBLEM_MAX]);

/* Names of the menu, in its order. */
extern const struct str app_menu_scopes[];
extern const size_t app_menu_scopes_count;
