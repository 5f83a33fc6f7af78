/* What a person sees and sets of their account (dialect: Accounts). */
#include "account/audit.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/own_row.h"
#include "account/platform_issuer.h"
#include "account/user.h"

int own_row(struct request *req, struct user_row *ret) {
        int r = db_user_by_id(req->tx, &req->arena, req->identity->user_id, ret);

        if (r == 0 && req->identity->is_new)
                return request_refuse(req, ERR_NOT_FOUND, "User not found");
        return r == 0 ? -ERR_NOT_SIGNED_IN : MIN_OF(r, 0);
}

static int answer_own(struct request *req, struct response *res) {
        struct user_row user;
        int r;

        r = own_row(req, &user);
        if (r < 0)
                return r;
        response_no_store(res);
        return form_answer_user(req, res, &user);
}

int handle_user(struct request *req, struct response *res) {
        /* Platform clients post here to have the person made: needed only for one who came by a user JWT. */
        if (req->method == HTTP_POST && req->identity->is_new)
                return STEP_NEXT;
        if (req->method == HTTP_POST)
                response_header(res, STR("X-AutoGPT-User-Created"), STR("false"));
        return answer_own(req, res);
}

int handle_user_new(struct request *req, struct response *res) {
        struct user_row user;
        bool created;
        int r;

        r = platform_person_row(req->context, req->tx, &req->arena, req->bearer, &user, &created);
        if (r >= 0 && created)
                r = audit(req, &(struct audit){ AUDIT_ACCOUNT_BROUGHT, .user_id = user.id });
        if (r < 0)
                return r;
        response_header(res, STR("X-AutoGPT-User-Created"), created ? STR("true") : STR("false"));
        response_no_store(res);
        return form_answer_user(req, res, &user);
}

static int answer_timezone(struct response *res, struct str timezone) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_no_store(res);
        response_begin(res, 200, CONTENT_TYPE_JSON);
        json_object_begin(&w);
        json_member_str(&w, "timezone", timezone);
        json_object_end(&w);
        return STEP_DONE;
}

int handle_timezone(struct request *req, struct response *res) {
        struct user_row user;
        int r;

        r = own_row(req, &user);
        return r < 0 ? r : answer_timezone(res, user.timezone);
}

int handle_timezone_set(struct request *req, struct response *res) {
        struct str timezone;
        int r;

        r = request_text(req, "timezone", USER_TIMEZONE_MAX, &timezone);
        if (r < 0)
                return r;
        if (!timezone_known(timezone))
                return request_refuse_field(req, "timezone", "value_error",
                                            "timezone must be a name of the IANA time zone database, "
                                            "such as Europe/Paris");
        r = user_set_timezone(req->context, req->tx, req->identity->user_id, timezone);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_PROFILE_CHANGED, .detail = STR("time zone") });
        return r < 0 ? r : answer_timezone(res, timezone);
}

int handle_name_set(struct request *req, struct response *res) {
        struct str typed, name = STR_NULL;
        int r;

        r = request_text_optional(req, "name", USER_NAME_MAX, &typed);
        if (r < 0)
                return r;
        if (!params_find(&req->body_params, STR("name")))
                return request_refuse_field(req, "name", "missing", "Field required");
        if (typed.ptr && user_name_check(typed, &name) < 0)
                return request_refuse_field(
                        req, "name", "value_error",
                        "name must have at most %d characters, without control characters", USER_NAME_POINTS);
        r = user_rename(req->context, req->tx, req->identity->user_id, name);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_PROFILE_CHANGED, .detail = STR("name") });
        return r < 0 ? r : answer_own(req, res);
}
