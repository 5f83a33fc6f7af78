#include "oauth/token_pair.h"

#include "account/token.h"
#include "base/json_write.h"
#include "db/statements.h"

void token_pair_done(struct token_pair *pair) {
        secret_done(&pair->access_token);
        secret_done(&pair->refresh_token);
}

int64_t access_token_end(const struct context *context, int64_t authorization_end) {
        return MIN_OF(clock_now(context->clock) + context->settings->access_token_lifetime * 1000,
                      authorization_end);
}

int64_t refresh_token_end(const struct context *context, int64_t authorization_end) {
        return MIN_OF(clock_now(context->clock) + context->settings->refresh_token_lifetime * 1000,
                      authorization_end);
}

int access_token_store(struct request *req, int64_t id, struct str token, int64_t authorization,
                       scope_set scopes, int64_t expires_at) {
        struct hash hash = hash_sha256(token);
        struct str text = scope_text(&req->arena, scopes);
        int r;

        if (!text.ptr)
                return -ERR_NO_MEMORY;
        r = db_access_token_insert(req->tx, id, hash_str(&hash), authorization, text, expires_at);
        if (r < 0)
                return r;
        request_issued(req, TOKEN_ACCESS);
        return 0;
}

int refresh_token_store(struct request *req, int64_t id, struct str token, int64_t authorization,
                        int64_t expires_at) {
        struct hash hash = hash_sha256(token);
        int r;

        r = db_refresh_token_insert(req->tx, id, hash_str(&hash), authorization, expires_at);
        if (r < 0)
                return r;
        request_issued(req, TOKEN_REFRESH);
        return 0;
}

int token_pair_issue(struct request *req, int64_t authorization, int64_t authorization_end, scope_set scopes,
                     bool with_refresh, struct token_pair *ret) {
        _cleanup_(token_pair_done) struct token_pair pair = { .scopes = scopes };
        const struct context *context = req->context;
        struct hash hash;
        int64_t id;
        int r;

        r = token_make(context, TOKEN_PREFIX_ACCESS, &pair.access_token, &id, &hash);
        if (r < 0)
                return r;
        pair.access_expires_at = access_token_end(context, authorization_end);
        r = access_token_store(req, id, secret_str(&pair.access_token), authorization, scopes,
                               pair.access_expires_at);
        if (r < 0)
                return r;

        if (with_refresh) {
                r = token_make(context, TOKEN_PREFIX_REFRESH, &pair.refresh_token, &id, &hash);
                if (r < 0)
                        return r;
                pair.refresh_expires_at = refresh_token_end(context, authorization_end);
                r = refresh_token_store(req, id, secret_str(&pair.refresh_token), authorization,
                                        pair.refresh_expires_at);
                if (r < 0)
                        return r;
        }
        *ret = pair;
        return 0;
}

void token_derive(const struct context *context, struct str presented, struct str prefix, int64_t id,
                  struct secret *ret) {
        struct str parts[] = { presented, prefix, str_n(&id, sizeof(id)) };
        struct hash mac = hash_mac(&context->server_key, STR("successor"), parts, ARRAY_LENGTH(parts));

        token_compose(prefix, id, mac.bytes, ret);
        memory_wipe(&mac, sizeof(mac));
}

int token_pair_respond(struct request *req, struct response *res, const struct token_pair *pair) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct str scopes = scope_text(&req->arena, pair->scopes);
        int64_t left = pair->access_expires_at - clock_now(req->context->clock);

        if (!scopes.ptr)
                return -ERR_NO_MEMORY;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "token_type", STR("Bearer"));
        json_member_str(&w, "access_token", secret_str(&pair->access_token));
        json_member_time(&w, "access_token_expires_at", pair->access_expires_at);
        json_member_int(&w, "expires_in", MAX_OF((left + 500) / 1000, INT64_C(0)));
        if (pair->refresh_token.len) {
                json_member_str(&w, "refresh_token", secret_str(&pair->refresh_token));
                json_member_time(&w, "refresh_token_expires_at", pair->refresh_expires_at);
        }
        json_member_words(&w, "scopes", scopes);
        json_member_str(&w, "scope", scopes);
        json_object_end(&w);
        return 0;
}
