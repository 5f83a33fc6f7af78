/* Signing in: count the guess, check the password, then begin a session. */
#include "account/audit.h"
#include "account/csrf.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/login_app.h"
#include "account/next.h"
#include "account/password.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "base/log.h"
#include "pages/page.h"

enum {
        LOGIN_EMAIL_MAX = 320,     /* bytes: what can be no address is answered like one that nobody has */
        LOGIN_PASSWORD_MAX = 1024, /* bytes: what is too long to be a password is answered like a wrong one */
};

struct login {
        struct str password;
        struct str user_id;  /* STR_NULL when nobody who may sign in has this address */
        struct str stored;   /* hash of the password */
        struct str app_name; /* for the page, should it be shown again */
        struct throttle_taken taken;
        char new_hash[PASSWORD_HASH_MAX]; /* at today's costs; empty unless the stored one is older */
};

/* The account that the address names. Unknown, disabled and malformed end alike: nothing found. */
static int find_account(struct request *req, struct str typed, struct str *ret_email, struct login *login) {
        struct user_row user;
        int r;

        *ret_email = typed;
        r = email_normalise(&req->arena, typed, ret_email);
        if (r == -ERR_INVALID_FIELD)
                return 0;
        if (r < 0)
                return r;
        r = db_user_by_email(req->tx, &req->arena, *ret_email, &user);
        if (r == 1 && user.is_active) {
                login->user_id = user.id;
                login->stored = user.password_hash;
        }
        return MIN_OF(r, 0);
}

/* Of an account that nobody has, no more is kept than that: what was typed may be a password. */
static int refused(struct request *req, const struct login *login, enum audit_event event, int result) {
        if (result == -ERR_WRONG_PASSWORD || result == -ERR_THROTTLED)
                audit_soon(req, &(struct audit){ event, .user_id = login->user_id,
                                                 .reason = error_row(result)->name,
                                                 .detail = login->user_id.ptr ? STR_NULL
                                                                              : STR("nobody who may sign in"),
                                                 .alone = true });
        return result;
}

int handle_login_reserve(struct request *req, struct response *res _unused_) {
        struct login *login = arena_new(&req->arena, struct login);
        struct str typed, email;
        int r;

        if (!login)
                return -ERR_NO_MEMORY;
        r = request_text(req, "email", LOGIN_EMAIL_MAX, &typed);
        if (r < 0)
                return r;
        r = request_text(req, "password", LOGIN_PASSWORD_MAX, &login->password);
        if (r < 0)
                return r;
        r = find_account(req, typed, &email, login);
        if (r < 0)
                return r;
        r = throttle_login(req, email, login->user_id, &login->taken);
        if (r < 0)
                return refused(req, login, AUDIT_SIGN_IN_THROTTLED, r);
        req->step_data = login;
        return STEP_NEXT;
}

int handle_login_verify(struct request *req, struct response *res _unused_) {
        struct login *login = req->step_data;
        int r;

        r = password_verify(login->password, login->stored);
        if (r < 0)
                return refused(req, login, AUDIT_SIGN_IN_FAILED, r);
        if (password_needs_rehash(login->stored) &&
            password_hash(req->context->random, login->password, login->new_hash) < 0) {
                LOG(LOG_WARNING, "a password could not be hashed at today's costs",
                    LOG_STR("user", login->user_id));
                login->new_hash[0] = 0;
        }
        return STEP_NEXT;
}

/* What follows a right password, if the account still is as it was when the password was checked. */
static int sign_in(struct request *req, struct response *res, struct user_row *ret_user) {
        struct login *login = req->step_data;
        int r;

        r = db_user_hold(req->tx, &req->arena, login->user_id, ret_user);
        if (r < 0)
                return r;
        if (r == 0 || !ret_user->is_active || !str_eq(ret_user->password_hash, login->stored))
                return refused(req, login, AUDIT_SIGN_IN_FAILED, -ERR_WRONG_PASSWORD);
        r = throttle_refund(req->tx, &login->taken);
        if (r >= 0 && login->new_hash[0])
                r = db_user_set_password(req->tx, ret_user->id, str_of(login->new_hash),
                                         clock_now(req->context->clock));
        if (r >= 0)
                r = session_begin(req, res, ret_user->id);
        if (r >= 0)
                r = device_remember(req, res, ret_user->id);
        return MIN_OF(r, 0);
}

int handle_login_finish(struct request *req, struct response *res) {
        struct user_row user;
        int r;

        r = sign_in(req, res, &user);
        return r < 0 ? r : form_answer_user(req, res, &user);
}

static int show(struct request *req, struct response *res, int status, struct str next, struct str app_name,
                struct str problem) {
        json_t *data = form_data(req, next), *app = json_object();

        form_set(&app, "name", app_name);
        form_set_object(&data, "app", app);
        form_set(&data, "email",
                 req->method == HTTP_POST ? form_echo(req, "email", LOGIN_EMAIL_MAX)
                 : form_signed_in(req)    ? req->identity->email
                                          : STR(""));
        form_set_text(req, &data, "error", problem);
        /* Who must sign in again can't do so with another account: sign-up passes whoever is signed in. */
        form_set_bool(&data, "signup_open", req->context->settings->signup_open && !form_signed_in(req));
        form_set_link(&data, "signup_url", STR("/signup"), next);
        return page_respond(req->context->theme, res, status, "login", data);
}

int handle_login_page(struct request *req, struct response *res) {
        struct str next = form_next(req), app_name;
        int r;

        if (form_signed_in(req) && !login_again(req))
                return response_redirect(res, next);
        r = login_app_name(req->tx, &req->arena, next, &app_name);
        return r < 0 ? r : show(req, res, 200, next, app_name, STR_NULL);
}

/* A step's result for the page: what the person can mend is shown above the form, anything else is an error's page. */
static int or_show(struct request *req, struct response *res, struct str app_name, int result) {
        if (result != -ERR_WRONG_PASSWORD && result != -ERR_THROTTLED && result != -ERR_INVALID_FIELD)
                return result;
        if (result == -ERR_WRONG_PASSWORD)
                response_header(res, STR("WWW-Authenticate"), STR(CHALLENGE_PERSON));
        return show(req, res, error_row(result)->other_status, form_next(req), app_name,
                    form_problem(req, res, result));
}

int handle_login_form_reserve(struct request *req, struct response *res) {
        struct str app_name;
        int r;

        r = login_app_name(req->tx, &req->arena, form_next(req), &app_name);
        if (r < 0)
                return r;
        r = or_show(req, res, app_name, handle_login_reserve(req, res));
        if (r == STEP_NEXT)
                ((struct login *)req->step_data)->app_name = app_name;
        return r;
}

int handle_login_form_verify(struct request *req, struct response *res) {
        const struct login *login = req->step_data;

        return or_show(req, res, login->app_name, handle_login_verify(req, res));
}

int handle_login_form_finish(struct request *req, struct response *res) {
        const struct login *login = req->step_data;
        struct user_row user;
        int r;

        r = sign_in(req, res, &user);
        return r < 0 ? or_show(req, res, login->app_name, r) : response_redirect(res, form_next(req));
}
