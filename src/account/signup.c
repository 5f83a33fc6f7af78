/* Making an account: check the fields and count the try, hash, then store. Whether the address is taken shows
 * in the last step alone, so both answers have done the same work. */
#include "account/audit.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/new_person.h"
#include "account/next.h"
#include "account/session.h"
#include "account/throttle.h"
#include "pages/page.h"

static int reserve(struct request *req) {
        struct throttle_taken taken;

        return throttle_signup(req, &taken); /* never given back: a try tells whether an address is taken */
}

int handle_signup_reserve(struct request *req, struct response *res _unused_) {
        struct new_person *person = arena_new(&req->arena, struct new_person);
        int r;

        if (!person)
                return -ERR_NO_MEMORY;
        if (!req->context->settings->signup_open)
                return -ERR_SIGNUP_CLOSED;
        r = new_person_read(req, person);
        if (r < 0)
                return r;
        r = reserve(req);
        if (r < 0)
                return r;
        req->step_data = person;
        return STEP_NEXT;
}

int handle_signup_hash(struct request *req, struct response *res _unused_) {
        int r = new_person_hash(req->context, req->step_data);

        return r < 0 ? r : STEP_NEXT;
}

/* Whose address it is should learn of it. */
static int taken(struct request *req, struct str email) {
        struct user_row user;

        if (db_user_by_email(req->tx, &req->arena, email, &user) == 1)
                audit_soon(req,
                           &(struct audit){ AUDIT_SIGN_UP_REFUSED, .user_id = user.id,
                                            .reason = error_row(-ERR_EMAIL_TAKEN)->name, .alone = true });
        return -ERR_EMAIL_TAKEN;
}

static int store(struct request *req, struct response *res, struct user_row *ret_user) {
        struct user_new user = new_person_user(req->step_data);
        int r;

        r = user_create(req->context, req->tx, &req->arena, &user, ret_user);
        if (r == -ERR_EMAIL_TAKEN)
                return taken(req, user.email);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_SIGNED_UP, .user_id = ret_user->id, .alone = true });
        if (r >= 0)
                r = session_begin(req, res, ret_user->id);
        if (r >= 0)
                r = device_remember(req, res, ret_user->id);
        return r;
}

int handle_signup_finish(struct request *req, struct response *res) {
        struct user_row user;
        int r;

        r = store(req, res, &user);
        return r < 0 ? r : form_answer_user(req, res, &user);
}

static int show_closed(struct request *req, struct response *res) {
        json_t *data = json_object();

        form_set_link(&data, "login_url", STR("/login"), form_next(req));
        return page_respond(req->context->theme, res, error_row(-ERR_SIGNUP_CLOSED)->other_status,
                            "signup_closed", data);
}

static int show(struct request *req, struct response *res, int status, const struct new_person *person,
                struct str problem) {
        struct str next = form_next(req);
        json_t *data = form_data(req, next);

        new_person_show(req, person, &data);
        form_set_text(req, &data, "error", problem);
        form_set_link(&data, "login_url", STR("/login"), next);
        return page_respond(req->context->theme, res, status, "signup", data);
}

int handle_signup_page(struct request *req, struct response *res) {
        const struct new_person nobody = { .email = STR_INIT("") };

        if (form_signed_in(req))
                return response_redirect(res, form_next(req));
        if (!req->context->settings->signup_open)
                return show_closed(req, res);
        return show(req, res, 200, &nobody, STR_NULL);
}

int handle_signup_form_reserve(struct request *req, struct response *res) {
        struct new_person *person = arena_new(&req->arena, struct new_person);
        int r;

        if (!person)
                return -ERR_NO_MEMORY;
        if (!req->context->settings->signup_open)
                return show_closed(req, res);
        r = new_person_read_form(req, person);
        if (r < 0)
                return r;
        if (r == 0)
                return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, person, STR_NULL);
        r = reserve(req);
        if (r == -ERR_THROTTLED)
                return show(req, res, error_row(r)->other_status, person, form_problem(req, res, r));
        if (r < 0)
                return r;
        req->step_data = person;
        return STEP_NEXT;
}

int handle_signup_form_finish(struct request *req, struct response *res) {
        struct new_person *person = req->step_data;
        struct user_row user;
        int r;

        r = store(req, res, &user);
        if (r == -ERR_EMAIL_TAKEN) {
                person->problems.email = error_row(r)->text;
                return show(req, res, error_row(r)->other_status, person, STR_NULL);
        }
        return r < 0 ? r : response_redirect(res, form_next(req));
}
