/* A person must be signed in; for prompt=login, from now on. The page sends them to sign in, with that wish taken out of
 * the request that they come back to: neither the consent form nor the way back from signing in bears it. Where no page
 * can be shown the app is told. */
#include "account/identity.h"
#include "oauth/authorize.h"

int check_session(struct authorize *a) {
        const struct identity *who = a->req->identity;

        if (a->fresh && a->source != AUTHORIZE_QUERY)
                return request_refuse(a->req, ERR_LOGIN_REQUIRED,
                                      "prompt=login needs the page of the authorization endpoint");
        if (who && who->kind == IDENTITY_SESSION && !a->fresh)
                return 0;
        return a->silent ? -ERR_LOGIN_REQUIRED : -ERR_NOT_SIGNED_IN;
}
