/* The e-mail address of a person, and which mails they want (dialect: Accounts). */
#include "account/audit.h"
#include "account/email_change.h"
#include "account/handlers.h"
#include "account/notifications.h"
#include "account/own_row.h"
#include "account/user.h"

int handle_email_set(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct user_row user;
        struct str email;
        int r;

        r = request_json_text(req, "email", EMAIL_MAX, &email);
        if (r >= 0)
                r = own_row(req, &user);
        if (r >= 0)
                r = email_change(req, &user, email);
        if (r < 0)
                return r;
        response_no_store(res);
        response_begin(res, 200, CONTENT_TYPE_JSON);
        json_object_begin(&w);
        json_member_str(&w, "email", user.email);
        json_object_end(&w);
        return STEP_DONE;
}

static int answer(struct request *req, struct response *res, const struct user_row *user,
                  const struct notifications *wanted) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_no_store(res);
        response_begin(res, 200, CONTENT_TYPE_JSON);
        json_object_begin(&w);
        json_member_str(&w, "user_id", user->id);
        json_member_str(&w, "email", user->email);
        json_key(&w, "preferences");
        notifications_write_types(&w, wanted);
        json_member_int(&w, "daily_limit", wanted->daily_limit);
        json_member_int(&w, "emails_sent_today", 0); /* no mail is sent from here */
        json_member_time(&w, "last_reset_date", clock_now(req->context->clock));
        json_object_end(&w);
        return STEP_DONE;
}

int handle_preferences(struct request *req, struct response *res) {
        struct notifications wanted;
        struct user_row user;
        int r;

        r = own_row(req, &user);
        if (r >= 0)
                r = notifications_read(req->tx, &req->arena, user.id, &wanted);
        return r < 0 ? r : answer(req, res, &user, &wanted);
}

static int missing(struct request *req, const char *name) {
        return request_refuse_field(req, name, "missing", "Field required");
}

/* `preferences` and `daily_limit`, on top of what holds so far. A limit of 0 changes none. */
static int read_wanted(struct request *req, struct notifications *wanted) {
        const struct param *preferences = params_find(&req->body_params, STR("preferences"));
        const struct param *limit = params_find(&req->body_params, STR("daily_limit"));
        const char *problem;
        uint64_t n;

        if (!preferences || !limit)
                return missing(req, preferences ? "daily_limit" : "preferences");
        if (preferences->kind != PARAM_OTHER)
                return request_refuse_field(req, "preferences", "dict_type", "Input should be an object");
        if (notifications_merge(wanted, preferences->value, &problem) < 0)
                return request_refuse_field(req, "preferences", "dict_type", "%s", problem);
        if (limit->kind != PARAM_NUMBER || !str_to_uint(limit->value, NOTIFICATIONS_DAILY_MAX, &n))
                return request_refuse_field(req, "daily_limit", "int_type",
                                            "Input should be a whole number from 0 to %d",
                                            NOTIFICATIONS_DAILY_MAX);
        if (n > 0)
                wanted->daily_limit = (int64_t)n;
        return 0;
}

int handle_preferences_set(struct request *req, struct response *res) {
        struct notifications wanted;
        struct user_row user;
        struct str email;
        int r;

        r = request_text(req, "email", EMAIL_MAX, &email);
        if (r >= 0)
                r = own_row(req, &user);
        if (r >= 0)
                r = notifications_read(req->tx, &req->arena, user.id, &wanted);
        if (r >= 0)
                r = read_wanted(req, &wanted);
        if (r >= 0)
                r = email_change(req, &user, email);
        if (r >= 0)
                r = notifications_write(req->tx, &req->arena, user.id, &wanted);
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_PROFILE_CHANGED, .detail = STR("notifications") });
        return r < 0 ? r : answer(req, res, &user, &wanted);
}
