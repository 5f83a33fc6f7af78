/* Deleting credentials: here at once, then at the provider, whose tokens nobody shall be able to use any more. */
#include "account/audit.h"
#include "account/frame.h"
#include "account/identity.h"
#include "base/log.h"
#include "integrations/credential_answer.h"
#include "integrations/credential_leave.h"
#include "integrations/handlers.h"
#include "integrations/oauth_call.h"

/* What the transaction leaves for the step that tells the provider. */
struct deleted {
        struct credential c;
        struct credential_secret secret;
};

/* Who asked: each is answered in its own form. */
enum asker { BY_PERSON, BY_APP, BY_PAGE };

static int answer(struct response *res, const struct credential *c, enum asker asker, const bool *revoked) {
        struct json_writer w = JSON_WRITER(&res->body);

        if (asker == BY_PAGE)
                return frame_done(res, "/profile/integrations", "credential-deleted");
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_bool(&w, "deleted", true);
        if (asker == BY_APP)
                json_member_str(&w, "credentials_id", c->id);
        else if (revoked)
                json_member_bool(&w, "revoked", *revoked);
        else
                json_member_null(&w, "revoked"); /* there is nothing to revoke */
        json_object_end(&w);
        return STEP_DONE;
}

bool credential_is_revocable(const struct context *context, const struct credential *c) {
        const struct provider *p = provider_find(context, c->provider);

        return c->kind == CREDENTIAL_OAUTH2 && p && p->oauth.revoke.url.ptr;
}

/* Deletes what the path names, and keeps what is to be told to the provider. */
static int remove_named(struct request *req, struct deleted *d) {
        int r;

        r = credential_named(req, &d->c);
        if (r == 0 && d->c.is_system)
                r = -ERR_CREDENTIAL_SYSTEM;
        if (r < 0)
                return r;
        /* What can't be opened any more can be deleted all the same. */
        if (credential_is_revocable(req->context, &d->c) &&
            credential_open(req->context, &d->c, &d->secret) < 0)
                credential_secret_init(&d->secret);
        r = credential_delete(req->tx, &d->c);
        if (r <= 0)
                return r < 0 ? r : -ERR_CREDENTIAL_NOT_FOUND;
        return audit(req, &(struct audit){ AUDIT_CREDENTIAL_DELETED, .subject = d->c.id,
                                           .detail = d->c.provider });
}

static int delete_it(struct request *req, struct response *res, enum asker asker) {
        struct deleted *d = arena_new(&req->arena, struct deleted);
        int r;

        req->step_data = d;
        if (!d)
                return -ERR_NO_MEMORY;
        credential_secret_init(&d->secret);
        r = remove_named(req, d);
        if (r == -ERR_CREDENTIAL_NOT_FOUND && asker == BY_PAGE)
                return answer(res, &d->c, asker, NULL); /* the form was sent twice */
        if (r < 0)
                return r;
        if (credential_is_revocable(req->context, &d->c))
                return STEP_NEXT;
        return answer(res, &d->c, asker, NULL);
}

/* It is gone here, whatever the provider says. */
static int revoke(struct request *req, struct response *res, enum asker asker) {
        struct deleted *d = req->step_data;
        const struct oauth_tokens tokens = { .access_token = d->secret.access_token,
                                             .refresh_token = d->secret.refresh_token };
        struct oauth_problem problem = { 0 };
        bool revoked;
        int r;

        r = oauth_revoke(req->context, provider_find(req->context, d->c.provider), &req->arena, &tokens,
                         &problem);
        credential_secret_done(&d->secret);
        revoked = r > 0;
        if (!revoked)
                LOG(LOG_WARNING, "a provider could not be told that an account was disconnected",
                    LOG_STR("provider", d->c.provider), LOG_STR("problem", str_of(problem.text)));
        return answer(res, &d->c, asker, &revoked);
}

int handle_credential_delete(struct request *req, struct response *res) {
        return delete_it(req, res, BY_PERSON);
}

int handle_credential_delete_external(struct request *req, struct response *res) {
        return delete_it(req, res, BY_APP);
}

int handle_credential_revoke(struct request *req, struct response *res) {
        return revoke(req, res, BY_PERSON);
}

int handle_credential_revoke_external(struct request *req, struct response *res) {
        return revoke(req, res, BY_APP);
}

int handle_integration_delete(struct request *req, struct response *res) {
        return delete_it(req, res, BY_PAGE);
}

int handle_integration_revoke(struct request *req, struct response *res) {
        return revoke(req, res, BY_PAGE);
}
