/* /profile/oauth-apps/{id}: what an app is, where it may lead people back to, and the end of its tokens. */
#include "account/audit.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/apps/handlers.h"
#include "oauth/apps/page.h"

int handle_oauth_app_page(struct request *req, struct response *res) {
        struct app app;
        int r = apps_own(req, &app);

        return r < 0 ? r : apps_respond(req, res, 200, &app.row, NULL, NULL);
}

/* Sets what was typed: registration_check() brings it into the form of a row, with what is not changed beside it. */
static int describe(struct request *req, const struct app *app, struct app_form *form) {
        char problem[REGISTRATION_PROBLEM_MAX];
        struct registration row;
        int r;

        form->request.name = app->row.name;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++)
                if (app->scopes & 1u << bit)
                        form->scopes[form->request.n_scopes++] = scope_rows[bit].name;
        form->request.scopes = form->scopes;
        r = registration_check(&form->request, &req->arena, &row, problem);
        if (r < 0)
                return r;
        r = db_app_describe(req->tx, app->row.id, req->identity->user_id,
                            row.description.len ? row.description : STR_NULL, row.redirect_uris,
                            clock_now(req->context->clock));
        if (r <= 0)
                return r < 0 ? r : -ERR_APP_NOT_FOUND;
        r = audit(req, &(struct audit){ AUDIT_APP_CHANGED, .app_id = app->row.id, .subject = app->row.id,
                                        .detail = row.redirect_uris });
        LOG(LOG_INFO, "app changed", LOG_STR("client_id", app->row.client_id),
            LOG_STR("user", req->identity->user_id));
        return r;
}

int handle_oauth_app_form(struct request *req, struct response *res) {
        struct app_form form;
        struct app app;
        json_t *problems;
        int r;

        r = apps_own(req, &app);
        if (r == 0)
                r = app_form_read_changes(req, &form);
        if (r < 0)
                return r;
        form.request.public_client = app_is_public(&app);
        problems = app_form_problems(req, &form, REGISTRATION_DESCRIPTION, REGISTRATION_REDIRECT_URIS);
        if (problems)
                return apps_respond(req, res, 422, &app.row, &form, problems);
        r = describe(req, &app, &form);
        return r < 0 ? r : apps_done(req, res, "app-saved");
}

/* One row ends every family of the app, on every node. What people answered stays remembered. */
int handle_oauth_app_revoke(struct request *req, struct response *res) {
        struct app app;
        int r;

        r = apps_own(req, &app);
        if (r == 0)
                r = db_app_revoke_tokens(req->tx, app.row.id, req->identity->user_id,
                                         clock_now(req->context->clock));
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_APP_TOKENS_REVOKED, .app_id = app.row.id,
                                                .subject = app.row.id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "all tokens of an app revoked", LOG_STR("client_id", app.row.client_id),
            LOG_STR("user", req->identity->user_id));
        return apps_done(req, res, "tokens-revoked");
}
