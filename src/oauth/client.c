#include "oauth/client.h"

#include "account/identity.h"
#include "account/rate_limit.h"
#include "base/codec.h"
#include "base/context.h"
#include "base/log.h"
#include "base/secret.h"
#include "oauth/client_secret.h"
#include "oauth/secret_memo.h"

struct client {
        struct app app;
        bool known;        /* app is set */
        struct str secret; /* as presented; borrowed from the request. STR_NULL: none */
};

const struct app *client_app(const struct request *req) {
        const struct client *client = req->step_data;

        return &client->app;
}

const struct app *client_claimed(const struct request *req) {
        const struct client *client = req->step_data;

        return client && client->app.row.id.len ? &client->app : NULL;
}

void client_concerns(struct request *req, struct str user_id, int64_t authorization) {
        struct identity *who = req->identity ? req->identity : arena_new(&req->arena, struct identity);

        if (!who)
                return;
        who->user_id = user_id;
        who->authorization = authorization;
        req->identity = who;
}

/* Decodes "id:secret", each form-encoded (RFC 6749 §2.3.1), from Basic's base64. */
static int basic_credentials(struct request *req, struct str encoded, struct str *ret_id,
                             struct str *ret_secret) {
        struct str text;
        ptrdiff_t colon;
        char *bytes;
        int n;

        bytes = arena_alloc(&req->arena, encoded.len + 1);
        if (!bytes)
                return -ERR_NO_MEMORY;
        n = base64_decode(encoded, bytes, encoded.len);
        if (n < 0)
                return -ERR_INVALID_CLIENT;
        text = str_n(bytes, (size_t)n);
        colon = str_find(text, ':');
        if (colon < 0 || !str_is_utf8(text))
                return -ERR_INVALID_CLIENT;
        if (form_decode(&req->arena, str_first(text, (size_t)colon), ERR_INVALID_CLIENT, ret_id) < 0 ||
            form_decode(&req->arena, str_from(text, (size_t)colon + 1), ERR_INVALID_CLIENT, ret_secret) < 0)
                return -ERR_INVALID_CLIENT;
        return 0;
}

/* Takes client_id and client_secret from the header or from the body, never from both (RFC 6749 §2.3). */
static int presented_credentials(struct request *req, struct str *ret_id, struct str *ret_secret) {
        struct str header = request_header(req, STR("Authorization")), id, secret, body_id, body_secret;
        int r;

        r = request_parse_body(req);
        if (r < 0)
                return r;
        r = request_text_optional(req, "client_secret", CLIENT_SECRET_MAX, &body_secret);
        if (r < 0)
                return r;
        if (!header.ptr) {
                r = request_text(req, "client_id", CLIENT_ID_MAX, ret_id);
                if (r < 0)
                        return r;
                *ret_secret = body_secret;
                return 0;
        }

        r = request_text_optional(req, "client_id", CLIENT_ID_MAX, &body_id);
        if (r < 0)
                return r;
        if (body_secret.ptr)
                return request_refuse(req, ERR_BAD_REQUEST,
                                      "Send the client's credentials in the Authorization header or in the "
                                      "body, not in both");
        if (header.len < 6 || !str_eq_ignore_case(str_first(header, 6), STR("Basic ")))
                return -ERR_INVALID_CLIENT;
        r = basic_credentials(req, str_trim(str_from(header, 6)), &id, &secret);
        if (r < 0)
                return r;
        if (body_id.ptr && !str_eq(body_id, id))
                return request_refuse(req, ERR_BAD_REQUEST,
                                      "client_id differs from the one in the Authorization header");
        *ret_id = id;
        *ret_secret = secret.len ? secret : STR_NULL;
        return 0;
}

/* The app is who it says it is: holds the request against its limit. */
static int admit(struct request *req, int next) {
        int r;

        rate_limit_right(req);
        r = rate_limit_app(req, client_app(req)->row.id);
        return r < 0 ? r : next;
}

/* Whether the presented secret is remembered as one of the app's: its own, or the one before while that is good. */
static bool is_remembered(const struct request *req, const struct client *client) {
        const struct context *context = req->context;
        struct app former;

        if (secret_memo_has(context->client_secrets, &context->process_key, &client->app, client->secret))
                return true;
        return app_with_former_secret(&client->app, clock_now(context->clock), &former) &&
               secret_memo_has(context->client_secrets, &context->process_key, &former, client->secret);
}

static bool verify(const struct context *context, const struct app *app, struct str secret) {
        if (!client_secret_verify(secret, app->row.secret_hash, app->row.secret_salt))
                return false;
        secret_memo_add(context->client_secrets, &context->process_key, app, secret);
        return true;
}

/* Asks the hash of the app's secret, then that of the one before. A wrong secret takes twice as long while there are two. */
static bool verify_any(const struct request *req, const struct client *client) {
        struct app former;

        if (verify(req->context, &client->app, client->secret))
                return true;
        if (!app_with_former_secret(&client->app, clock_now(req->context->clock), &former) ||
            !verify(req->context, &former, client->secret))
                return false;
        LOG(LOG_INFO, "an app uses its former secret", LOG_STR("client_id", former.row.client_id));
        return true;
}

int client_identify(struct request *req, struct response *res _unused_) {
        struct client *client;
        struct str id;
        int r;

        client = arena_new(&req->arena, struct client);
        if (!client)
                return -ERR_NO_MEMORY;
        req->step_data = client;

        r = presented_credentials(req, &id, &client->secret);
        if (r < 0)
                return r;
        r = app_find(req->tx, &req->arena, id, &client->app);
        if (r < 0 && r != -ERR_UNKNOWN_CLIENT)
                return r;
        client->known = r == 0 && client->app.row.is_active;

        if (client->known && app_is_public(&client->app) && !client->secret.ptr)
                return admit(req, STEP_SKIP);
        if (!client->secret.ptr)
                return -ERR_INVALID_CLIENT;
        if (client->known && !app_is_public(&client->app) && is_remembered(req, client))
                return admit(req, STEP_SKIP);
        return STEP_NEXT;
}

int client_verify(struct request *req, struct response *res _unused_) {
        const struct client *client = req->step_data;
        int r;

        if (!client->known || app_is_public(&client->app)) {
                r = rate_limit_hash(req, STR(""));
                if (r < 0)
                        return r;
                client_secret_verify_nothing(client->secret);
                return -ERR_INVALID_CLIENT;
        }
        /* Of many requests that came at once after a start, the first may have proved it while this one waited. */
        if (is_remembered(req, client))
                return admit(req, STEP_NEXT);
        r = rate_limit_hash(req, client->app.row.id);
        if (r < 0)
                return r;
        if (!verify_any(req, client))
                return -ERR_INVALID_CLIENT;
        return admit(req, STEP_NEXT);
}
