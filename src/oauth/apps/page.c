#include "oauth/apps/page.h"

#include "account/form.h"
#include "account/frame.h"
#include "account/moment.h"
#include "account/session.h"
#include "account/user.h"
#include "base/context.h"
#include "oauth/apps/overlap.h"
#include "pages/page.h"

int apps_own(struct request *req, struct app *ret) {
        struct str unknown;
        int r = db_app_of_owner(req->tx, &req->arena, req->path_params[0], req->identity->user_id, &ret->row);

        if (r <= 0)
                return r < 0 ? r : -ERR_APP_NOT_FOUND;
        return scope_parse(ret->row.scopes, &ret->scopes, &unknown) ? 0 : -ERR_INTERNAL;
}

bool apps_may_register(const struct request *req) {
        return req->identity->is_admin || req->context->settings->apps_for_everyone;
}

int apps_admit_registration(struct request *req) {
        int r;

        if (!apps_may_register(req))
                return -ERR_NOT_ADMINISTRATOR;
        if (req->context->settings->apps_for_everyone)
                return 0;
        r = session_elevated(req);
        return r == 0 ? -ERR_NOT_ELEVATED : MIN_OF(r, 0);
}

static json_t *uris_json(struct str uris) {
        json_t *list = json_array();
        struct str uri;

        while (str_next(&uris, ' ', &uri))
                json_array_append_new(list, json_stringn(uri.ptr, uri.len));
        return list;
}

static json_t *scopes_json(const struct request *req, struct str names) {
        json_t *list = json_array();
        struct str unknown;
        scope_set scopes;

        if (!scope_parse(names, &scopes, &unknown))
                scopes = 0;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                json_t *one;

                if (!(scopes & 1u << bit))
                        continue;
                one = json_object();
                form_set_text(req, &one, "title", scope_rows[bit].title);
                form_set(&one, "name", scope_rows[bit].name);
                json_array_append_new(list, one);
        }
        return list;
}

/* Addresses below an app's page: `name` is that of the member. */
static void set_path(struct request *req, json_t **data, const struct app_row *app, const char *name,
                     const char *below) {
        form_set(data, name, arena_printf(&req->arena, APPS_PATH "/" STR_FMT "%s", STR_ARG(app->id), below));
}

json_t *apps_json(struct request *req, const struct app_row *app) {
        char initials[USER_INITIALS_MAX];
        json_t *data = json_object();

        form_set(&data, "id", app->id);
        form_set(&data, "name", app->name);
        form_set(&data, "initials", str_n(initials, initials_of(app->name, STR(""), initials)));
        form_set(&data, "logo_url", app_logo_path(req->context->settings, app->logo_url));
        form_set(&data, "description", app->description);
        form_set(&data, "client_id", app->client_id);
        form_set_bool(&data, "active", app->is_active);
        form_set_bool(&data, "public", !app->secret_hash.ptr);
        form_set_object(&data, "redirect_uris", uris_json(app->redirect_uris));
        form_set_object(&data, "scopes", scopes_json(req, app->scopes));
        form_set_object(&data, "created", moment_json(req, app->created_at));
        set_path(req, &data, app, "page_url", "");
        set_path(req, &data, app, "edit_logo_url", "#logo");
        set_path(req, &data, app, "enable_action", "/enable");
        set_path(req, &data, app, "disable_action", "/disable");
        return data;
}

/* For how long a former secret may go on; see secret.c. */
static json_t *overlaps_json(const struct request *req) {
        json_t *list = json_array();

        for (size_t i = 0; i < app_overlaps_count; i++) {
                json_t *one = json_pack("{s:I, s:b}", "seconds", (json_int_t)app_overlaps[i].seconds,
                                        "chosen", app_overlaps[i].seconds == APP_OVERLAP_DEFAULT_S);

                form_set_text(req, &one, "text", app_overlaps[i].text);
                json_array_append_new(list, one);
        }
        return list;
}

/* The URIs of a row, a line each. */
static struct str lines_of(struct request *req, struct str uris) {
        char *lines = arena_alloc(&req->arena, uris.len + 1);

        if (!lines)
                return STR_NULL;
        for (size_t i = 0; i < uris.len; i++)
                lines[i] = uris.ptr[i] == ' ' ? '\n' : uris.ptr[i];
        return str_n(lines, uris.len);
}

int apps_respond(struct request *req, struct response *res, int status, const struct app_row *app,
                 const struct app_form *form, json_t *errors) {
        json_t *data = frame_data(req, "oauth_apps");
        bool overlaps = app->former_hash.ptr && app->former_until > clock_now(req->context->clock);

        form_set_object(&data, "app", apps_json(req, app));
        form_set(&data, "description", form ? form->description : app->description);
        form_set(&data, "redirect_uris_text", form ? form->redirect_uris : lines_of(req, app->redirect_uris));
        form_set_object(&data, "secret_made",
                        moment_json(req, app->secret_since ? app->secret_since : app->created_at));
        form_set_object(&data, "former_until", moment_json(req, overlaps ? app->former_until : 0));
        form_set(&data, "since", arena_printf(&req->arena, "%lld", (long long)app->secret_since));
        form_set_object(&data, "overlaps", overlaps_json(req));
        set_path(req, &data, app, "save_action", "");
        set_path(req, &data, app, "secret_action", "/secret");
        set_path(req, &data, app, "end_former_action", "/secret/end-former");
        set_path(req, &data, app, "revoke_action", "/revoke-tokens");
        set_path(req, &data, app, "logo_action", "/logo");
        set_path(req, &data, app, "remove_logo_action", "/logo/remove");
        form_set_object(&data, "errors", errors ? errors : json_object());
        return page_respond(req->context->theme, res, status, "oauth_app", data);
}

int apps_done(struct request *req, struct response *res, const char *done) {
        struct str path = arena_printf(&req->arena, APPS_PATH "/" STR_FMT, STR_ARG(req->path_params[0]));

        return path.ptr ? frame_done(res, path.ptr, done) : -ERR_NO_MEMORY;
}

int apps_respond_secret(struct request *req, struct response *res, struct str id, struct str name,
                        struct str client_id, struct str secret, int64_t former) {
        json_t *data = frame_data(req, "oauth_apps");

        form_set(&data, "app_name", name);
        form_set(&data, "client_id", client_id);
        if (secret.len)
                form_set(&data, "secret", secret);
        form_set_bool(&data, "is_new", former < 0);
        form_set_object(&data, "former_until", moment_json(req, MAX_OF(former, 0)));
        form_set(&data, "page_url", arena_printf(&req->arena, APPS_PATH "/" STR_FMT, STR_ARG(id)));
        return page_respond(req->context->theme, res, 200, "oauth_app_secret", data);
}
