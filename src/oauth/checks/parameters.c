/* What else must be there (contract §1.1 and §9.1). `state` is required of the Platform's JSON alone: with
 * PKCE an app may do without (RFC 9700 §2.1.1), and many libraries do. */
#include "oauth/authorize.h"

int check_parameters_present(struct authorize *a) {
        const struct {
                const char *name;
                struct str value;
                bool json_only;
        } required[] = {
                { "scope", a->scope, false },
                { "state", a->state, true },
                { "code_challenge", a->code_challenge, false },
        };
        struct str missing = STR_NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(required); i++) {
                if (a->source == AUTHORIZE_JSON && !required[i].value.ptr) {
                        const char *name = i == 0 ? "scopes" : required[i].name;

                        return request_refuse_field(a->req, name, "missing", "Field required");
                }
                if (required[i].json_only || required[i].value.len || a->source == AUTHORIZE_JSON)
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
