#include "integrations/oauth_call.h"

#include "base/log.h"
#include "integrations/oauth_answer.h"
#include "integrations/oauth_call_int.h"

/* A request to the address of tokens. */
static struct oauth_call token_call(const struct context *context, const struct provider *p,
                                    struct arena *arena) {
        return (struct oauth_call){
                .context = context,
                .provider = p,
                .arena = arena,
                .method = "POST",
                .url = p->oauth.token.url,
                .auth = p->oauth.token.client,
                .body = p->oauth.token.body,
                .timeout_ms = OAUTH_TOKEN_MS,
        };
}

static void add(struct oauth_call *call, struct str name, struct str value) {
        call->params[call->n_params++] = (struct provider_pair){ name, value };
}

/* Whose account it is. Whatever goes wrong, the tokens are good. */
static void ask_user(const struct context *context, const struct provider *p, struct arena *arena,
                     struct oauth_tokens *tokens) {
        struct oauth_call call = {
                .context = context,
                .provider = p,
                .arena = arena,
                .method = "GET",
                .url = p->oauth.user.url,
                .token = tokens->access_token,
                .auth = PROVIDER_AUTH_BEARER,
                .body = PROVIDER_BODY_NONE,
                .timeout_ms = OAUTH_OTHER_MS,
        };
        struct oauth_problem problem;
        json_auto_t *answer = NULL;
        int r, status = 0;

        if (!p->oauth.user.url.ptr)
                return;
        r = oauth_send(&call, &answer, &status, &problem);
        if (r == 0 && status == 200 && answer)
                tokens->username = oauth_answer_user(p, arena, answer);
        else
                LOG(LOG_WARNING, "a provider did not tell whose account was connected",
                    LOG_STR("provider", p->name), LOG_INT("status", status),
                    LOG_STR("problem", r == -ERR_OUTBOUND ? str_of(problem.text) : STR("")));
}

int oauth_exchange(const struct context *context, const struct provider *p, struct arena *arena,
                   const struct oauth_code *code, struct oauth_tokens *ret, struct oauth_problem *problem) {
        const struct oauth_asked asked = { .sent = code->code, .scopes = code->requested };
        struct oauth_call call = token_call(context, p, arena);
        struct oauth_tokens tokens = { 0 };
        json_auto_t *answer = NULL;
        int r, status = 0;

        add(&call, STR("grant_type"), STR("authorization_code"));
        add(&call, STR("code"), code->code);
        add(&call, STR("redirect_uri"), code->callback_url);
        add(&call, STR("code_verifier"), p->oauth.pkce ? code->verifier : STR_NULL);
        r = oauth_send(&call, &answer, &status, problem);
        if (r == 0)
                r = oauth_answer_tokens(context, p, arena, answer, status, &asked, &tokens, problem);
        if (r == 0)
                r = oauth_answer_complete(p, answer, problem);
        if (r < 0)
                return r;
        ask_user(context, p, arena, &tokens);
        if (!tokens.username.ptr)
                tokens.username = p->oauth.user.fallback;
        *ret = tokens;
        return 0;
}

int oauth_renew(const struct context *context, const struct provider *p, struct arena *arena,
                struct str refresh_token, struct str scopes, int64_t lifetime, struct oauth_tokens *ret,
                struct oauth_problem *problem) {
        const struct oauth_asked asked = {
                .sent = refresh_token, .scopes = scopes, .lifetime = lifetime, .renewal = true
        };
        struct oauth_call call = token_call(context, p, arena);
        struct oauth_tokens tokens = { 0 };
        json_auto_t *answer = NULL;
        int r, status = 0;

        add(&call, STR("grant_type"), STR("refresh_token"));
        add(&call, STR("refresh_token"), refresh_token);
        r = oauth_send(&call, &answer, &status, problem);
        if (r == 0)
                r = oauth_answer_tokens(context, p, arena, answer, status, &asked, &tokens, problem);
        if (r < 0)
                return r;
        if (!tokens.refresh_token.ptr)
                tokens.refresh_token = refresh_token;
        *ret = tokens;
        return 0;
}

/* --- revocation --- */

static int revoke_one(const struct context *context, const struct provider *p, struct arena *arena,
                      struct str token, struct str hint, struct oauth_problem *problem) {
        struct oauth_call call = {
                .context = context,
                .provider = p,
                .arena = arena,
                .method = p->oauth.revoke.method.ptr,
                .url = p->oauth.revoke.url,
                .token = token,
                .auth = p->oauth.revoke.auth,
                .body = p->oauth.revoke.body,
                .timeout_ms = OAUTH_OTHER_MS,
        };
        json_auto_t *answer = NULL;
        int r, status = 0;

        add(&call, p->oauth.revoke.member, token);
        if (call.body == PROVIDER_BODY_FORM)
                add(&call, STR("token_type_hint"), hint);
        r = oauth_send(&call, &answer, &status, problem);
        if (r == 0 && (status < 200 || status > 299))
                r = oauth_answer_refusal(p, answer, status, token, problem);
        return r;
}

static struct str token_named(const struct oauth_tokens *tokens, struct str name) {
        return str_eq(name, STR("refresh_token")) ? tokens->refresh_token : tokens->access_token;
}

/* The first token that there is decides: with it ends what the others hang on, at most providers, and they are told for
 * the rest. */
int oauth_revoke(const struct context *context, const struct provider *p, struct arena *arena,
                 const struct oauth_tokens *tokens, struct oauth_problem *problem) {
        struct oauth_problem later;
        bool told = false;
        int r;

        if (!p->oauth.revoke.url.ptr || !provider_is_configured(p))
                return 0;
        for (size_t i = 0; i < p->oauth.revoke.tokens.n; i++) {
                struct str name = p->oauth.revoke.tokens.at[i], token = token_named(tokens, name);

                if (!token.ptr)
                        continue;
                r = revoke_one(context, p, arena, token, name, told ? &later : problem);
                if (r < 0 && !told)
                        return r;
                told = true;
        }
        return told;
}
