#include "integrations/connect.h"

#include "account/audit.h"
#include "account/identity.h"
#include "base/codec.h"
#include "base/json_write.h"
#include "integrations/provider_scopes.h"

enum { LOGIN_URL_MAX = 16 * 1024 };

/* Administrators of this server are told which variables to set; the Platform's words say the same without names. */
static int refuse_unconfigured(struct request *req, const struct provider *p) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(2048);
        struct json_writer w = JSON_WRITER(&text);
        struct str hint = STR("Set client ID and secret in the application's deployment environment");

        if (req->identity && req->identity->is_admin)
                hint = arena_printf(&req->arena, "Set " STR_FMT "_CLIENT_ID and " STR_FMT "_CLIENT_SECRET",
                                    STR_ARG(p->variable), STR_ARG(p->variable));
        json_object_begin(&w);
        json_member_str(&w, "message",
                        arena_printf(&req->arena,
                                     "Integration with provider '" STR_FMT "' is not configured.",
                                     STR_ARG(p->name)));
        json_member_str(&w, "hint", hint);
        json_object_end(&w);
        req->error_json = text.failed ? STR_NULL : arena_copy(&req->arena, strbuf_str(&text));
        return request_refuse(req, ERR_PROVIDER_NOT_CONFIGURED,
                              "Integration with provider '" STR_FMT "' is not configured.", STR_ARG(p->name));
}

int connect_possible(struct request *req, const struct provider *p, struct str name) {
        name = str_first(name, CREDENTIAL_PROVIDER_MAX);
        if (!p)
                return request_refuse(req, ERR_PROVIDER_NOT_FOUND, "Provider '" STR_FMT "' not found",
                                      STR_ARG(name));
        if (!(p->kinds & CREDENTIAL_OAUTH2))
                return request_refuse(req, ERR_PROVIDER_NO_OAUTH,
                                      "Provider '" STR_FMT "' does not support OAuth", STR_ARG(name));
        return provider_is_configured(p) ? 0 : refuse_unconfigured(req, p);
}

/* What to ask for; of a credential that is connected anew, at least what it had. */
static int find_scopes(struct request *req, const struct connect_request *asked, struct str *ret) {
        const struct provider *p = asked->provider;
        struct credential c;
        int r;

        r = scopes_to_request(p, &req->arena, asked->scopes, asked->n_scopes, ret);
        if (r == 0 && asked->credential_id.ptr) {
                r = credential_find(req->tx, &req->arena, req->identity->user_id, p->name,
                                    asked->credential_id, &c);
                if (r < 0)
                        return r;
                if (r == 0 || c.kind != CREDENTIAL_OAUTH2)
                        return -ERR_CREDENTIAL_NOT_FOUND;
                r = scopes_join(&req->arena, c.scopes.ptr ? c.scopes : STR(""), *ret, ret);
        }
        if (r == -ERR_INVALID_SCOPE)
                return request_refuse_field(req, "scopes", "value_error",
                                            "at most %d scopes of visible ASCII without quotation marks and "
                                            "backslashes, %d bytes in all",
                                            PROVIDER_SCOPES_MAX, CREDENTIAL_SCOPES_MAX);
        return r;
}

/* --- the address at the provider --- */

static bool is_omitted(const struct provider *p, struct str name) {
        for (size_t i = 0; i < p->oauth.authorize.omit.n; i++)
                if (str_eq(p->oauth.authorize.omit.at[i], name))
                        return true;
        return false;
}

static void add_param(struct strbuf *url, const struct provider *p, struct str name, struct str value) {
        if (is_omitted(p, name))
                return;
        strbuf_append_char(url, str_find(str_n(url->ptr, url->len), '?') < 0 ? '?' : '&');
        strbuf_append_percent(url, name, false);
        strbuf_append_char(url, '=');
        strbuf_append_percent(url, value, false);
}

static void add_challenge(struct strbuf *url, const struct context *context, const struct provider *p,
                          struct str token) {
        char verifier[CONNECTION_VERIFIER_LENGTH], text[64];
        struct hash hash;

        connection_state_verifier(context, token, verifier);
        hash = hash_sha256(str_n(verifier, sizeof(verifier)));
        base64url_encode(hash_str(&hash), text);
        add_param(url, p, STR("code_challenge"), str_n(text, base64url_length(HASH_SIZE)));
        add_param(url, p, STR("code_challenge_method"), STR("S256"));
        memory_wipe(verifier, sizeof(verifier));
}

static int write_login_url(struct request *req, const struct connect_request *asked, struct str scopes,
                           struct str token, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf url = STRBUF_INIT(LOGIN_URL_MAX);
        const struct provider *p = asked->provider;
        struct str list;
        int r;

        r = scopes_for_provider(p, &req->arena, scopes, &list);
        if (r < 0)
                return r;
        strbuf_append(&url, p->oauth.authorize.url);
        add_param(&url, p, STR("response_type"), STR("code"));
        add_param(&url, p, STR("client_id"), p->client_id);
        add_param(&url, p, STR("redirect_uri"), asked->callback_url);
        if (p->oauth.scopes.mode != PROVIDER_SCOPES_NONE && list.len)
                add_param(&url, p, STR("scope"), list);
        add_param(&url, p, STR("state"), token);
        if (p->oauth.pkce)
                add_challenge(&url, req->context, p, token);
        for (size_t i = 0; i < p->oauth.authorize.params.n; i++)
                add_param(&url, p, p->oauth.authorize.params.at[i].name,
                          p->oauth.authorize.params.at[i].value);
        *ret = url.failed ? STR_NULL : arena_copy(&req->arena, strbuf_str(&url));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

int connect_begin(struct request *req, const struct connect_request *asked, struct connect_begun *ret) {
        _cleanup_(secret_done) struct secret token = SECRET_EMPTY;
        struct connection_state state = {
                .user_id = req->identity->user_id,
                .provider = asked->provider->name,
                .external = asked->external,
                .callback_url = asked->callback_url,
                .metadata = asked->metadata.ptr ? asked->metadata : STR("{}"),
                .credential_id = asked->credential_id,
                .return_to = asked->return_to,
        };
        int r;

        r = connect_possible(req, asked->provider, asked->provider->name);
        if (r == 0)
                r = find_scopes(req, asked, &state.scopes);
        if (r == 0)
                r = connection_state_create(req->context, req->tx, &req->arena, &state, &token);
        if (r == 0)
                r = write_login_url(req, asked, state.scopes, secret_str(&token), &ret->login_url);
        if (r == 0)
                r = audit(req, &(struct audit){ AUDIT_CREDENTIAL_CONNECT_STARTED, .detail = state.provider });
        if (r < 0)
                return r;
        ret->state_token = arena_copy(&req->arena, secret_str(&token));
        ret->expires_at = state.expires_at;
        return ret->state_token.ptr ? 0 : -ERR_NO_MEMORY;
}
