/* Why the policy differs between pages: browsers hold form-action against each redirect that follows a form's post
 * (CSP 3 §4.2.4; Chromium does). The answer to the consent form, and to a login that was remembered consent's last
 * step, redirects to the app, whose callback may redirect on to wherever the app likes, also to a native app's scheme.
 * No list of sources covers that, so those pages do without form-action; what it guards against, forms that somebody
 * smuggled into the page, is kept out by escaping. All other pages name it.
 *
 * Cross-Origin-Opener-Policy is same-origin: an app that opens the sign-in in a popup loses its handle on it, and the
 * popup its `opener`. So no app can steer the window in which somebody types a password, or watch where it goes. Such an
 * app's callback page reports back with BroadcastChannel or storage, which work as before; redirects bear no policy,
 * so a popup that never shows a page keeps its opener.
 *
 * Few pages have scripts: files of this server, nothing inline and no eval. What those of the API reference call is this
 * server alone. Swagger UI sets its few inline styles by script, one property at a time, which no policy
 * concerns (CSP 3 §8.5); its forms lead nowhere. */
#include "pages/page_headers.h"

#include "pages/page.h"

#define POLICY                                                                                           \
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; " \
        "frame-ancestors 'none'"

static const struct {
        struct str name, policy;
} policies[] = {
        /* they lead to apps */
        { STR_INIT("authorize"), STR_INIT(POLICY) },
        { STR_INIT("login"), STR_INIT(POLICY) },
        { STR_INIT("logout"), STR_INIT(POLICY) },
        { STR_INIT("setup"), STR_INIT(POLICY) },
        { STR_INIT("signup"), STR_INIT(POLICY) },
        /* they lead to providers, and have a script */
        { STR_INIT("credential_new"), STR_INIT(POLICY "; script-src 'self'") },
        { STR_INIT("setup_wizard"), STR_INIT(POLICY "; script-src 'self'") },
        { STR_INIT("integrations"), STR_INIT(POLICY "; script-src 'self'") },
        /* they have scripts */
        { STR_INIT("guide"), STR_INIT(POLICY "; form-action 'none'; script-src 'self'") },
        { STR_INIT("connected"), STR_INIT(POLICY "; form-action 'none'; script-src 'self'") },
        { STR_INIT("api_key_created"), STR_INIT(POLICY "; form-action 'self'; script-src 'self'") },
        { STR_INIT("oauth_app"), STR_INIT(POLICY "; form-action 'self'; script-src 'self'") },
        { STR_INIT("oauth_app_secret"), STR_INIT(POLICY "; form-action 'self'; script-src 'self'") },
        { STR_INIT("oauth_apps"), STR_INIT(POLICY "; form-action 'self'; script-src 'self'") },
        { STR_INIT("profile"), STR_INIT(POLICY "; form-action 'self'; script-src 'self'") },
        { STR_INIT("reference"),
          STR_INIT(POLICY "; form-action 'none'; script-src 'self'; connect-src 'self'") },
        { STR_INIT("reference_return"), STR_INIT(POLICY "; form-action 'none'; script-src 'self'") },
};

static struct str policy_of(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
                if (str_eq(policies[i].name, name))
                        return policies[i].policy;
        return STR(POLICY "; form-action 'self'");
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

void page_kept_headers(struct response *res, struct str name) {
        common_headers(res, policy_of(name));
}

void page_headers(struct response *res, struct str name) {
        page_kept_headers(res, name);
        response_no_store(res);
}

void page_security_headers(struct response *res) {
        common_headers(
                res, STR("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
}
