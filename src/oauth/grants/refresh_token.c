/* grant_type=refresh_token: rotation that is idempotent, and a family that dies on late reuse (RFC 6749 §6,
 * RFC 9700 §4.14, design "Identifiers and tokens").
 *
 * A refresh token is spent by its first use, which stores the ids of its successors; their secrets are
 * derived from the presented token. So a client that lost the answer may ask again within the grace window,
 * and gets the same tokens. Once the successor was used, or the window is over, the token in hand is a copy
 * that somebody kept: its family is revoked. */
#include "oauth/refresh_token.h"
#include "account/audit.h"
#include "account/token.h"
#include "base/log.h"
#include "db/statements.h"
#include "oauth/client.h"
#include "oauth/token.h"
#include "oauth/token_pair.h"

/* How far the clocks of two servers may stand apart. What another one spent may lie so far ahead; further ahead it was
 * spent before a clock went back, and nobody knows how long ago. */
enum { SKEW_MAX_MS = 60 * 1000 };

struct presented {
        struct str text;
        struct refresh_token token;
        scope_set scopes; /* of the authorization */
};

static int put_on_record(struct request *req, const struct presented *p, enum audit_event event,
                         struct str detail) {
        return audit(req,
                     &(struct audit){ event, .user_id = p->token.row.user_id, .app_id = p->token.row.app_id,
                                      .authorization = p->token.row.authorization_id, .detail = detail });
}

static int revoke_family(struct request *req, const struct presented *p) {
        int r;

        r = db_authorization_revoke(req->tx, p->token.row.authorization_id, clock_now(req->context->clock));
        if (r >= 0)
                r = put_on_record(req, p, AUDIT_REFRESH_REUSED, STR_NULL);
        if (r < 0)
                return r;
        tx_keep(req->tx);
        LOG(LOG_WARNING, "a spent refresh token came back late: its authorization is revoked",
            LOG_STR("id", str_of(req->id)), LOG_STR("app", p->token.row.app_id),
            LOG_STR("user", p->token.row.user_id));
        return -ERR_REFRESH_REVOKED;
}

/* The scopes that the new access token gets: those asked for, which may not exceed the authorization (RFC
 * 6749 §6). */
static int requested_scopes(struct request *req, const struct presented *p, scope_set *ret) {
        struct str text, unknown;
        scope_set scopes;
        int r;

        r = request_text_optional(req, "scope", SCOPE_TEXT_MAX, &text);
        if (r < 0)
                return r;
        if (!text.len) {
                *ret = p->scopes;
                return 0;
        }
        if (!scope_parse(text, &scopes, &unknown) || scopes & ~p->scopes)
                return request_refuse(req, ERR_INVALID_SCOPE, "The scope exceeds what the user granted");
        *ret = scopes;
        return 0;
}

/* The same answer as the first use had. A scope that the family does not have is refused as it would have been
 * then; any other changes nothing any more. */
static int replay(struct request *req, struct response *res, const struct presented *p) {
        _cleanup_(token_pair_done) struct token_pair pair = { 0 };
        int64_t passed = clock_now(req->context->clock) - p->token.row.spent_at;
        struct refresh_token_state_row successor;
        struct access_token_row access;
        struct str unknown;
        scope_set asked;
        int r;

        if (passed > req->context->settings->refresh_grace * 1000 || passed < -SKEW_MAX_MS)
                return revoke_family(req, p);
        r = db_refresh_token_state(req->tx, &req->arena, p->token.row.successor_id, &successor);
        if (r < 0)
                return r;
        if (r == 0 || successor.spent_at != 0)
                return revoke_family(req, p);
        r = db_access_token_live(req->tx, &req->arena, p->token.row.successor_access_id, &access);
        if (r < 0)
                return r;
        if (r == 0 || !scope_parse(access.scopes, &pair.scopes, &unknown))
                return revoke_family(req, p);
        r = requested_scopes(req, p, &asked);
        if (r < 0)
                return r;

        token_derive(req->context, p->text, TOKEN_PREFIX_ACCESS, p->token.row.successor_access_id,
                     &pair.access_token);
        token_derive(req->context, p->text, TOKEN_PREFIX_REFRESH, p->token.row.successor_id,
                     &pair.refresh_token);
        pair.access_expires_at = access.expires_at;
        pair.refresh_expires_at = successor.expires_at;
        r = put_on_record(req, p, AUDIT_TOKEN_REFRESHED, STR("the same tokens again"));
        return r < 0 ? r : token_pair_respond(req, res, &pair);
}

static int rotate(struct request *req, struct response *res, const struct presented *p) {
        _cleanup_(token_pair_done) struct token_pair pair = { 0 };
        const struct context *context = req->context;
        int64_t access_id = id_next(context->ids), refresh_id = id_next(context->ids);
        int r;

        r = requested_scopes(req, p, &pair.scopes);
        if (r < 0)
                return r;
        r = refresh_token_spend(req->tx, &p->token, clock_now(context->clock), refresh_id, access_id);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_CONFLICT;

        token_derive(context, p->text, TOKEN_PREFIX_ACCESS, access_id, &pair.access_token);
        token_derive(context, p->text, TOKEN_PREFIX_REFRESH, refresh_id, &pair.refresh_token);
        pair.access_expires_at = access_token_end(context, p->token.row.authorization_expires_at);
        pair.refresh_expires_at = refresh_token_end(context, p->token.row.authorization_expires_at);
        r = access_token_store(req, access_id, secret_str(&pair.access_token), p->token.row.authorization_id,
                               pair.scopes, pair.access_expires_at);
        if (r < 0)
                return r;
        r = refresh_token_store(req, refresh_id, secret_str(&pair.refresh_token),
                                p->token.row.authorization_id, pair.refresh_expires_at);
        if (r >= 0)
                r = put_on_record(req, p, AUDIT_TOKEN_REFRESHED, STR_NULL);
        if (r < 0)
                return r;
        return token_pair_respond(req, res, &pair);
}

static int find_presented(struct request *req, const struct app *app, struct presented *ret) {
        struct str unknown;
        int r;

        r = request_text(req, "refresh_token", REQUEST_BODY_MAX, &ret->text);
        if (r < 0)
                return r;
        r = refresh_token_find(req->tx, &req->arena, ret->text, &ret->token);
        if (r <= 0)
                return r < 0 ? r : -ERR_REFRESH_UNKNOWN;
        client_concerns(req, ret->token.row.user_id, ret->token.row.authorization_id);
        if (ret->token.row.authorization_revoked_at != 0)
                return -ERR_REFRESH_REVOKED;
        if (!str_eq(ret->token.row.app_id, app->row.id))
                return -ERR_REFRESH_FOREIGN;
        if (!ret->token.row.user_is_active)
                return -ERR_USER_DISABLED;
        if (!scope_parse(ret->token.row.scopes, &ret->scopes, &unknown))
                return -ERR_INTERNAL;
        return 0;
}

int grant_refresh_token(struct request *req, struct response *res, const struct app *app) {
        struct presented p;
        int r;

        r = find_presented(req, app, &p);
        if (r < 0)
                return r;
        if (!p.token.row.app_is_active)
                return -ERR_INVALID_CLIENT;
        if (p.token.row.spent_at != 0)
                return replay(req, res, &p);
        if (p.token.row.expires_at <= clock_now(req->context->clock))
                return -ERR_REFRESH_EXPIRED;
        return rotate(req, res, &p);
}
