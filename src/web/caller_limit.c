#include "web/caller_limit.h"

#include "account/identity.h"
#include "account/rate_limit.h"
#include "base/errors.h"

/* The JSON endpoints; pages, and whom an app's own endpoints let in, are no business of this. */
static bool counts_callers(const struct route *route) {
        return route->access == ACCESS_API ||
               (route->access >= ACCESS_SESSION && !(route->flags & (ROUTE_PAGE | ROUTE_FORM)));
}

static bool is_wrong_credential(int r) {
        return r == -ERR_API_KEY || r == -ERR_TOKEN_UNKNOWN || r == -ERR_NO_CREDENTIAL;
}

/* An expired token is no guess: whoever sends one has had it. */
int caller_limit(struct request *req, const struct route *route, int result) {
        const struct identity *who = req->identity;
        int limited = 0;

        if (!counts_callers(route))
                return result;
        if (who && who->kind != IDENTITY_NONE && (result == 0 || error_row(result)->json_status == 403))
                limited = rate_limit_caller(req, route->flags & ROUTE_HEAVY ? RATE_UNITS_HEAVY : 1);
        else if (route->access == ACCESS_API && is_wrong_credential(result))
                limited = rate_limit_wrong(req);
        return limited < 0 ? limited : result;
}
