#include "account/session.h"

#include "account/audit.h"
#include "account/identity.h"

struct str session_cookie_name(const struct settings *settings) {
        return settings->public_https ? STR("__Host-gatehouse") : STR("gatehouse");
}

struct str session_cookie(const struct request *req) {
        return request_cookie(req, session_cookie_name(req->context->settings));
}

/* What is kept of User-Agent, for the person who looks at their sessions: valid text, cut between characters.
 */
static struct str user_agent_of(const struct request *req) {
        struct str text = str_first(request_header(req, STR("User-Agent")), SESSION_USER_AGENT_MAX);

        for (unsigned cut = 0; cut < 4 && text.len; cut++, text.len--) {
                if (str_is_utf8(text))
                        return text;
        }
        return STR("");
}

int session_create(struct request *req, struct str user_id, struct secret *ret_text) {
        const struct context *context = req->context;
        int64_t now = clock_now(context->clock), id;
        struct hash h;
        int r;

        r = token_make(context, TOKEN_PREFIX_SESSION, ret_text, &id, &h);
        if (r < 0)
                return r;
        r = db_session_insert(req->tx, id, hash_str(&h), user_id, now,
                              now + context->settings->session_lifetime * 1000, str_of(req->address),
                              user_agent_of(req));
        if (r < 0) {
                secret_done(ret_text);
                return r;
        }
        request_issued(req, TOKEN_SESSION);
        return 0;
}

/* Ends the session whose cookie the browser sent, whatever state it is in. */
static int end_presented(struct request *req, enum audit_event event) {
        struct session_row session;
        int64_t id;
        struct hash h;
        int r;

        if (!token_parse(session_cookie(req), TOKEN_PREFIX_SESSION, &id, &h))
                return 0;
        r = db_session_with_user(req->tx, &req->arena, id, &session);
        if (r <= 0 || !hash_equal(&h, session.hash))
                return MIN_OF(r, 0);
        r = audit(req, &(struct audit){ event, .user_id = session.user_id, .session = id, .alone = true });
        return r < 0 ? r : session_end(req->tx, id);
}

/* Stores a session, puts it on record, and hands it to the browser. */
static int begin(struct request *req, struct response *res, struct str user_id, enum audit_event event,
                 int64_t *ret_id) {
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        const struct settings *settings = req->context->settings;
        struct hash h;
        int r;

        r = session_create(req, user_id, &text);
        if (r < 0)
                return r;
        if (!token_parse(secret_str(&text), TOKEN_PREFIX_SESSION, ret_id, &h))
                return -ERR_INTERNAL;
        r = audit(req, &(struct audit){ event, .user_id = user_id, .session = *ret_id, .alone = true });
        if (r < 0)
                return r;
        response_no_store(res);
        return response_cookie(res, session_cookie_name(settings), secret_str(&text),
                               settings->session_lifetime, settings->public_https);
}

int session_begin(struct request *req, struct response *res, struct str user_id) {
        int64_t id;
        int r;

        r = end_presented(req, AUDIT_SESSION_ENDED);
        return r < 0 ? r : begin(req, res, user_id, AUDIT_SIGNED_IN, &id);
}

int session_elevate(struct request *req, struct response *res) {
        int64_t until = clock_now(req->context->clock) + SESSION_ELEVATED_MS, id;
        int r;

        r = session_end(req->tx, req->identity->session_id);
        if (r >= 0)
                r = begin(req, res, req->identity->user_id, AUDIT_PASSWORD_CONFIRMED, &id);
        if (r >= 0)
                r = db_session_elevate(req->tx, id, until);
        return MIN_OF(r, 0);
}

int session_elevated(struct request *req) {
        struct session_elevation_row row;
        int r;

        r = db_session_elevation(req->tx, &req->arena, req->identity->session_id, &row);
        return r <= 0 ? r : row.elevated_until > clock_now(req->context->clock);
}

int session_find(const struct context *context, struct tx *tx, struct arena *arena, struct str cookie,
                 struct session_row *ret) {
        int64_t now = clock_now(context->clock), id;
        struct session_row session;
        struct hash h;
        int r;

        if (!token_parse(cookie, TOKEN_PREFIX_SESSION, &id, &h))
                return 0;
        r = db_session_with_user(tx, arena, id, &session);
        if (r <= 0)
                return r;
        if (!hash_equal(&h, session.hash) || !session.is_active || session.expires_at <= now ||
            session.seen_at + context->settings->session_idle * 1000 <= now)
                return 0;
        *ret = session;
        return 1;
}

bool session_needs_touch(const struct context *context, const struct session_row *session) {
        return clock_now(context->clock) - session->seen_at >= SESSION_TOUCH_MS;
}

int session_touch(const struct context *context, struct tx *tx, int64_t id) {
        int r = db_session_touch(tx, id, clock_now(context->clock));

        return MIN_OF(r, 0);
}

int session_end(struct tx *tx, int64_t id) {
        int r = db_session_delete(tx, id);

        return MIN_OF(r, 0);
}

int sessions_end_all(struct tx *tx, struct str user_id) {
        int r = db_sessions_delete_of_user(tx, user_id);

        return MIN_OF(r, 0);
}

int sessions_end_others(struct tx *tx, struct str user_id, int64_t id) {
        int r = db_sessions_delete_others(tx, user_id, id);

        return MIN_OF(r, 0);
}

int session_leave(struct request *req, struct response *res) {
        const struct settings *settings = req->context->settings;
        int r;

        r = end_presented(req, AUDIT_SIGNED_OUT);
        if (r < 0)
                return r;
        response_no_store(res);
        return response_cookie(res, session_cookie_name(settings), STR(""), 0, settings->public_https);
}
