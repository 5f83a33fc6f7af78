/* /admin/people/{id}: one account, and what an administrator may do with it. */
#include "account/admin.h"
#include "account/audit.h"
#include "account/device.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/moment.h"
#include "account/session.h"
#include "account/user.h"
#include "base/context.h"
#include "base/log.h"
#include "pages/page.h"

enum { SESSIONS_SHOWN = 20, ACTION_MAX = 32 };

static json_t *sessions_json(struct request *req, const struct session_info_row *rows, size_t n) {
        json_t *list = json_array();

        for (size_t i = 0; i < n; i++) {
                json_t *one = json_object();

                form_set(&one, "device", device_text(req, rows[i].user_agent));
                form_set(&one, "address", rows[i].address);
                form_set_object(&one, "seen", moment_json(req, rows[i].seen_at));
                json_array_append_new(list, one);
        }
        return list;
}

static int set_sessions(struct request *req, struct str id, json_t **data) {
        int64_t now = clock_now(req->context->clock);
        struct session_info_row *rows;
        size_t n;
        int r;

        r = db_sessions_of_user(req->tx, &req->arena, id, now,
                                now - req->context->settings->session_idle * 1000, SESSIONS_SHOWN, &rows, &n);
        if (r < 0)
                return r;
        form_set_bool(data, "has_sessions", n > 0);
        form_set_object(data, "sessions", sessions_json(req, rows, n));
        return 0;
}

static int set_sums(struct request *req, struct str id, json_t **data) {
        struct person_sums_row sums = { 0 };
        int r = db_person_sums(req->tx, &req->arena, id, &sums);

        form_set_object(data, "keys", json_integer(sums.keys));
        form_set_object(data, "apps", json_integer(sums.apps));
        form_set_object(data, "connections", json_integer(sums.connections));
        form_set_object(data, "credentials", json_integer(sums.credentials));
        form_set(data, "kept", arena_printf(&req->arena, "%.1f MiB", (double)sums.bytes / (1024 * 1024)));
        return MIN_OF(r, 0);
}

static int show(struct request *req, struct response *res, int status, const struct user_row *user,
                struct str problem) {
        json_t *data = admin_data(req, "people");
        char initials[USER_INITIALS_MAX];
        int r;

        form_set(&data, "id", user->id);
        form_set(&data, "email", user->email);
        form_set(&data, "name", user->name);
        form_set(&data, "initials", str_n(initials, initials_of(user->name, user->email, initials)));
        form_set(&data, "timezone",
                 str_eq(user->timezone, STR("not-set")) ? page_text(req, TEXT("Not set")) : user->timezone);
        form_set_bool(&data, "is_admin", user->is_admin);
        form_set_bool(&data, "disabled", !user->is_active);
        form_set_bool(&data, "yourself", str_eq(user->id, req->identity->user_id));
        form_set_bool(&data, "no_password", user->password_hash.len == 0);
        form_set_object(&data, "since", moment_json(req, user->created_at));
        form_set(&data, "action", arena_printf(&req->arena, "/admin/people/" STR_FMT, STR_ARG(user->id)));
        form_set(&data, "audit_url",
                 arena_printf(&req->arena, "/admin/audit?person=" STR_FMT, STR_ARG(user->id)));
        form_set_text(req, &data, "error", problem);
        r = set_sessions(req, user->id, &data);
        if (r >= 0)
                r = set_sums(req, user->id, &data);
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, status, "admin_person", data);
}

int handle_admin_person_page(struct request *req, struct response *res) {
        struct user_row user;
        int r;

        r = db_user_by_id(req->tx, &req->arena, req->path_params[0], &user);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        return show(req, res, 200, &user, STR_NULL);
}

/* --- what is done with one --- */

static int disable(struct request *req, const struct user_row *user) {
        return user_set_active(req->context, req->tx, user->id, false);
}

static int enable(struct request *req, const struct user_row *user) {
        return user_set_active(req->context, req->tx, user->id, true);
}

static int end_sessions(struct request *req, const struct user_row *user) {
        return sessions_end_all(req->tx, user->id);
}

static int set_admin(struct request *req, const struct user_row *user, bool is_admin) {
        int r = db_user_set_admin(req->tx, user->id, is_admin, clock_now(req->context->clock));

        return MIN_OF(r, 0);
}

static int grant(struct request *req, const struct user_row *user) {
        return set_admin(req, user, true);
}

static int take(struct request *req, const struct user_row *user) {
        return set_admin(req, user, false);
}

/* An act that finds what it would bring about is done already, and goes on no record. */
static const struct action {
        struct str name;
        int (*run)(struct request *req, const struct user_row *user);
        enum audit_event event;
        const char *done;
        bool ends_admin;   /* of an administrator: another one must be left */
        bool needed[2][2]; /* [is_active][is_admin] */
} actions[] = {
        { STR_INIT("disable"),
          disable,
          AUDIT_USER_DISABLED,
          "person-disabled",
          true,
          { { false, false }, { true, true } } },
        { STR_INIT("enable"),
          enable,
          AUDIT_USER_ENABLED,
          "person-enabled",
          false,
          { { true, true }, { false, false } } },
        { STR_INIT("end-sessions"),
          end_sessions,
          AUDIT_SESSIONS_ENDED_FOR,
          "person-sessions-ended",
          false,
          { { true, true }, { true, true } } },
        { STR_INIT("make-admin"),
          grant,
          AUDIT_ADMIN_GRANTED,
          "admin-granted",
          false,
          { { true, false }, { true, false } } },
        { STR_INIT("take-admin"),
          take,
          AUDIT_ADMIN_TAKEN,
          "admin-taken",
          true,
          { { false, true }, { false, true } } },
};

static const struct action *action_named(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
                if (str_eq(actions[i].name, name))
                        return &actions[i];
        return NULL;
}

static int run(struct request *req, const struct action *action, const struct user_row *user) {
        int r;

        if (!action->needed[user->is_active][user->is_admin])
                return 0;
        r = action->run(req, user);
        if (r >= 0)
                r = audit(req, &(struct audit){ .event = action->event, .user_id = user->id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "an administrator changed an account", LOG_STR("action", action->name),
            LOG_STR("user", user->id), LOG_STR("administrator", req->identity->user_id));
        return 0;
}

int handle_admin_person_form(struct request *req, struct response *res) {
        const struct action *action;
        struct user_row user;
        struct str name;
        int r;

        r = request_text(req, "action", ACTION_MAX, &name);
        if (r < 0)
                return r;
        action = action_named(name);
        if (!action)
                return -ERR_BAD_REQUEST;
        r = db_user_by_id(req->tx, &req->arena, req->path_params[0], &user);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        r = action->ends_admin ? user_is_last_admin(req->tx, &req->arena, &user) : 0;
        if (r > 0)
                return show(req, res, 409, &user,
                            TEXT("This is the last administrator. Make somebody else one first."));
        if (r == 0)
                r = db_user_hold(req->tx, &req->arena, user.id, &user);
        if (r >= 0)
                r = run(req, action, &user);
        if (r < 0)
                return r;
        return frame_done_at(res, arena_printf(&req->arena, "/admin/people/" STR_FMT, STR_ARG(user.id)),
                             action->done);
}
