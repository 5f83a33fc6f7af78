/* The app must be known and active (dialect: Authorize, steps 1 and 2). Decided before everything else, and never
 * by a redirect: an unknown app's URI is anybody's. */
#include "oauth/authorize.h"

int check_client_known(struct authorize *a) {
        int r;

        if (!a->client_id.ptr)
                return request_refuse(a->req, ERR_MISSING_PARAMETERS,
                                      "Missing required parameters: client_id");
        r = app_find(a->req->tx, &a->req->arena, a->client_id, &a->app);
        if (r < 0)
                return r;
        a->app_known = true;
        return a->app.row.is_active ? 0 : -ERR_APP_INACTIVE;
}
