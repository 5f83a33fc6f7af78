/* /profile/oauth-apps/new: registering an app. */
#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "base/context.h"
#include "base/log.h"
#include "base/secret.h"
#include "oauth/apps/handlers.h"
#include "oauth/apps/page.h"
#include "pages/page.h"
#include "pages/text.h"

/* Between the steps; lives in the request's arena, which is wiped. */
struct new_app {
        struct app_form form;
        struct str id; /* of the form: sending it twice makes one app */
        struct registration app;
        struct secret secret;
};

static json_t *boxes_json(const struct request *req, const struct app_form *form) {
        json_t *list = json_array();

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                json_t *box = json_object();
                bool checked = false;

                for (size_t i = 0; form && i < form->request.n_scopes; i++)
                        checked = checked || str_eq(form->scopes[i], scope_rows[bit].name);
                form_set(&box, "name", scope_rows[bit].name);
                form_set_text(req, &box, "title", scope_rows[bit].title);
                form_set_text(req, &box, "detail", scope_rows[bit].detail);
                form_set_bool(&box, "checked", checked);
                json_array_append_new(list, box);
        }
        return list;
}

static int show(struct request *req, struct response *res, int status, struct str id,
                const struct app_form *form, json_t *errors) {
        json_t *data = frame_data(req, "oauth_apps");

        form_set(&data, "id", id);
        form_set(&data, "app_name", form ? form->name : STR(""));
        form_set(&data, "description", form ? form->description : STR(""));
        form_set(&data, "redirect_uris_text", form ? form->redirect_uris : STR(""));
        form_set_bool(&data, "public", form && form->public_client);
        form_set_object(&data, "scopes", boxes_json(req, form));
        form_set_object(&data, "errors", errors ? errors : json_object());
        return page_respond(req->context->theme, res, status, "oauth_app_new", data);
}

int handle_app_new_page(struct request *req, struct response *res) {
        char id[ID_UUID_LENGTH];
        int r;

        r = apps_admit_registration(req);
        if (r < 0)
                return r;
        r = id_uuid(req->context->clock, req->context->random, id);
        return r < 0 ? r : show(req, res, 200, str_n(id, sizeof(id)), NULL, NULL);
}

int handle_app_new_check(struct request *req, struct response *res) {
        struct new_app *new = arena_new(&req->arena, struct new_app);
        char problem[REGISTRATION_PROBLEM_MAX];
        json_t *problems;
        int r;

        r = apps_admit_registration(req);
        if (r < 0)
                return r;
        if (!new)
                return -ERR_NO_MEMORY;
        *new = (struct new_app){ .secret = SECRET_EMPTY };
        req->step_data = new;
        r = request_text(req, "id", ID_UUID_LENGTH, &new->id);
        if (r == 0 && !id_is_uuid(new->id))
                return -ERR_BAD_REQUEST;
        if (r == 0)
                r = app_form_read(req, &new->form);
        if (r < 0)
                return r;
        new->form.request.owner_id = req->identity->user_id;
        problems = app_form_problems(req, &new->form, REGISTRATION_NAME, REGISTRATION_SCOPES);
        if (problems)
                return show(req, res, 422, new->id, &new->form, problems);
        r = registration_check(&new->form.request, &req->arena, &new->app, problem);
        if (r < 0)
                return r;
        memcpy(new->app.id, new->id.ptr, sizeof(new->app.id));
        return STEP_NEXT;
}

int handle_app_new_make(struct request *req, struct response *res _unused_) {
        struct new_app *new = req->step_data;
        int r = registration_credentials(&new->app, req->context->clock, req->context->random, &new->secret);

        return r < 0 ? r : STEP_NEXT;
}

/* Whether one more fits; the transaction that asks is the one that adds. */
static int check_room(struct request *req) {
        struct app_row *apps;
        size_t n;
        int r = db_apps_of_owner(req->tx, &req->arena, req->identity->user_id, APPS_OF_OWNER_MAX, &apps, &n);

        return r < 0 ? r : n < APPS_OF_OWNER_MAX;
}

int handle_app_new_store(struct request *req, struct response *res) {
        const struct new_app *new = req->step_data;
        const struct registration *app = &new->app;
        int r;

        r = check_room(req);
        if (r < 0)
                return r;
        if (r == 0) {
                json_t *problems = json_object();

                form_set_text(req, &problems, "form",
                              TEXT("You have as many applications as one person can have"));
                return show(req, res, 409, new->id, &new->form, problems);
        }
        r = registration_store(req->tx, app, clock_now(req->context->clock));
        if (r == -ERR_CONFLICT)
                return frame_done(res, APPS_PATH, "app-made");
        if (r == 0)
                r = audit(req, &(struct audit){ AUDIT_APP_REGISTERED, .app_id = new->id, .subject = new->id,
                                                .detail = app->name });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "app registered", LOG_STR("client_id", str_n(app->client_id, sizeof(app->client_id))),
            LOG_STR("user", req->identity->user_id));
        return apps_respond_secret(req, res, new->id, app->name,
                                   str_n(app->client_id, sizeof(app->client_id)), secret_str(&new->secret),
                                   -1);
}
