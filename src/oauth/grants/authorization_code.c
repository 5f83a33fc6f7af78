/* grant_type=authorization_code: a code and its PKCE verifier for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). */
#include "account/audit.h"
#include "oauth/code.h"
#include "oauth/redirect_uri.h"
#include "oauth/token.h"
#include "oauth/token_pair.h"

enum { VERIFIER_TEXT_MAX = 1024 };

static int read_claim(struct request *req, struct code_claim *ret) {
        int r;

        r = request_text(req, "code", REQUEST_BODY_MAX, &ret->code);
        if (r < 0)
                return r;
        r = request_text(req, "redirect_uri", REDIRECT_URI_MAX, &ret->redirect_uri);
        if (r < 0)
                return r;
        /* The Platform's model requires the verifier (422); to the RFCs its absence is a bad grant. */
        if (req->body_kind == BODY_JSON)
                return request_text(req, "code_verifier", VERIFIER_TEXT_MAX, &ret->code_verifier);
        return request_text_optional(req, "code_verifier", VERIFIER_TEXT_MAX, &ret->code_verifier);
}

/* Since the app proved itself, it may have been switched off: this transaction decides. */
static int check_app_active(struct request *req, const struct app *app) {
        struct app now;
        int r;

        r = app_find(req->tx, &req->arena, app->row.client_id, &now);
        if (r < 0)
                return r == -ERR_UNKNOWN_CLIENT ? -ERR_INVALID_CLIENT : r;
        return now.row.is_active ? 0 : -ERR_INVALID_CLIENT;
}

int grant_authorization_code(struct request *req, struct response *res, const struct app *app) {
        _cleanup_(token_pair_done) struct token_pair pair = { 0 };
        struct code_claim claim;
        struct code_row code;
        struct str unknown;
        scope_set scopes;
        int r;

        r = read_claim(req, &claim);
        if (r < 0)
                return r;
        r = check_app_active(req, app);
        if (r < 0)
                return r;
        r = code_consume(req, app, &claim, &code);
        if (r < 0)
                return r;
        if (!scope_parse(code.scopes, &scopes, &unknown))
                return -ERR_INTERNAL;
        r = token_pair_issue(req, code.authorization_id, code.authorization_expires_at, scopes,
                             app_has_grant(app, STR("refresh_token")), &pair);
        if (r >= 0)
                r = audit(req,
                          &(struct audit){ AUDIT_CODE_EXCHANGED, .user_id = code.user_id,
                                           .app_id = app->row.id, .authorization = code.authorization_id });
        if (r < 0)
                return r;
        return token_pair_respond(req, res, &pair);
}
