/* Known scopes, at least one, and none that the app is not registered for (dialect: Authorize, steps 5 to 7). */
#include "oauth/authorize.h"

int check_scope(struct authorize *a) {
        struct strbuf allowed = STRBUF_INIT(1024);
        struct str unknown;
        int r;

        if (a->scope_item.ptr || !scope_parse(a->scope, &a->scopes, &unknown))
                return request_refuse(a->req, ERR_INVALID_SCOPE,
                                      "Invalid scope: '" STR_FMT "' is not a valid APIKeyPermission",
                                      STR_ARG(a->scope_item.ptr ? a->scope_item : unknown));
        if (!a->scopes)
                return request_refuse(a->req, ERR_INVALID_SCOPE, "At least one scope is required");
        if (!(a->scopes & ~a->app.scopes))
                return 0;
        scope_write(a->app.scopes, STR(", "), &allowed);
        r = request_refuse(a->req, ERR_INVALID_SCOPE,
                           "Application is not authorized for all requested scopes. Allowed: " STR_FMT,
                           STR_ARG(strbuf_str(&allowed)));
        strbuf_done(&allowed);
        return r;
}
