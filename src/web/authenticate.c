#include "web/authenticate.h"

#include <stdlib.h>

#include "account/audit.h"
#include "account/csrf.h"
#include "account/platform_issuer.h"
#include "account/rate_limit.h"
#include "account/session.h"
#include "base/context.h"
#include "oauth/access_token.h"
#include "oauth/api_key.h"

static int fill_session(struct request *req, struct identity *who) {
        struct str cookie = session_cookie(req);
        struct session_row session;
        int r;

        if (!cookie.ptr)
                return 0;
        r = session_find(req->context, req->tx, &req->arena, cookie, &session);
        if (r <= 0)
                return r;
        who->kind = IDENTITY_SESSION;
        who->user_id = session.user_id;
        who->email = session.email;
        who->name = session.name;
        who->timezone = session.timezone;
        who->is_admin = session.is_admin;
        who->session_id = session.id;
        who->session_stale = session_needs_touch(req->context, &session);
        return 0;
}

/* The person of a user JWT (web/bearer.h). Where one is sent it counts, and a cookie beside it does not. Somebody whom
 * nobody knows yet is stored by the first step that can write; until then the claims are all there is. */
static int fill_bearer(struct request *req, struct identity *who) {
        const struct platform_person *person = req->bearer;
        struct user_row user;
        bool created;
        int r;

        r = platform_person_row(req->context, req->tx, &req->arena, person, &user, &created);
        if (r < 0)
                return r;
        who->is_new = created;
        if (r == 0) {
                user = (struct user_row){ .id = person->id,
                                          .email = person->email,
                                          .timezone = STR("not-set") };
                who->is_new = true;
        }
        who->kind = IDENTITY_SESSION;
        who->user_id = user.id;
        who->email = user.email;
        who->name = user.name;
        who->timezone = user.timezone;
        who->is_admin = person->is_admin;
        return created ? audit(req, &(struct audit){ AUDIT_ACCOUNT_BROUGHT, .user_id = user.id }) : 0;
}

/* A person, or nobody yet: pages need the form token in either case. */
static int authenticate_person(struct request *req, struct response *res, const struct route *route,
                               struct identity *who) {
        int r;

        r = req->bearer ? fill_bearer(req, who) : fill_session(req, who);
        if (r < 0)
                return r;
        if (route->flags & (ROUTE_PAGE | ROUTE_FORM)) {
                r = csrf_prepare(req, res, who);
                if (r < 0)
                        return r;
        }
        /* A form to sign out that is sent twice finds the session gone, and with it what its token was made for. */
        if (route->flags & ROUTE_LEAVES && who->kind == IDENTITY_NONE)
                return 0;
        if (route->access == ACCESS_PUBLIC)
                return route->flags & ROUTE_FORM ? csrf_check(req) : 0;
        if (who->kind != IDENTITY_SESSION)
                return -ERR_NOT_SIGNED_IN;
        if ((route->access == ACCESS_ADMIN || route->access == ACCESS_ELEVATED) && !who->is_admin)
                return -ERR_NOT_ADMINISTRATOR;
        if (route->access == ACCESS_ELEVATED) {
                r = session_elevated(req);
                if (r <= 0)
                        return r < 0 ? r : -ERR_NOT_ELEVATED;
        }
        return route->flags & ROUTE_FORM ? csrf_check(req) : 0;
}

/* The token of "Bearer TOKEN" (RFC 6750 §2.1). */
static int bearer_token(struct request *req, struct str *ret) {
        struct str header = request_header(req, STR("Authorization"));

        if (params_find(&req->query_params, STR("access_token")))
                return -ERR_TOKEN_IN_QUERY;
        if (!header.ptr || header.len < 7 || !str_eq_ignore_case(str_first(header, 7), STR("Bearer ")))
                return -ERR_NO_CREDENTIAL;
        *ret = str_trim(str_from(header, 7));
        return 0;
}

static int require_scopes(struct request *req, scope_set missing) {
        struct strbuf names = STRBUF_INIT(1024);
        int r;

        if (!missing)
                return 0;
        scope_write(missing, STR(", "), &names);
        r = request_refuse(req, ERR_MISSING_SCOPE, "Missing required permission(s): " STR_FMT,
                           STR_ARG(strbuf_str(&names)));
        strbuf_done(&names);
        return r;
}

/* Whose key it was that is good no more. */
static int refuse_key(struct request *req, struct identity *who) {
        const struct api_key_row *row;
        int r;

        r = api_key_find_ended(req, who->key, &row);
        if (r < 0)
                return r;
        if (r > 0) {
                who->user_id = row->user_id;
                who->key_id = row->id;
        }
        return -ERR_API_KEY;
}

/* A key alone decides where one is sent (dialect: External API). `key` is what an earlier turn of this step made, or NULL. */
static int authenticate_key(struct request *req, const struct route *route, struct str text,
                            struct api_key *key, struct identity *who) {
        struct str unknown;
        int r;

        who->key = key ? key : arena_new(&req->arena, struct api_key);
        if (!who->key)
                return -ERR_NO_MEMORY;
        who->key->text = text;
        r = api_key_find(req, who->key);
        if (r == -ERR_API_KEY)
                return refuse_key(req, who);
        if (r < 0)
                return r;
        if (r == API_KEY_VERIFY)
                return AUTHENTICATE_VERIFY;
        who->kind = IDENTITY_KEY;
        who->key_id = who->key->row->id;
        who->user_id = who->key->row->user_id;
        who->email = who->key->row->email;
        who->name = who->key->row->name;
        who->timezone = who->key->row->timezone;
        if (!scope_parse(who->key->row->permissions, &who->scopes, &unknown))
                return -ERR_INTERNAL;
        return require_scopes(req, route->scopes & ~who->scopes);
}

int authenticate_verify(struct request *req) {
        struct api_key *key = req->identity->key;
        int r;

        r = rate_limit_hash(req, key->alike[0].id);
        if (r < 0)
                return r;
        r = api_key_verify(req, key);
        if (r >= 0)
                rate_limit_right(req);
        return r;
}

/* Whose token it was that is good no more: for the audit trail, and for nothing else. */
static void known_by_token(int result, const struct access_token *token, struct identity *who) {
        if (result != -ERR_TOKEN_REVOKED && result != -ERR_TOKEN_EXPIRED && result != -ERR_TOKEN_APP_DISABLED)
                return;
        who->user_id = token->row.user_id;
        who->app_id = token->row.app_id;
        who->authorization = token->row.authorization_id;
}

static int authenticate_token(struct request *req, const struct route *route, struct identity *who) {
        struct access_token token;
        struct str text;
        int r;

        if (req->query.ptr) {
                r = request_parse_query(req);
                if (r < 0)
                        return r;
        }
        r = bearer_token(req, &text);
        if (r < 0)
                return r;
        r = access_token_find(req->tx, &req->arena, req->context, text, &token);
        if (r < 0) {
                known_by_token(r, &token, who);
                return r;
        }
        who->kind = IDENTITY_TOKEN;
        who->user_id = token.row.user_id;
        who->email = token.row.email;
        who->name = token.row.name;
        who->timezone = token.row.timezone;
        who->app_id = token.row.app_id;
        who->authorization = token.row.authorization_id;
        who->scopes = token.scopes;
        return require_scopes(req, route->scopes & ~who->scopes);
}

int authenticate(struct request *req, struct response *res, const struct route *route) {
        struct str key = STR_NULL;
        struct identity *who;
        struct api_key *sent;

        if (route->access == ACCESS_CLIENT || route->access == ACCESS_NONE)
                return 0;
        who = arena_new(&req->arena, struct identity);
        if (!who)
                return -ERR_NO_MEMORY;
        sent = req->identity ? req->identity->key : NULL;
        req->identity = who;
        if (route->access == ACCESS_API)
                key = request_header(req, STR("X-API-Key"));
        if (key.ptr)
                return authenticate_key(req, route, key, sent, who);
        if (route->access == ACCESS_API)
                return authenticate_token(req, route, who);
        return authenticate_person(req, res, route, who);
}
