/* Whether the person must be asked: not if this app was granted all of these scopes before, unless it wants
 * to ask. An app without a secret whose redirect URI any program can claim is asked for each time: nothing
 * proves that it is the one that was granted (RFC 8252 §8.6). */
#include "account/identity.h"
#include "oauth/authorize.h"

static bool could_be_impersonated(const struct authorize *a) {
        return app_is_public(&a->app) && !str_starts_with(a->redirect_uri, STR("https://"));
}

int check_consent(struct authorize *a) {
        struct consent_row consent;
        struct str unknown;
        int r;

        r = db_consent_find(a->req->tx, &a->req->arena, a->req->identity->user_id, a->app.row.id, &consent);
        if (r < 0)
                return r;
        if (r > 0 && !scope_parse(consent.scopes, &a->granted, &unknown))
                return -ERR_INTERNAL;
        if (a->scopes & ~a->granted || could_be_impersonated(a))
                a->ask = true;
        if (!a->silent || !a->ask)
                return 0;
        return a->scopes & ~a->granted ? -ERR_CONSENT_REQUIRED : -ERR_INTERACTION_REQUIRED;
}
