/* POST /profile/oauth-apps/{id}/secret: another secret for an app, with or without a time in which the former one goes on, so that
 * what runs of the app can be moved over; and the end of that time. */
#include "base/secret.h"
#include "account/audit.h"
#include "account/form.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/apps/handlers.h"
#include "oauth/apps/overlap.h"
#include "oauth/apps/page.h"
#include "oauth/client_secret.h"
#include "pages/text.h"

enum { SINCE_TEXT_MAX = 20 };

const struct app_overlap app_overlaps[] = {
        { 0, TEXT_INIT("Stops working at once") },
        { 3600, TEXT_INIT("Works for another hour") },
        { APP_OVERLAP_DEFAULT_S, TEXT_INIT("Works for another day") },
        { 7 * 24 * 3600, TEXT_INIT("Works for another week") },
        { 30 * 24 * 3600, TEXT_INIT("Works for another 30 days") },
};
const size_t app_overlaps_count = ARRAY_LENGTH(app_overlaps);

/* Between the steps; lives in the request's arena, which is wiped. */
struct new_secret {
        struct app app;
        int64_t since; /* of the secret that the form was about */
        const struct app_overlap *overlap;
        struct secret secret;
        char hash[CLIENT_SECRET_HEX_LENGTH], salt[CLIENT_SECRET_HEX_LENGTH];
};

static int read_overlap(struct request *req, const struct app_overlap **ret) {
        struct str text;
        int r = request_text_optional(req, "overlap", SINCE_TEXT_MAX, &text);
        uint64_t seconds;

        *ret = NULL;
        if (r < 0 && r != -ERR_INVALID_FIELD)
                return r;
        if (r < 0 || !text.ptr || !str_to_uint(text, INT64_MAX, &seconds))
                return 0;
        for (size_t i = 0; i < app_overlaps_count; i++)
                if ((uint64_t)app_overlaps[i].seconds == seconds)
                        *ret = &app_overlaps[i];
        return 0;
}

static int read_since(struct request *req, int64_t *ret) {
        uint64_t since;
        struct str text;
        int r = request_text(req, "since", SINCE_TEXT_MAX, &text);

        if (r < 0)
                return r;
        if (!str_to_uint(text, INT64_MAX, &since))
                return -ERR_BAD_REQUEST;
        *ret = (int64_t)since;
        return 0;
}

static json_t *problem_json(const struct request *req) {
        json_t *problems = json_object();

        form_set_text(req, &problems, "overlap", TEXT("Choose one of the times in the list"));
        return problems;
}

int handle_app_secret_check(struct request *req, struct response *res) {
        struct new_secret *new = arena_new(&req->arena, struct new_secret);
        int r;

        if (!new)
                return -ERR_NO_MEMORY;
        *new = (struct new_secret){ .secret = SECRET_EMPTY };
        req->step_data = new;
        r = apps_own(req, &new->app);
        if (r == 0)
                r = read_since(req, &new->since);
        if (r == 0)
                r = read_overlap(req, &new->overlap);
        if (r < 0)
                return r;
        if (app_is_public(&new->app))
                return request_refuse(req, ERR_BAD_REQUEST,
                                      "This application is a public client: it has no secret");
        if (!new->overlap)
                return apps_respond(req, res, 422, &new->app.row, NULL, problem_json(req));
        return STEP_NEXT;
}

int handle_app_secret_make(struct request *req, struct response *res _unused_) {
        struct new_secret *new = req->step_data;
        int r = client_secret_generate(req->context->random, &new->secret);

        if (r == 0)
                r = client_secret_hash(secret_str(&new->secret), req->context->random, new->hash, new->salt);
        return r < 0 ? r : STEP_NEXT;
}

static int record(struct request *req, const struct new_secret *new) {
        LOG(LOG_INFO, "an app was given a new secret", LOG_STR("client_id", new->app.row.client_id),
            LOG_STR("user", req->identity->user_id), LOG_INT("overlap", new->overlap->seconds));
        return audit(req, &(struct audit){ AUDIT_APP_SECRET_ROTATED, .app_id = new->app.row.id,
                                           .subject = new->app.row.id,
                                           .detail = arena_printf(&req->arena, "former secret: " STR_FMT,
                                                                  STR_ARG(new->overlap->text)) });
}

int handle_app_secret_store(struct request *req, struct response *res) {
        const struct new_secret *new = req->step_data;
        const struct app_row *app = &new->app.row;
        int64_t now = clock_now(req->context->clock);
        int64_t until = new->overlap->seconds ? now + new->overlap->seconds * 1000 : 0;
        int r;

        r = db_app_rotate_secret(req->tx, app->id, req->identity->user_id, new->since,
                                 str_n(new->hash, sizeof(new->hash)), str_n(new->salt, sizeof(new->salt)),
                                 until, now);
        if (r < 0)
                return r;
        if (r == 0)
                return apps_done(req, res, "secret-made");
        r = record(req, new);
        if (r < 0)
                return r;
        return apps_respond_secret(req, res, app->id, app->name, app->client_id, secret_str(&new->secret),
                                   until);
}

/* Doing it twice is no error: what was asked for holds. */
int handle_app_secret_end(struct request *req, struct response *res) {
        struct app app;
        int r = apps_own(req, &app);

        if (r < 0)
                return r;
        r = db_app_end_former_secret(req->tx, app.row.id, req->identity->user_id,
                                     clock_now(req->context->clock));
        if (r > 0)
                r = audit(req, &(struct audit){ AUDIT_APP_SECRET_ENDED, .app_id = app.row.id,
                                                .subject = app.row.id });
        return r < 0 ? r : apps_done(req, res, "secret-ended");
}
