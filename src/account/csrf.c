#include "account/csrf.h"

#include "account/session.h"
#include "base/codec.h"
#include "base/secret.h"

enum { BROWSER_SIZE = 32 /* bytes */, BROWSER_LENGTH = 43 /* characters */ };

struct str csrf_cookie_name(const struct settings *settings) {
        return settings->public_https ? STR("__Host-gatehouse_browser") : STR("gatehouse_browser");
}

void csrf_token(const struct context *context, struct str binding, char *out) {
        struct hash h = hash_mac(&context->server_key, STR("csrf"), &binding, 1);

        base64url_encode(hash_str(&h), out);
}

static bool is_browser_value(struct str value) {
        uint8_t bytes[BROWSER_SIZE];

        return value.ptr && base64url_decode(value, bytes, sizeof(bytes)) == BROWSER_SIZE;
}

static int make_browser_cookie(struct request *req, struct response *res, struct str *ret) {
        uint8_t bytes[BROWSER_SIZE];
        char text[BROWSER_LENGTH];
        struct str value;
        int r;

        r = random_fill(req->context->random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        base64url_encode(str_n(bytes, sizeof(bytes)), text);
        value = arena_copy(&req->arena, str_n(text, sizeof(text)));
        if (!value.ptr)
                return -ERR_NO_MEMORY;
        r = response_cookie(res, csrf_cookie_name(req->context->settings), value, -1,
                            req->context->settings->public_https);
        if (r < 0)
                return r;
        *ret = value;
        return 0;
}

int csrf_prepare(struct request *req, struct response *res, struct identity *identity) {
        char token[CSRF_LENGTH];
        struct str binding;
        int r;

        if (identity->kind == IDENTITY_SESSION) {
                binding = session_cookie(req);
        } else {
                binding = request_cookie(req, csrf_cookie_name(req->context->settings));
                if (!is_browser_value(binding)) {
                        r = make_browser_cookie(req, res, &binding);
                        if (r < 0)
                                return r;
                }
        }
        csrf_token(req->context, binding, token);
        identity->csrf = arena_copy(&req->arena, str_n(token, sizeof(token)));
        return identity->csrf.ptr ? 0 : -ERR_NO_MEMORY;
}

int csrf_check(struct request *req) {
        const struct param *param;
        int r;

        r = request_parse_body(req);
        if (r < 0)
                return r;
        param = params_find(&req->body_params, STR("csrf"));
        if (!param || param->kind != PARAM_TEXT || !req->identity || !req->identity->csrf.ptr ||
            !secret_equal(param->value, req->identity->csrf))
                return -ERR_CSRF;
        return 0;
}
