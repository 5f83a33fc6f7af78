/* Token revocation (RFC 7009, dialect: Revoke): an app ends its own tokens. An access token ends alone, a refresh
 * token ends its family. What is unknown, foreign or dead already is an ok all the same (§2.2); a failure to
 * store is none. */
#include "account/audit.h"
#include "account/token.h"
#include "base/context.h"
#include "db/statements.h"
#include "oauth/client.h"
#include "oauth/handlers.h"
#include "oauth/imported_token.h"
#include "oauth/refresh_token.h"

static int put_on_record(struct request *req, const struct app *app, struct str user_id,
                         int64_t authorization, struct str what) {
        return audit(req, &(struct audit){ AUDIT_TOKEN_REVOKED, .user_id = user_id, .app_id = app->row.id,
                                           .authorization = authorization, .detail = what });
}

/* An access token of our own; *ret_found says whether it is one. */
static int revoke_own_access(struct request *req, const struct app *app, int64_t id, const struct hash *hash,
                             bool *ret_found) {
        struct access_token_row row;
        int r;

        r = db_access_token_live(req->tx, &req->arena, id, &row);
        *ret_found = r == 1 && hash_equal(hash, row.hash);
        if (r <= 0 || !*ret_found || !str_eq(row.app_id, app->row.id))
                return r;
        r = db_access_token_revoke(req->tx, id, clock_now(req->context->clock));
        return r < 0 ? r : put_on_record(req, app, row.user_id, row.authorization_id, STR("access token"));
}

static int revoke_access(struct request *req, const struct app *app, struct str text) {
        struct access_token_row row;
        struct hash hash;
        bool found;
        int64_t id;
        int r;

        if (token_parse(text, TOKEN_PREFIX_ACCESS, &id, &hash)) {
                r = revoke_own_access(req, app, id, &hash, &found);
                if (r < 0 || found)
                        return r;
        }
        if (!imported_token_parse(text, TOKEN_PREFIX_ACCESS, &hash))
                return 0;
        r = db_imported_access_token(req->tx, &req->arena, hash_str(&hash), &row);
        if (r <= 0 || !str_eq(row.app_id, app->row.id))
                return r;
        r = db_imported_token_revoke(req->tx, hash_str(&hash), clock_now(req->context->clock));
        return r < 0 ? r : put_on_record(req, app, row.user_id, row.authorization_id, STR("access token"));
}

static int revoke_refresh(struct request *req, const struct app *app, struct str text) {
        struct refresh_token token;
        int r;

        r = refresh_token_find(req->tx, &req->arena, text, &token);
        if (r <= 0 || !str_eq(token.row.app_id, app->row.id))
                return r;
        r = db_authorization_revoke(req->tx, token.row.authorization_id, clock_now(req->context->clock));
        if (r < 0)
                return r;
        return put_on_record(req, app, token.row.user_id, token.row.authorization_id,
                             STR("refresh token and all that came of its grant"));
}

int handle_revoke(struct request *req, struct response *res) {
        const struct app *app = client_app(req);
        struct str text, hint;
        int r;

        r = request_text(req, "token", REQUEST_BODY_MAX, &text);
        if (r < 0)
                return r;
        r = request_text_optional(req, "token_type_hint", REQUEST_BODY_MAX, &hint);
        if (r < 0)
                return r;
        r = revoke_access(req, app, text);
        if (r >= 0)
                r = revoke_refresh(req, app, text);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        res->static_body = STR("{\"status\":\"ok\"}");
        return 0;
}
