/* /profile/connected-apps: which apps may act for a person, and taking that back. */
#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/moment.h"
#include "account/user.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/app.h"
#include "oauth/handlers.h"
#include "pages/page.h"

enum { PARTS_MAX = 2000 };

/* How many access tokens are looked through for those of a person: some 20 ms. Where there are more, they are not counted. */
enum { TOKENS_MAX = 100 * 1000 };

/* At least so old they may be: lifetimes may have been longer a while ago. */
#define TOKEN_AGE_MS (INT64_C(24) * 3600 * 1000)

static const char path[] = "/profile/connected-apps";

static json_t *scopes_json(const struct request *req, scope_set scopes) {
        json_t *list = json_array();

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                json_t *one;

                if (!(scopes & 1u << bit))
                        continue;
                one = json_object();
                form_set_text(req, &one, "title", scope_rows[bit].title);
                form_set_text(req, &one, "detail", scope_rows[bit].detail);
                json_array_append_new(list, one);
        }
        return list;
}

/* What a person's answers and an app's approvals say together. */
struct access_given {
        scope_set scopes;
        int64_t since, last, live, used;
};

static int add_part(struct access_given *given, const struct connected_app_row *part) {
        int64_t first = part->approvals ? id_time_ms(part->first) : part->first;
        int64_t last = part->approvals ? id_time_ms(part->last) : part->last;
        scope_set scopes;
        struct str unknown;

        if (!scope_parse(part->scopes, &scopes, &unknown))
                return -ERR_INTERNAL;
        given->scopes |= scopes;
        given->since = given->since ? MIN_OF(given->since, first) : first;
        given->last = MAX_OF(given->last, last);
        given->live += part->approvals;
        given->used = MAX_OF(given->used, part->used);
        return 0;
}

/* A person's live access tokens by app; of an app that isn't there, none. */
struct token_counts {
        bool known; /* false where there are too many to look through */
        struct connected_app_tokens_row *apps;
        size_t n;
};

static int count_tokens(struct request *req, struct token_counts *ret) {
        int64_t now = clock_now(req->context->clock);
        int64_t since =
                id_at(now - MAX_OF(req->context->settings->access_token_lifetime * 1000, TOKEN_AGE_MS));
        struct held_row beyond;
        int r;

        *ret = (struct token_counts){ 0 };
        r = db_access_tokens_beyond(req->tx, &req->arena, since, now, TOKENS_MAX, &beyond);
        if (r != 0)
                return r < 0 ? r : 0;
        ret->known = true;
        return db_connected_app_tokens(req->tx, &req->arena, req->identity->user_id, since, now, PARTS_MAX,
                                       &ret->apps, &ret->n);
}

static int64_t tokens_of(const struct token_counts *counts, struct str client_id) {
        for (size_t i = 0; i < counts->n; i++)
                if (str_eq(counts->apps[i].client_id, client_id))
                        return counts->apps[i].tokens;
        return 0;
}

static json_t *app_json(struct request *req, const struct connected_app_row *app,
                        const struct access_given *given, const struct token_counts *counts) {
        char initials[USER_INITIALS_MAX];
        json_t *data = json_object();

        form_set(&data, "name", app->name);
        form_set(&data, "initials", str_n(initials, initials_of(app->name, STR(""), initials)));
        form_set(&data, "description", app->description);
        form_set(&data, "logo_url", app_logo_path(req->context->settings, app->logo_url));
        form_set_bool(&data, "disabled", !app->is_active);
        form_set_object(&data, "scopes", scopes_json(req, given->scopes));
        form_set_object(&data, "since", moment_json(req, given->since));
        form_set_object(&data, "last", moment_json(req, given->last));
        form_set_object(&data, "used", moment_json(req, given->used));
        form_set_object(&data, "approvals", json_integer(given->live));
        form_set_bool(&data, "counted", counts->known);
        form_set_object(&data, "tokens", json_integer(tokens_of(counts, app->client_id)));
        form_set(&data, "remove_action",
                 arena_printf(&req->arena, "%s/" STR_FMT "/remove", path, STR_ARG(app->client_id)));
        return data;
}

/* One entry an app: its rows stand side by side. */
static int apps_json(struct request *req, const struct connected_app_row *parts, size_t n,
                     const struct token_counts *counts, json_t *list) {
        for (size_t i = 0; i < n;) {
                const struct connected_app_row *app = &parts[i];
                struct access_given given = { 0 };

                for (; i < n && str_eq(parts[i].client_id, app->client_id); i++) {
                        int r = add_part(&given, &parts[i]);

                        if (r < 0)
                                return r;
                }
                json_array_append_new(list, app_json(req, app, &given, counts));
        }
        return 0;
}

int handle_connected_apps_page(struct request *req, struct response *res) {
        struct connected_app_row *parts;
        struct token_counts counts;
        json_t *data, *list;
        size_t n;
        int r;

        r = db_connected_apps(req->tx, &req->arena, req->identity->user_id, clock_now(req->context->clock),
                              PARTS_MAX, &parts, &n);
        if (r >= 0)
                r = count_tokens(req, &counts);
        if (r < 0)
                return r;
        data = frame_data(req, "connected_apps");
        list = json_array();
        r = apps_json(req, parts, n, &counts, list);
        form_set_bool(&data, "has_apps", n > 0);
        form_set_object(&data, "apps", list);
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, 200, "connected_apps", data);
}

/* Ends every approval of this person for the app, with all tokens that descend from it, and forgets the answer, so that the app
 * asks anew. Doing it twice is no error. */
int handle_connected_app_remove(struct request *req, struct response *res) {
        struct str user_id = req->identity->user_id;
        int64_t now = clock_now(req->context->clock);
        struct app_row app;
        int r;

        r = db_app_by_client_id(req->tx, &req->arena, req->path_params[0], &app);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        r = db_authorizations_revoke_of_user(req->tx, user_id, app.id, now);
        if (r >= 0)
                r = db_consent_delete(req->tx, user_id, app.id);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_CONSENT_REVOKED, .app_id = app.id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "access of an app removed", LOG_STR("client_id", app.client_id),
            LOG_STR("user", user_id));
        return frame_done(res, path, "access-removed");
}
