/* Why the policy differs between pages: browsers hold form-action against each redirect that follows a form's post
 * (CSP 3 §4.2.4; Chromium does). The answer to the consent form, and to a login that was remembered consent's last
 * step, redirects to the app, whose callback may redirect on to wherever the app likes, also to a native app's scheme.
 * No list of sources covers that, so those pages do without form-action; what it guards against, forms that somebody
 * smuggled into the page, is kept out by escaping. All other pages name it.
 *
 * Cross-Origin-Opener-Policy is same-origin: an app that opens the sign-in in a popup loses its handle on it, and the
 * popup its `opener`. So no app can steer the window in which somebody types a password, or watch where it goes. Such an
 * app's callback page reports back with BroadcastChannel or storage, which work as before; redirects bear no policy,
 * so a popup that never shows a page keeps its opener. */
#include "pages/page_headers.h"

#include "pages/page.h"

#define POLICY                                                                                           \
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; " \
        "frame-ancestors 'none'"

static bool leads_to_apps(struct str name) {
        static const struct str names[] = {
                STR_INIT("authorize"), STR_INIT("login"),  STR_INIT("logout"),
                STR_INIT("setup"),     STR_INIT("signup"),
        };

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_eq(names[i], name))
                        return true;
        return false;
}

static void common_headers(struct response *res, struct str policy) {
        response_header(res, STR("Content-Security-Policy"), policy);
        response_header(res, STR("X-Frame-Options"), STR("DENY"));
        response_header(res, STR("Referrer-Policy"), STR("no-referrer"));
        response_header(res, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
        response_header(res, STR("Cross-Origin-Resource-Policy"), STR("same-origin"));
        response_header(res, STR("Permissions-Policy"),
                        STR("camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), "
                            "payment=(), "
                            "serial=(), usb=(), browsing-topics=()"));
}

void page_headers(struct response *res, struct str name) {
        common_headers(res, leads_to_apps(name) ? STR(POLICY) : STR(POLICY "; form-action 'self'"));
        response_no_store(res);
}

void page_security_headers(struct response *res) {
        common_headers(
                res, STR("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
}
