/* GET /profile/oauth-apps, and switching an app on and off there. */
#include "account/form.h"
#include "account/frame.h"
#include "account/identity.h"
#include "base/context.h"
#include "oauth/app_status.h"
#include "oauth/apps/handlers.h"
#include "oauth/apps/page.h"
#include "pages/page.h"

int handle_oauth_apps_page(struct request *req, struct response *res) {
        struct app_row *apps;
        json_t *data, *list;
        size_t n;
        int r;

        r = db_apps_of_owner(req->tx, &req->arena, req->identity->user_id, APPS_OF_OWNER_MAX, &apps, &n);
        if (r < 0)
                return r;
        data = frame_data(req, "oauth_apps");
        list = json_array();
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, apps_json(req, &apps[i]));
        form_set_bool(&data, "has_apps", n > 0);
        form_set_object(&data, "apps", list);
        form_set_bool(&data, "may_register", apps_may_register(req));
        form_set(&data, "owner", req->identity->email);
        return page_respond(req->context->theme, res, 200, "oauth_apps", data);
}

static int set_active(struct request *req, struct response *res, bool is_active) {
        struct app_row app;
        int r = app_set_status(req, is_active, &app);

        if (r < 0)
                return r == -ERR_APP_NOT_YOURS ? -ERR_APP_NOT_FOUND : r;
        return frame_done(res, APPS_PATH, is_active ? "app-enabled" : "app-disabled");
}

int handle_oauth_app_enable(struct request *req, struct response *res) {
        return set_active(req, res, true);
}

int handle_oauth_app_disable(struct request *req, struct response *res) {
        return set_active(req, res, false);
}
