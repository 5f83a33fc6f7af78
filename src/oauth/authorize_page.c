/* The authorize page: consent asked of a person, or passed silently, or refused with a card (dialect: The authorize page).
 */
#include <jansson.h>

#include "account/identity.h"
#include "account/next.h"
#include "base/context.h"
#include "oauth/authorize.h"
#include "oauth/consent_page.h"

static int redirect_error(struct response *res, struct authorize *a, int result) {
        struct str location;
        int r;

        r = authorize_error_location(a, result, &location);
        if (r < 0)
                return r;
        return response_redirect(res, location);
}

/* Errors whose fault is the app's, and which a person should read: nobody else tells the app's maker. */
static bool is_card(const struct authorize *a, int result) {
        return !a->redirectable || result == -ERR_MISSING_PARAMETERS || result == -ERR_INVALID_SCOPE;
}

/* Adds the values of `prompt` but those that signing in fulfils. */
static void append_prompt(struct str prompt, struct strbuf *out) {
        struct str word;

        while (str_next(&prompt, ' ', &word))
                if (str_eq(word, STR("consent")))
                        strbuf_append(out, STR("&prompt=consent"));
}

/* To the login page, also with a session, and from there back to this request, which is then fulfilled. */
static int sign_in_again(struct response *res, struct authorize *a) {
        _cleanup_(strbuf_done) struct strbuf back = STRBUF_INIT(4 * REQUEST_TARGET_MAX);
        const struct params *query = &a->req->query_params;
        char separator = '?';

        strbuf_append(&back, a->req->path);
        for (size_t i = 0; i < query->n; i++) {
                if (str_eq(query->list[i].name, STR("prompt")))
                        continue;
                strbuf_append_char(&back, separator);
                strbuf_append_percent(&back, query->list[i].name, false);
                strbuf_append_char(&back, '=');
                strbuf_append_percent(&back, query->list[i].value, false);
                separator = '&';
        }
        append_prompt(a->prompt, &back);
        return back.failed ? -ERR_NO_MEMORY : next_after_login(a->req, res, strbuf_str(&back), true);
}

/* The answer to a request that the checks refused. ERR_NOT_SIGNED_IN and our own failures are the
 * dispatcher's. */
static int refuse(struct response *res, struct authorize *a, int result) {
        if (result == -ERR_NOT_SIGNED_IN && a->fresh)
                return sign_in_again(res, a);
        if (result == -ERR_NOT_SIGNED_IN || error_row(result)->json_status >= 500)
                return result;
        if (is_card(a, result) && !a->silent)
                return consent_page_refusal(res, a, result);
        return redirect_error(res, a, result);
}

static int grant(struct response *res, struct authorize *a) {
        struct str location;
        int r;

        r = authorize_grant(a, &location);
        if (r < 0)
                return r;
        response_no_store(res);
        return response_redirect(res, location);
}

int handle_authorize_page(struct request *req, struct response *res) {
        struct authorize a;
        int r;

        r = authorize_check_all(req, AUTHORIZE_QUERY, &a);
        if (r < 0)
                return refuse(res, &a, r);
        /* HEAD makes no code (RFC 9110 §9.2.1). */
        return a.ask || req->method == HTTP_HEAD ? consent_page(res, &a) : STEP_NEXT;
}

int handle_authorize_silently(struct request *req, struct response *res) {
        struct authorize a;
        int r;

        /* Everything once more: between the snapshot and this transaction the app may have been disabled. */
        r = authorize_check_all(req, AUTHORIZE_QUERY, &a);
        if (r < 0)
                return refuse(res, &a, r);
        return a.ask ? consent_page(res, &a) : grant(res, &a);
}

int handle_authorize_decision(struct request *req, struct response *res) {
        struct str decision;
        struct authorize a;
        int r;

        r = authorize_check_all(req, AUTHORIZE_FORM, &a);
        if (r < 0)
                return refuse(res, &a, r);
        r = request_text(req, "decision", 16, &decision);
        if (r < 0)
                return r;
        if (str_eq(decision, STR("allow")))
                return grant(res, &a);
        if (str_eq(decision, STR("deny"))) {
                r = authorize_audit(&a, AUDIT_CONSENT_REFUSED, NULL);
                return r < 0 ? r : redirect_error(res, &a, -ERR_ACCESS_DENIED);
        }
        return request_refuse_field(req, "decision", "value_error", "Must be 'allow' or 'deny'");
}
