/* /admin/confirm: who administers enters the password again. Guesses are counted and judged as at signing in; the session that
 * follows is a new one. */
#include "account/admin.h"
#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/next.h"
#include "account/password.h"
#include "account/session.h"
#include "account/throttle.h"
#include "base/context.h"
#include "pages/page.h"

struct confirming {
        struct str password;
        struct str stored; /* its hash */
        struct throttle_taken taken;
};

/* Where it leads: to what was asked for, or to the first page. */
static struct str way_on(struct request *req) {
        struct str next = form_next(req);

        return str_eq(next, STR("/")) ? STR("/admin") : next;
}

static int show(struct request *req, struct response *res, int status, struct str problem) {
        json_t *data = form_data(req, way_on(req));

        form_set_person(&data, req->identity);
        form_set_object(&data, "minutes", json_integer(SESSION_ELEVATED_MS / 60000));
        form_set_text(req, &data, "error", problem);
        return page_respond(req->context->theme, res, status, "admin_confirm", data);
}

static int refuse(struct request *req, struct response *res, int result) {
        audit_soon(req, &(struct audit){ .event = AUDIT_PASSWORD_CONFIRM_FAILED,
                                         .reason = error_row(result)->name });
        if (result == -ERR_THROTTLED)
                return show(req, res, error_row(result)->other_status, form_problem(req, res, result));
        return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, TEXT("This is not your password"));
}

int handle_admin_confirm_page(struct request *req, struct response *res) {
        int r = session_elevated(req);

        if (r < 0)
                return r;
        return r ? response_redirect(res, way_on(req)) : show(req, res, 200, STR_NULL);
}

int handle_admin_confirm_reserve(struct request *req, struct response *res) {
        struct confirming *c = arena_new(&req->arena, struct confirming);
        struct str problem = STR_NULL;
        struct user_row user;
        int r;

        if (!c)
                return -ERR_NO_MEMORY;
        r = form_text(req, "password", REQUEST_BODY_MAX, &c->password, &problem);
        if (r < 0)
                return r;
        if (problem.ptr || c->password.len == 0)
                return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status,
                            problem.ptr ? problem : TEXT("Enter your password"));
        r = db_user_by_id(req->tx, &req->arena, req->identity->user_id, &user);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_SIGNED_IN;
        c->stored = user.password_hash;
        r = throttle_login(req, user.email, user.id, &c->taken);
        if (r == -ERR_THROTTLED)
                return refuse(req, res, r);
        req->step_data = c;
        return r < 0 ? r : STEP_NEXT;
}

int handle_admin_confirm_verify(struct request *req, struct response *res) {
        struct confirming *c = req->step_data;
        int r;

        r = password_verify(c->password, c->stored);
        if (r == -ERR_WRONG_PASSWORD)
                return refuse(req, res, r);
        return r < 0 ? r : STEP_NEXT;
}

int handle_admin_confirm_finish(struct request *req, struct response *res) {
        struct confirming *c = req->step_data;
        struct user_row user;
        int r;

        r = db_user_hold(req->tx, &req->arena, req->identity->user_id, &user);
        if (r < 0)
                return r;
        if (r == 0 || !user.is_active || !str_eq(user.password_hash, c->stored))
                return -ERR_NOT_SIGNED_IN;
        if (!user.is_admin)
                return -ERR_NOT_ADMINISTRATOR;
        r = throttle_refund(req->tx, &c->taken);
        if (r >= 0)
                r = session_elevate(req, res);
        return r < 0 ? r : response_redirect(res, way_on(req));
}
