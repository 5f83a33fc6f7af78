/* prompt=none allows no page, prompt=consent asks always; other values change nothing (OpenID Connect Core
 * §3.1.2.1). */
#include "oauth/authorize.h"

int check_prompt(struct authorize *a) {
        struct str rest = a->prompt, word;
        bool none = false, more = false;

        while (str_next(&rest, ' ', &word)) {
                if (str_eq(word, STR("none")))
                        none = true;
                else
                        more = true;
                if (str_eq(word, STR("consent")))
                        a->ask = true;
        }
        if (none && more)
                return request_refuse(a->req, ERR_BAD_REQUEST,
                                      "prompt=none cannot be combined with other values");
        a->silent = none;
        return 0;
}
