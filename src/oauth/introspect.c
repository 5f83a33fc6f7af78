/* Token introspection (RFC 7662, dialect: Introspect): an app may ask about its own tokens; whatever else is asked
 * about looks like a token that does not exist, byte for byte. */
#include "account/token.h"
#include "base/context.h"
#include "base/json_write.h"
#include "oauth/access_token.h"
#include "oauth/client.h"
#include "oauth/handlers.h"
#include "oauth/refresh_token.h"

struct live_token {
        const char *kind; /* the Platform's token_type */
        int64_t id;       /* 0 of an imported one: nobody knows when it was made */
        struct str scopes;
        struct str client_id;
        struct str user_id;
        int64_t expires_at;
};

/* returns   1 live and this app's, 0 not, negative on error */
static int find_access(struct request *req, const struct app *app, struct str text, struct live_token *ret) {
        struct access_token token;
        int r;

        r = access_token_find(req->tx, &req->arena, req->context, text, &token);
        if (r < 0)
                return error_row(r)->json_status >= 500 ? r : 0;
        if (!str_eq(token.row.app_id, app->row.id))
                return 0;
        *ret = (struct live_token){ "access_token",     token.id,          token.row.scopes,
                                    app->row.client_id, token.row.user_id, token.row.expires_at };
        return 1;
}

static int find_refresh(struct request *req, const struct app *app, struct str text, struct live_token *ret) {
        const struct refresh_token_row *row;
        struct refresh_token token;
        int r;

        r = refresh_token_find(req->tx, &req->arena, text, &token);
        if (r <= 0)
                return r;
        row = &token.row;
        if (!str_eq(row->app_id, app->row.id) || row->spent_at != 0 || row->authorization_revoked_at != 0 ||
            row->expires_at <= clock_now(req->context->clock) || !row->app_is_active || !row->user_is_active)
                return 0;
        *ret = (struct live_token){ "refresh_token",    token.id,     row->scopes,
                                    app->row.client_id, row->user_id, row->expires_at };
        return 1;
}

static void write_inactive(struct json_writer *w, bool platform) {
        static const char *const names[] = { "scopes", "client_id", "user_id", "exp", "token_type" };

        json_object_begin(w);
        json_member_bool(w, "active", false);
        for (size_t i = 0; platform && i < ARRAY_LENGTH(names); i++)
                json_member_null(w, names[i]);
        json_object_end(w);
}

/* Members of both dialects; `token_type` is the kind for the Platform, "Bearer" for RFC 7662. No `username`: that is
 * the e-mail address, which only IDENTITY opens. */
static void write_active(struct json_writer *w, const struct request *req, const struct live_token *t,
                         bool platform) {
        json_object_begin(w);
        json_member_bool(w, "active", true);
        json_member_words(w, "scopes", t->scopes);
        json_member_str(w, "scope", t->scopes);
        json_member_str(w, "client_id", t->client_id);
        json_member_str(w, "user_id", t->user_id);
        json_member_str(w, "sub", t->user_id);
        json_member_int(w, "exp", t->expires_at / 1000);
        if (t->id)
                json_member_int(w, "iat", id_time_ms(t->id) / 1000);
        json_member_str(w, "iss", req->context->settings->public_url);
        json_member_str(w, "token_type", platform ? str_of(t->kind) : STR("Bearer"));
        json_object_end(w);
}

int handle_introspect(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        const struct app *app = client_app(req);
        bool platform = req->body_kind == BODY_JSON;
        struct live_token live;
        struct str text, hint;
        int r;

        r = request_text(req, "token", REQUEST_BODY_MAX, &text);
        if (r < 0)
                return r;
        /* Only a hint (RFC 7662 §2.1), and a needless one: a token's prefix tells its kind. */
        r = request_text_optional(req, "token_type_hint", REQUEST_BODY_MAX, &hint);
        if (r < 0)
                return r;
        r = find_access(req, app, text, &live);
        if (r == 0)
                r = find_refresh(req, app, text, &live);
        if (r < 0)
                return r;

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        if (r > 0)
                write_active(&w, req, &live, platform);
        else
                write_inactive(&w, platform);
        return 0;
}
