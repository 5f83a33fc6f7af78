/* /admin/apps: every app, and what an administrator may do with one. They are registered at /profile/oauth-apps/new. */
#include "account/admin.h"
#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/identity.h"
#include "account/moment.h"
#include "account/scope.h"
#include "account/user.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/handlers.h"
#include "pages/page.h"

enum { ACTION_MAX = 32 };

static const char path[] = "/admin/apps";
static const struct str newest = STR_INIT("zzzzzzzz"); /* behind every id, whatever texts are sorted by */

static struct str page_of(struct request *req, struct str id) {
        return arena_printf(&req->arena, "%s/" STR_FMT, path, STR_ARG(id));
}

static json_t *app_json(struct request *req, const struct admin_app_row *app) {
        char initials[USER_INITIALS_MAX];
        json_t *data = json_object();

        form_set(&data, "url", page_of(req, app->id));
        form_set(&data, "name", app->name);
        form_set(&data, "initials", str_n(initials, initials_of(app->name, STR(""), initials)));
        form_set(&data, "client_id", app->client_id);
        form_set(&data, "owner", app->owner_email);
        form_set_bool(&data, "disabled", !app->is_active);
        form_set_bool(&data, "is_public", app->is_public);
        return data;
}

static int find(struct request *req, struct str typed, bool disabled, struct str before, json_t *list,
                struct str *ret_next) {
        char pattern[ADMIN_PATTERN_MAX];
        struct app_stretch_row stretch;
        struct admin_app_row *rows;
        size_t n;
        int r;

        r = db_apps_stretch(req->tx, &req->arena, before, ADMIN_SCAN, &stretch);
        if (r <= 0)
                return r;
        r = db_admin_apps_in(req->tx, &req->arena, before, stretch.last, admin_pattern(typed, pattern),
                             disabled, ADMIN_PAGE, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, app_json(req, &rows[i]));
        if (n == ADMIN_PAGE)
                *ret_next = rows[n - 1].id;
        else if (stretch.rows == ADMIN_SCAN)
                *ret_next = stretch.last;
        return 0;
}

int handle_admin_apps_page(struct request *req, struct response *res) {
        static const char *const kept[] = { "q", "state", NULL };
        struct str next = STR_NULL, typed, before;
        json_t *data, *list;
        bool disabled;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        typed = admin_query(req, "q", ADMIN_SEARCH_MAX);
        disabled = str_eq(admin_query(req, "state", ADMIN_SEARCH_MAX), STR("disabled"));
        before = admin_query(req, "before", ID_UUID_LENGTH);
        list = json_array();
        r = find(req, typed, disabled, before.len ? before : newest, list, &next);
        data = admin_data(req, "apps");
        form_set(&data, "q", typed);
        form_set_bool(&data, "only_disabled", disabled);
        form_set_bool(&data, "found", json_array_size(list) > 0);
        form_set_object(&data, "apps", list);
        if (next.ptr)
                form_set(&data, "next_url", admin_link(req, path, kept, next));
        if (before.len)
                form_set(&data, "first_url", STR("/admin/apps"));
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, 200, "admin_apps", data);
}

/* --- one of them --- */

static bool is_ticked(struct request *req, unsigned bit) {
        struct str name = arena_printf(&req->arena, "scope_" STR_FMT, STR_ARG(scope_rows[bit].name));

        return name.ptr && params_find(&req->body_params, name);
}

static scope_set ticked(struct request *req) {
        scope_set scopes = 0;

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++)
                if (is_ticked(req, bit))
                        scopes |= 1u << bit;
        return scopes;
}

static json_t *boxes_json(const struct request *req, scope_set scopes) {
        json_t *list = json_array();

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                json_t *box = json_object();

                form_set(&box, "name", scope_rows[bit].name);
                form_set_text(req, &box, "title", scope_rows[bit].title);
                form_set_text(req, &box, "detail", scope_rows[bit].detail);
                form_set_bool(&box, "checked", scopes & 1u << bit);
                json_array_append_new(list, box);
        }
        return list;
}

static json_t *words_json(struct str words) {
        json_t *list = json_array();
        struct str rest = words, word;

        while (rest.len && str_next(&rest, ' ', &word))
                json_array_append_new(list, json_stringn(word.ptr, word.len));
        return list;
}

static int show(struct request *req, struct response *res, int status, const struct admin_app_row *app,
                scope_set scopes, struct str problem) {
        json_t *data = admin_data(req, "apps"), *shown = app_json(req, app);

        form_set(&shown, "description", app->description);
        form_set_object(&data, "app", shown);
        form_set(&data, "action", page_of(req, app->id));
        form_set_object(&data, "redirect_uris", words_json(app->redirect_uris));
        form_set_object(&data, "since", moment_json(req, app->created_at));
        form_set_object(&data, "scopes", boxes_json(req, scopes));
        form_set(&data, "audit_url",
                 arena_printf(&req->arena, "/admin/audit?app=" STR_FMT, STR_ARG(app->client_id)));
        if (app->owner_id.ptr)
                form_set(&data, "owner_url",
                         arena_printf(&req->arena, "/admin/people/" STR_FMT, STR_ARG(app->owner_id)));
        form_set_text(req, &data, "error", problem);
        return page_respond(req->context->theme, res, status, "admin_app", data);
}

static int find_one(struct request *req, struct admin_app_row *ret) {
        int r = db_admin_app(req->tx, &req->arena, req->path_params[0], ret);

        return r == 0 ? -ERR_NOT_FOUND : MIN_OF(r, 0);
}

static scope_set scopes_of(const struct admin_app_row *app) {
        struct str unknown;
        scope_set scopes;

        return scope_parse(app->scopes, &scopes, &unknown) ? scopes : 0;
}

int handle_admin_app_page(struct request *req, struct response *res) {
        struct admin_app_row app;
        int r = find_one(req, &app);

        return r < 0 ? r : show(req, res, 200, &app, scopes_of(&app), STR_NULL);
}

/* What is so already goes on no record. */
static int set_active(struct request *req, const struct admin_app_row *app, bool is_active) {
        int r = db_app_switch(req->tx, app->id, is_active, clock_now(req->context->clock));

        if (r <= 0)
                return r;
        LOG(LOG_INFO, is_active ? "app enabled" : "app disabled", LOG_STR("client_id", app->client_id),
            LOG_STR("administrator", req->identity->user_id));
        return audit(req, &(struct audit){ is_active ? AUDIT_APP_ENABLED : AUDIT_APP_DISABLED,
                                           .user_id = app->owner_id, .app_id = app->id, .subject = app->id });
}

static int set_scopes(struct request *req, const struct admin_app_row *app, scope_set scopes) {
        struct str text = scope_text(&req->arena, scopes);
        int r;

        if (!text.ptr)
                return -ERR_NO_MEMORY;
        if (scopes == scopes_of(app))
                return 0;
        r = db_app_set_scopes(req->tx, app->id, text, clock_now(req->context->clock));
        if (r < 0)
                return r;
        return audit(req, &(struct audit){ AUDIT_APP_SCOPES, .user_id = app->owner_id, .app_id = app->id,
                                           .subject = app->id, .detail = text });
}

int handle_admin_app_form(struct request *req, struct response *res) {
        struct admin_app_row app;
        const char *done;
        struct str action;
        int r;

        r = request_text(req, "action", ACTION_MAX, &action);
        if (r == 0)
                r = find_one(req, &app);
        if (r < 0)
                return r;
        if (str_eq(action, STR("scopes"))) {
                scope_set scopes = ticked(req);

                if (!scopes)
                        return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, &app, 0,
                                    TEXT("Choose at least one"));
                r = set_scopes(req, &app, scopes);
                done = "saved";
        } else if (str_eq(action, STR("enable")) || str_eq(action, STR("disable"))) {
                bool enable = str_eq(action, STR("enable"));

                r = set_active(req, &app, enable);
                done = enable ? "admin-app-enabled" : "admin-app-disabled";
        } else {
                return -ERR_BAD_REQUEST;
        }
        return r < 0 ? r : frame_done_at(res, page_of(req, app.id), done);
}
