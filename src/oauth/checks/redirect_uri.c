/* The redirect URI must be one that the app registered (RFC 6749 §3.1.2, RFC 9700 §4.1). Until this holds,
 * nothing is redirected. */
#include "oauth/redirect_uri.h"
#include "oauth/authorize.h"

int check_redirect_uri_registered(struct authorize *a) {
        if (!a->redirect_uri.ptr)
                return request_refuse(a->req, ERR_MISSING_PARAMETERS,
                                      "Missing required parameters: redirect_uri");
        if (!app_has_redirect_uri(&a->app, a->redirect_uri))
                return -ERR_REDIRECT_URI;
        a->redirectable = true;
        return 0;
}
