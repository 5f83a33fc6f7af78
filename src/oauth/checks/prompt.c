/* What the app wishes to be asked of the person (OpenID Connect Core §3.1.2.1): none allows no page, consent asks
 * always, login has the person sign in once more. So does select_account: of the accounts that a person may have, a
 * browser is signed in to one, and another is chosen by signing in to it. */
#include "oauth/authorize.h"

enum { PROMPT_NONE = 1, PROMPT_CONSENT = 2, PROMPT_LOGIN = 4 };

static const struct prompt_word {
        struct str word;
        unsigned meaning;
} prompt_words[] = {
        { STR_INIT("none"), PROMPT_NONE },
        { STR_INIT("consent"), PROMPT_CONSENT },
        { STR_INIT("login"), PROMPT_LOGIN },
        { STR_INIT("select_account"), PROMPT_LOGIN },
};

static unsigned meaning_of(struct str word) {
        for (size_t i = 0; i < ARRAY_LENGTH(prompt_words); i++)
                if (str_eq(word, prompt_words[i].word))
                        return prompt_words[i].meaning;
        return 0;
}

int check_prompt(struct authorize *a) {
        struct str rest = a->prompt, word;
        unsigned asked = 0, unknown = 0;

        while (str_next(&rest, ' ', &word)) {
                unsigned meaning = meaning_of(word);

                asked |= meaning;
                unknown |= meaning == 0;
        }
        a->silent = asked & PROMPT_NONE;
        a->ask = asked & PROMPT_CONSENT;
        a->fresh = asked & PROMPT_LOGIN;
        if (a->silent && (unknown || asked != PROMPT_NONE))
                return request_refuse(a->req, ERR_BAD_REQUEST,
                                      "prompt=none cannot be combined with other values");
        if (unknown)
                return request_refuse(a->req, ERR_BAD_REQUEST,
                                      "prompt knows the values none, login, consent and select_account");
        return 0;
}
