/* What else must be there (dialect: The authorize page). Of JSON's members the reader has seen to it, with a 422. `state` is
 * required of them alone: with PKCE an app may do without (RFC 9700 §2.1.1), and many libraries do. */
#include "oauth/authorize.h"

int check_parameters_present(struct authorize *a) {
        const struct {
                const char *name;
                struct str value;
        } required[] = {
                { "scope", a->scope },
                { "code_challenge", a->code_challenge },
        };
        struct str missing = STR_NULL;

        if (a->source == AUTHORIZE_JSON)
                return 0;
        for (size_t i = 0; i < ARRAY_LENGTH(required); i++) {
                if (required[i].value.ptr)
                        continue;
                missing = missing.ptr ? arena_printf(&a->req->arena, STR_FMT ", %s", STR_ARG(missing),
                                                     required[i].name)
                                      : str_of(required[i].name);
        }
        if (missing.ptr)
                return request_refuse(a->req, ERR_MISSING_PARAMETERS, "Missing required parameters: " STR_FMT,
                                      STR_ARG(missing));
        return 0;
}
