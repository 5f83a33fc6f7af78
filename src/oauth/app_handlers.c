/* What a signed-in person may know of apps, and do with their own (dialect: Applications). */
#include "account/audit.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/app.h"
#include "oauth/app_status.h"
#include "oauth/handlers.h"

enum { APPS_MAX = 500 };

int handle_app_info(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct app app;
        int r;

        r = app_find(req->tx, &req->arena, req->path_params[0], &app);
        if (r == -ERR_UNKNOWN_CLIENT || (r == 0 && !app.row.is_active))
                return -ERR_APP_NOT_FOUND;
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "name", app.row.name);
        json_member_str(&w, "description", app.row.description);
        json_member_str(&w, "logo_url", app.row.logo_url);
        json_member_words(&w, "scopes", app.row.scopes);
        json_member_words(&w, "redirect_uris", app.row.redirect_uris);
        json_object_end(&w);
        return 0;
}

int handle_apps_mine(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct app_row *apps;
        size_t n;
        int r;

        r = db_apps_of_owner(req->tx, &req->arena, req->identity->user_id, APPS_MAX, &apps, &n);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                app_write_json(&apps[i], &w);
        json_array_end(&w);
        return 0;
}

int app_set_status(struct request *req, bool is_active, struct app_row *ret) {
        struct app_row app;
        int r;

        r = db_app_set_active(req->tx, &req->arena, req->path_params[0], req->identity->user_id, is_active,
                              clock_now(req->context->clock), &app);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_APP_NOT_YOURS;
        r = audit(req, &(struct audit){ is_active ? AUDIT_APP_ENABLED : AUDIT_APP_DISABLED, .app_id = app.id,
                                        .subject = app.id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, is_active ? "app enabled" : "app disabled", LOG_STR("client_id", app.client_id),
            LOG_STR("user", req->identity->user_id));
        *ret = app;
        return 0;
}

int handle_app_status(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct app_row app;
        bool is_active;
        int r;

        r = request_bool(req, "is_active", &is_active);
        if (r == 0)
                r = app_set_status(req, is_active, &app);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        app_write_json(&app, &w);
        return 0;
}
