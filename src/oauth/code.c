#include "oauth/code.h"

#include "account/audit.h"
#include "account/token.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/client.h"
#include "oauth/pkce.h"

int code_issue(struct request *req, const struct app *app, struct str user_id, scope_set scopes,
               struct str redirect_uri, struct str code_challenge, struct secret *ret_code) {
        const struct context *context = req->context;
        _cleanup_(secret_done) struct secret code = SECRET_EMPTY;
        int64_t now = clock_now(context->clock), authorization = id_next(context->ids), id;
        struct hash hash;
        int r;

        r = token_make(context, TOKEN_PREFIX_CODE, &code, &id, &hash);
        if (r < 0)
                return r;
        r = db_authorization_insert(req->tx, authorization, app->row.id, user_id,
                                    scope_text(&req->arena, scopes),
                                    now + context->settings->authorization_lifetime * 1000);
        if (r < 0)
                return r;
        r = db_code_insert(req->tx, id, hash_str(&hash), authorization, redirect_uri, code_challenge,
                           now + context->settings->code_lifetime * 1000);
        if (r < 0)
                return r;
        request_issued(req, TOKEN_CODE);
        *ret_code = code;
        return 0;
}

/* A code that comes back: whoever has it besides the app may have had the tokens too. */
static int code_reused(struct request *req, const struct code_row *row) {
        char time[CLOCK_ISO_LENGTH];
        int r;

        r = db_authorization_revoke(req->tx, row->authorization_id, clock_now(req->context->clock));
        if (r >= 0)
                r = audit(req,
                          &(struct audit){ AUDIT_CODE_REUSED, .user_id = row->user_id, .app_id = row->app_id,
                                           .authorization = row->authorization_id });
        if (r < 0)
                return r;
        tx_keep(req->tx);
        LOG(LOG_WARNING, "a spent code came back: its authorization is revoked",
            LOG_STR("id", str_of(req->id)), LOG_STR("app", row->app_id), LOG_STR("user", row->user_id));
        clock_format_iso(row->spent_at, time);
        return request_refuse(req, ERR_CODE_SPENT, "Invalid grant: authorization code already used at %.*s",
                              CLOCK_ISO_LENGTH, time);
}

int code_consume(struct request *req, const struct app *app, const struct code_claim *claim,
                 struct code_row *ret) {
        int64_t now = clock_now(req->context->clock), id;
        struct code_row row;
        struct hash hash;
        int r;

        if (!token_parse(claim->code, TOKEN_PREFIX_CODE, &id, &hash))
                return -ERR_CODE_UNKNOWN;
        r = db_code_find(req->tx, &req->arena, id, &row);
        if (r < 0)
                return r;
        if (r == 0 || !hash_equal(&hash, row.hash))
                return -ERR_CODE_UNKNOWN;
        client_concerns(req, row.user_id, row.authorization_id);
        if (!str_eq(row.app_id, app->row.id))
                return -ERR_CODE_FOREIGN;
        if (row.spent_at != 0)
                return code_reused(req, &row);
        if (row.expires_at <= now || row.authorization_revoked_at != 0)
                return -ERR_CODE_EXPIRED;
        if (!str_eq(row.redirect_uri, claim->redirect_uri))
                return -ERR_CODE_REDIRECT_URI;
        if (!claim->code_verifier.ptr)
                return -ERR_CODE_NO_VERIFIER;
        if (!pkce_verify(claim->code_verifier, row.code_challenge))
                return -ERR_CODE_VERIFIER;
        if (!row.user_is_active)
                return -ERR_USER_DISABLED;

        r = db_code_spend(req->tx, id, now);
        if (r < 0)
                return r;
        if (r == 0) { /* another transaction was faster */
                row.spent_at = now;
                return code_reused(req, &row);
        }
        *ret = row;
        return 0;
}
