#include "web/account_delete.h"

#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/identity.h"
#include "account/own_row.h"
#include "account/password.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "agents/store/leave.h"
#include "base/json_write.h"
#include "base/log.h"
#include "integrations/credential_leave.h"
#include "pages/page.h"

enum {
        PASSWORD_TYPED_MAX = 1024
}; /* bytes: what is too long to be a password is answered like a wrong one */

static const char path[] = "/profile/delete";

struct deletion {
        struct str password, stored; /* what was typed; its hash */
        struct throttle_taken taken;
        struct person_holdings_row holdings; /* for the page, should it be shown again */
        bool last_admin;
        struct credentials_left left;
};

static bool on_page(const struct request *req) {
        return str_eq(req->path, str_of(path));
}

/* --- what is asked --- */

static void set_holdings(json_t **data, const struct person_holdings_row *h) {
        const struct {
                const char *name;
                int64_t n;
        } numbers[] = {
                { "agents", h->agents },     { "schedules", h->schedules },
                { "listings", h->listings }, { "credentials", h->credentials },
                { "keys", h->keys },         { "connections", h->connections },
                { "apps", h->apps },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
                form_set_object(data, numbers[i].name, json_integer(numbers[i].n));
        form_set_bool(data, "has_connections", h->connections > 0);
        form_set_bool(data, "has_credentials", h->credentials > 0);
        form_set_bool(data, "has_apps", h->apps > 0);
}

/* problem   of the field; STR_NULL for none. form: of all of it */
static int show(struct request *req, struct response *res, int status, const struct deletion *d,
                struct str problem, struct str form) {
        const struct settings *s = req->context->settings;
        json_t *data = frame_data(req, "profile");

        set_holdings(&data, &d->holdings);
        form_set_bool(&data, "no_password", d->stored.len == 0);
        form_set_bool(&data, "last_admin", d->last_admin);
        form_set_bool(&data, "may", d->stored.len > 0 && !d->last_admin);
        form_set_bool(&data, "audit_for_ever", s->audit_retention_days == 0);
        form_set_object(&data, "audit_days", json_integer(s->audit_retention_days));
        form_set_object(&data, "hours", json_integer(s->cleanup_interval_hours));
        form_set_text(req, &data, "error", problem);
        form_set_text(req, &data, "form_error", form);
        return page_respond(req->context->theme, res, status, "account_delete", data);
}

static int read_row(struct request *req, struct deletion *d, struct user_row *ret) {
        struct total_row others = { 0 };
        int r;

        r = own_row(req, ret);
        if (r >= 0)
                r = db_person_holdings(req->tx, &req->arena, ret->id, &d->holdings);
        if (r >= 0 && ret->is_admin)
                r = db_admins_beside(req->tx, &req->arena, ret->id, &others);
        if (r < 0)
                return r;
        d->stored = ret->password_hash;
        d->last_admin = ret->is_admin && others.total == 0;
        return 0;
}

int handle_account_delete_page(struct request *req, struct response *res) {
        struct deletion d = { .password = STR_NULL };
        struct user_row user;
        int r;

        r = read_row(req, &d, &user);
        return r < 0 ? r : show(req, res, 200, &d, STR_NULL, STR_NULL);
}

/* --- the password --- */

static int refuse(struct request *req, struct response *res, const struct deletion *d, int result) {
        const struct error_row *row = error_row(result);

        if (!on_page(req))
                return result;
        if (result == -ERR_THROTTLED)
                return show(req, res, row->other_status, d, STR_NULL, form_problem(req, res, result));
        return show(req, res, row->other_status, d, STR_NULL, row->text);
}

static int refuse_password(struct request *req, struct response *res, const struct deletion *d,
                           struct str problem) {
        if (!on_page(req))
                return request_refuse_field(req, "password", "value_error", STR_FMT, STR_ARG(problem));
        return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, d, problem, STR_NULL);
}

static int read_password(struct request *req, struct deletion *d, struct str *ret_problem) {
        int r;

        if (!on_page(req))
                return request_text(req, "password", PASSWORD_TYPED_MAX, &d->password);
        r = form_text(req, "password", PASSWORD_TYPED_MAX, &d->password, ret_problem);
        if (r >= 0 && !ret_problem->ptr && d->password.len == 0)
                *ret_problem = TEXT("Enter your password");
        return r;
}

int handle_account_delete_reserve(struct request *req, struct response *res) {
        struct deletion *d = arena_new(&req->arena, struct deletion);
        struct str problem = STR_NULL;
        struct user_row user;
        int r;

        if (!d)
                return -ERR_NO_MEMORY;
        r = read_row(req, d, &user);
        if (r >= 0)
                r = read_password(req, d, &problem);
        if (r < 0)
                return r;
        if (problem.ptr)
                return refuse_password(req, res, d, problem);
        if (d->last_admin || d->stored.len == 0)
                return refuse(req, res, d, d->last_admin ? -ERR_LAST_ADMINISTRATOR : -ERR_NO_PASSWORD);
        r = throttle_login(req, user.email, user.id, &d->taken);
        if (r == -ERR_THROTTLED)
                return refuse(req, res, d, r);
        req->step_data = d;
        return r < 0 ? r : STEP_NEXT;
}

int handle_account_delete_verify(struct request *req, struct response *res) {
        struct deletion *d = req->step_data;
        int r;

        r = password_verify(d->password, d->stored);
        if (r == -ERR_WRONG_PASSWORD) {
                audit_soon(req, &(struct audit){ .event = AUDIT_ACCOUNT_DELETE_REFUSED,
                                                 .reason = error_row(r)->name });
                return refuse_password(req, res, d, TEXT("This is not your password"));
        }
        return r < 0 ? r : STEP_NEXT;
}

/* --- the end --- */

/* What somebody else could use or see of it, from now on. */
static int remove_at_once(struct request *req, struct deletion *d, struct str id) {
        int64_t now = clock_now(req->context->clock);
        struct tx *tx = req->tx;
        int r;

        r = credentials_leave(req, &d->left);
        if (r >= 0)
                r = store_leave(tx, &req->arena, id, now);
        if (r >= 0)
                r = db_app_logos_delete_of_owner(tx, id);
        if (r >= 0)
                r = db_deleted_apps_put(tx, id, now);
        if (r >= 0)
                r = db_apps_delete_of_owner(tx, id);
        if (r >= 0)
                r = db_schedules_delete_of_user(tx, id);
        if (r >= 0)
                r = db_executions_abandon(tx, id, now);
        if (r >= 0)
                r = sessions_end_all(tx, id);
        if (r >= 0)
                r = db_deleted_user_put(tx, id, now);
        if (r >= 0)
                r = db_user_delete(tx, id);
        if (r >= 0)
                r = audit(req, &(struct audit){ .event = AUDIT_ACCOUNT_DELETED, .user_id = id });
        return r;
}

static int answer_json(struct response *res, const struct provider_names *untold) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        json_object_begin(&w);
        json_member_bool(&w, "deleted", true);
        json_key(&w, "not_revoked");
        json_array_begin(&w);
        for (size_t i = 0; i < untold->n; i++)
                json_str(&w, untold->at[i]);
        json_array_end(&w);
        json_object_end(&w);
        return STEP_DONE;
}

/* untold   titles of the providers that still honour what they gave */
static int answer(struct request *req, struct response *res, const struct provider_names *untold) {
        const struct settings *settings = req->context->settings;
        json_t *data, *titles;
        int r;

        response_no_store(res);
        r = response_cookie(res, session_cookie_name(settings), STR(""), 0, settings->public_https);
        if (r < 0)
                return r;
        if (!on_page(req))
                return answer_json(res, untold);
        data = json_object();
        titles = json_array();
        for (size_t i = 0; i < untold->n; i++)
                json_array_append_new(titles, json_stringn(untold->at[i].ptr, untold->at[i].len));
        form_set_bool(&data, "has_untold", untold->n > 0);
        form_set_object(&data, "untold", titles);
        return page_respond(req->context->theme, res, 200, "account_deleted", data);
}

int handle_account_delete_finish(struct request *req, struct response *res) {
        struct deletion *d = req->step_data;
        struct user_row user;
        int last, r;

        request_allow(req, CREDENTIALS_LEFT_BYTES);
        r = own_row(req, &user);
        if (r < 0)
                return r; /* sent twice: gone already */
        last = user_is_last_admin(req->tx, &req->arena, &user);
        r = last < 0 ? last : db_user_hold(req->tx, &req->arena, user.id, &user);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_SIGNED_IN;
        d->last_admin = last;
        if (last || !user.is_active || !str_eq(user.password_hash, d->stored))
                return refuse(req, res, d, last ? -ERR_LAST_ADMINISTRATOR : -ERR_PASSWORD_CHANGED);
        r = throttle_refund(req->tx, &d->taken);
        if (r >= 0)
                r = remove_at_once(req, d, user.id);
        if (r < 0)
                return r;
        LOG(LOG_INFO, "a person deleted their account", LOG_STR("user", user.id));
        return d->left.n > 0 ? STEP_NEXT : answer(req, res, &(struct provider_names){ NULL, 0 });
}

int handle_account_delete_tell(struct request *req, struct response *res) {
        struct deletion *d = req->step_data;
        struct provider_names untold;
        int r;

        r = credentials_tell(req, &req->arena, &d->left, &untold);
        return r < 0 ? r : answer(req, res, &untold);
}
