/* Which of its two names the server is to answer with: told by the path of the authorization endpoint, and from then on
 * by the form and by the way back from signing in, which have the other path (oauth/issuer.h). */
#include "oauth/issuer.h"

#include "base/context.h"
#include "oauth/authorize.h"

struct str issuer_below(struct request *req) {
        return arena_printf(&req->arena, STR_FMT ISSUER_PATH, STR_ARG(req->context->settings->public_url));
}

int check_issuer(struct authorize *a) {
        struct str below;

        if (!a->issuer_wanted.ptr && !str_eq(a->req->path, STR(AUTHORIZE_PATH_BELOW)))
                return 0;
        if (!a->issuer_wanted.ptr && a->source == AUTHORIZE_JSON)
                return 0;
        below = issuer_below(a->req);
        if (!below.ptr)
                return -ERR_NO_MEMORY;
        if (a->issuer_wanted.ptr && str_eq(a->issuer_wanted, a->issuer))
                return 0;
        if (a->issuer_wanted.ptr && !str_eq(a->issuer_wanted, below))
                return request_refuse(a->req, ERR_BAD_REQUEST, "The issuer is not a name of this server");
        a->issuer = below;
        return 0;
}
