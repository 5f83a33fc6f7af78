/* The second form of /profile: a new password. The guess at the current one is counted, then judged on the pool, then the new
 * one is stored, if the account still is as it was. */
#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/password.h"
#include "account/profile_page.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "pages/text.h"

enum { TYPED_MAX = REQUEST_BODY_MAX }; /* the rules tell how long a password may be, in characters */

struct password_change {
        struct str current, chosen;
        struct str stored; /* hash of the current one */
        struct throttle_taken taken;
        char hash[PASSWORD_HASH_MAX];
        bool end_others;
};

static int show(struct request *req, struct response *res, int result,
                const struct profile_problems *problems) {
        return profile_page_show(req, res, error_row(result)->other_status, problems);
}

static int read_form(struct request *req, struct password_change *change, struct profile_problems *problems) {
        struct str confirm;
        int r;

        r = form_text(req, "current", TYPED_MAX, &change->current, &problems->current);
        if (r >= 0)
                r = form_text(req, "password", TYPED_MAX, &change->chosen, &problems->password);
        if (r >= 0)
                r = form_text(req, "password_confirm", TYPED_MAX, &confirm, &problems->confirm);
        if (r < 0)
                return r;
        if (!problems->current.ptr && change->current.len == 0)
                problems->current = TEXT("Enter your current password");
        if (!problems->password.ptr) {
                r = password_check_rules(change->chosen, req->identity->email, &problems->password);
                if (r < 0 && r != -ERR_INVALID_FIELD)
                        return r;
        }
        if (!problems->password.ptr && !str_eq(change->chosen, confirm))
                problems->confirm = TEXT("Passwords don't match");
        change->end_others = params_find(&req->body_params, STR("end_others"));
        return 0;
}

int handle_password_reserve(struct request *req, struct response *res) {
        struct password_change *change = arena_new(&req->arena, struct password_change);
        struct profile_problems problems = { .name = STR_NULL };
        struct user_row user;
        int r;

        if (!change)
                return -ERR_NO_MEMORY;
        r = read_form(req, change, &problems);
        if (r < 0)
                return r;
        if (problems.current.ptr || problems.password.ptr || problems.confirm.ptr)
                return show(req, res, -ERR_INVALID_FIELD, &problems);
        r = db_user_by_id(req->tx, &req->arena, req->identity->user_id, &user);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_SIGNED_IN;
        change->stored = user.password_hash;
        r = throttle_login(req, user.email, user.id, &change->taken);
        if (r == -ERR_THROTTLED) {
                problems.form = form_problem(req, res, r);
                return show(req, res, r, &problems);
        }
        req->step_data = change;
        return r < 0 ? r : STEP_NEXT;
}

int handle_password_verify(struct request *req, struct response *res) {
        struct password_change *change = req->step_data;
        int r;

        r = password_verify(change->current, change->stored);
        if (r == -ERR_WRONG_PASSWORD)
                return show(
                        req, res, -ERR_INVALID_FIELD,
                        &(struct profile_problems){ .current = TEXT("This is not your current password") });
        if (r >= 0)
                r = password_hash(req->context->random, change->chosen, change->hash);
        return r < 0 ? r : STEP_NEXT;
}

int handle_password_finish(struct request *req, struct response *res) {
        struct password_change *change = req->step_data;
        struct user_row user;
        int r;

        r = db_user_hold(req->tx, &req->arena, req->identity->user_id, &user);
        if (r < 0)
                return r;
        if (r == 0 || !user.is_active || !str_eq(user.password_hash, change->stored))
                return show(req, res, -ERR_INVALID_FIELD,
                            &(struct profile_problems){
                                    .form = TEXT("Your password was changed elsewhere in the meantime") });
        r = throttle_refund(req->tx, &change->taken);
        if (r >= 0)
                r = db_user_set_password(req->tx, user.id, str_of(change->hash),
                                         clock_now(req->context->clock));
        if (r >= 0 && change->end_others)
                r = sessions_end_others(req->tx, user.id, req->identity->session_id);
        if (r >= 0)
                r = audit(req, &(struct audit){ .event = AUDIT_PASSWORD_CHANGED });
        if (r < 0)
                return r;
        return frame_done(res, "/profile", change->end_others ? "password-sessions" : "password");
}
