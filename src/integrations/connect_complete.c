/* The way back from a provider: state, code, credential. */
#include <stdlib.h>

#include "account/audit.h"
#include "account/identity.h"
#include "base/log.h"
#include "db/database.h"
#include "integrations/connect.h"
#include "integrations/oauth_call.h"
#include "integrations/provider_scopes.h"

/* What the transactions of one completion share. */
struct completion {
        struct request *req;
        const struct connect_answer *answer;
        const struct provider *provider;
        struct connected *out;
        struct oauth_tokens tokens;
        struct credential_secret *secret;
        struct credential_secret *before; /* of the credential that is connected anew */
        int64_t refresh_expires_at;       /* of the refresh token that it has then */
};

static int in_transaction(struct completion *c, int (*run)(struct tx *tx, void *data)) {
        int r = database_write_now(c->req->context->database, run, c);

        c->req->tx = NULL;
        return r;
}

/* --- the state --- */

static int take_state(struct tx *tx, void *data) {
        struct completion *c = data;
        struct connection_state state;
        int r;

        r = connection_state_take(c->req->context, tx, &c->req->arena, c->answer->state_token,
                                  c->req->identity->user_id, c->answer->provider, &state);
        if (r < 0)
                return r;
        if (state.external != c->answer->external)
                return request_refuse(c->req, ERR_CONNECTION_STATE,
                                      c->answer->external
                                              ? "State token was not created for external OAuth flow"
                                              : "State token was created for external OAuth flow");
        c->out->state = state;
        return 0;
}

/* --- what went wrong there --- */

static int record_failure(struct tx *tx, void *data) {
        struct completion *c = data;

        c->req->tx = tx;
        return audit(c->req, &(struct audit){ AUDIT_CREDENTIAL_CONNECT_FAILED, .detail = c->provider->name });
}

/* result   of request_refuse() */
static int fail(struct completion *c, int result) {
        LOG(LOG_INFO, "an account could not be connected", LOG_STR("provider", c->provider->name),
            LOG_STR("problem", c->req->error_detail));
        (void)!in_transaction(c, record_failure); /* the refusal stands, on record or not */
        return result;
}

static bool is_text(struct str s) {
        return str_is_utf8(s) && !str_has_control(s);
}

/* The provider sent the person back without a code: "access_denied", … (RFC 6749 §4.1.2.1). */
static int refuse_error(struct completion *c) {
        struct str error = str_first(c->answer->error, 80),
                   words = str_first(c->answer->error_description, 250);
        struct str title = c->provider->title;
        int r;

        if (!is_text(error) || !is_text(words))
                r = request_refuse(c->req, ERR_CONNECTION_FAILED, STR_FMT " answered with an error",
                                   STR_ARG(title));
        else if (words.len)
                r = request_refuse(c->req, ERR_CONNECTION_FAILED, STR_FMT " answered " STR_FMT ": " STR_FMT,
                                   STR_ARG(title), STR_ARG(error), STR_ARG(words));
        else
                r = request_refuse(c->req, ERR_CONNECTION_FAILED, STR_FMT " answered " STR_FMT,
                                   STR_ARG(title), STR_ARG(error));
        return fail(c, r);
}

/* --- the code --- */

static int exchange(struct completion *c) {
        const struct context *context = c->req->context;
        const struct connection_state *state = &c->out->state;
        char verifier[CONNECTION_VERIFIER_LENGTH];
        const struct oauth_code code = { .code = c->answer->code,
                                         .callback_url = state->callback_url,
                                         .verifier = str_n(verifier, sizeof(verifier)),
                                         .requested = state->scopes };
        struct oauth_problem problem = { 0 };
        int r;

        connection_state_verifier(context, c->answer->state_token, verifier);
        r = oauth_exchange(context, c->provider, &c->req->arena, &code, &c->tokens, &problem);
        memory_wipe(verifier, sizeof(verifier));
        if (r == -ERR_STOPPED)
                return request_refuse(c->req, ERR_BUSY,
                                      "The server is about to end. Connect the account again in a moment.");
        if (r != -ERR_OUTBOUND)
                return r;
        return fail(c, request_refuse(c->req, ERR_CONNECTION_FAILED,
                                      "OAuth2 callback failed to exchange code for tokens: " STR_FMT,
                                      STR_ARG(str_of(problem.text))));
}

/* --- the credential --- */

/* What a credential is renewed with must serve all that it served before. */
static int check_anew(struct completion *c, const struct credential *old) {
        struct str lost;
        int r;

        if (old->username.len && c->tokens.username.len && !str_eq(old->username, c->tokens.username))
                return request_refuse(c->req, ERR_CONNECTION_FAILED,
                                      "This is another account than the one that was connected: " STR_FMT
                                      ". Connect that one, or add this one as a new credential.",
                                      STR_ARG(old->username));
        r = scopes_missing(&c->req->arena, old->scopes.ptr ? old->scopes : STR(""), c->tokens.scopes, &lost);
        if (r == 0 && lost.len)
                return request_refuse(c->req, ERR_CONNECTION_FAILED,
                                      "The credential would lose permissions that it has: " STR_FMT,
                                      STR_ARG(lost));
        return r;
}

/* Some providers give a refresh token to whoever says yes for the first time alone. The one that there is serves on, provided that
 * the account is known to be the same: else it would lead back to another one. */
static void keep_refresh_token(struct completion *c, const struct credential *old) {
        struct str name = c->tokens.username, unknown = c->provider->oauth.user.fallback;

        c->refresh_expires_at = c->tokens.refresh_expires_at;
        c->secret->refresh_token = c->tokens.refresh_token;
        if (c->tokens.refresh_token.ptr || !name.len || !str_eq(name, old->username) ||
            (unknown.ptr && str_eq(name, unknown)) || credential_open(c->req->context, old, c->before) < 0)
                return;
        c->refresh_expires_at = old->refresh_expires_at;
        c->secret->refresh_token = c->before->refresh_token;
}

static int replace(struct completion *c, struct tx *tx) {
        const struct connection_state *state = &c->out->state;
        struct credential *old = &c->out->credential;
        int r;

        r = credential_find(tx, &c->req->arena, state->user_id, state->provider, state->credential_id, old);
        if (r < 0)
                return r;
        if (r == 0 || old->kind != CREDENTIAL_OAUTH2)
                return -ERR_CREDENTIAL_NOT_FOUND;
        r = check_anew(c, old);
        if (r < 0)
                return r;
        keep_refresh_token(c, old);
        old->scopes = c->tokens.scopes;
        if (c->tokens.username.ptr)
                old->username = c->tokens.username;
        old->expires_at = c->tokens.expires_at;
        old->refresh_expires_at = c->refresh_expires_at;
        r = credential_store_secret(c->req->context, tx, &c->req->arena, old, c->secret);
        return r == 0 ? -ERR_CONFLICT : MIN_OF(r, 0);
}

static int create(struct completion *c, struct tx *tx) {
        const struct connection_state *state = &c->out->state;

        c->out->credential = (struct credential){
                .user_id = state->user_id,
                .provider = state->provider,
                .kind = CREDENTIAL_OAUTH2,
                .title = c->tokens.title,
                .scopes = c->tokens.scopes,
                .username = c->tokens.username,
                .expires_at = c->tokens.expires_at,
                .refresh_expires_at = c->tokens.refresh_expires_at,
        };
        return credential_create(c->req->context, tx, &c->req->arena, &c->out->credential, c->secret);
}

static int store(struct tx *tx, void *data) {
        struct completion *c = data;
        int r;

        c->req->tx = tx;
        r = c->out->state.credential_id.ptr ? replace(c, tx) : create(c, tx);
        if (r < 0)
                return r;
        return audit(c->req, &(struct audit){ AUDIT_CREDENTIAL_CONNECTED, .subject = c->out->credential.id,
                                              .detail = c->out->credential.provider });
}

static int keep(struct completion *c) {
        int r;

        c->secret = arena_new(&c->req->arena, struct credential_secret);
        c->before = arena_new(&c->req->arena, struct credential_secret);
        if (!c->secret || !c->before)
                return -ERR_NO_MEMORY;
        credential_secret_init(c->secret);
        credential_secret_init(c->before);
        c->secret->access_token = c->tokens.access_token;
        c->secret->refresh_token = c->tokens.refresh_token;
        c->secret->metadata = c->tokens.metadata;
        r = scopes_missing(&c->req->arena, c->out->state.scopes, c->tokens.scopes, &c->out->missing);
        if (r == 0)
                r = in_transaction(c, store);
        credential_secret_done(c->secret);
        credential_secret_done(c->before);
        if (r >= 0 && c->out->missing.len)
                LOG(LOG_INFO, "a provider granted less than was asked for",
                    LOG_STR("provider", c->provider->name), LOG_STR("missing", c->out->missing));
        return MIN_OF(r, 0);
}

int connect_complete(struct request *req, const struct connect_answer *answer, struct connected *ret) {
        struct completion c = { .req = req, .answer = answer, .out = ret };
        int r;

        *ret = (struct connected){ 0 };
        if (answer->state_token.len != CONNECTION_STATE_LENGTH || answer->code.len > OAUTH_CODE_MAX)
                return -ERR_CONNECTION_STATE;
        r = in_transaction(&c, take_state);
        if (r < 0)
                return r;
        c.provider = provider_find(req->context, ret->state.provider);
        r = connect_possible(req, c.provider, ret->state.provider);
        if (r < 0)
                return r;
        if (answer->error.ptr || answer->code.len == 0)
                return refuse_error(&c);
        r = exchange(&c);
        return r < 0 ? r : keep(&c);
}
