/* PKCE with S256, always (RFC 7636, RFC 9700 §2.1.1). An absent method is S256 here, as on the Platform: the
 * RFC's default, `plain`, is refused. */
#include "oauth/pkce.h"
#include "oauth/authorize.h"

int check_pkce(struct authorize *a) {
        if (a->code_challenge_method.ptr && !str_eq(a->code_challenge_method, STR("S256")))
                return -ERR_PKCE;
        return pkce_challenge_valid(a->code_challenge) ? 0 : -ERR_PKCE;
}
