/* Token revocation (RFC 7009, contract §1): an app ends its own tokens. An access token ends alone, a refresh
 * token ends its family. What is unknown, foreign or dead already is an ok all the same (§2.2); a failure to
 * store is none. */
#include "account/token.h"
#include "base/context.h"
#include "db/statements.h"
#include "oauth/client.h"
#include "oauth/handlers.h"

static int revoke_access(struct request *req, const struct app *app, int64_t id, const struct hash *hash) {
        struct access_token_row row;
        int r;

        r = db_access_token_live(req->tx, &req->arena, id, &row);
        if (r <= 0 || !hash_equal(hash, row.hash) || !str_eq(row.app_id, app->row.id))
                return r;
        return db_access_token_revoke(req->tx, id, clock_now(req->context->clock));
}

static int revoke_refresh(struct request *req, const struct app *app, int64_t id, const struct hash *hash) {
        struct refresh_token_row row;
        int r;

        r = db_refresh_token_find(req->tx, &req->arena, id, &row);
        if (r <= 0 || !hash_equal(hash, row.hash) || !str_eq(row.app_id, app->row.id))
                return r;
        return db_authorization_revoke(req->tx, row.authorization_id, clock_now(req->context->clock));
}

int handle_revoke(struct request *req, struct response *res) {
        const struct app *app = client_app(req);
        struct str text, hint;
        struct hash hash;
        int64_t id;
        int r;

        r = request_text(req, "token", REQUEST_BODY_MAX, &text);
        if (r < 0)
                return r;
        r = request_text_optional(req, "token_type_hint", REQUEST_BODY_MAX, &hint);
        if (r < 0)
                return r;
        if (token_parse(text, TOKEN_PREFIX_ACCESS, &id, &hash))
                r = revoke_access(req, app, id, &hash);
        else if (token_parse(text, TOKEN_PREFIX_REFRESH, &id, &hash))
                r = revoke_refresh(req, app, id, &hash);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        res->static_body = STR("{\"status\":\"ok\"}");
        return 0;
}
