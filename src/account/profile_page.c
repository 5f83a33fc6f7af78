#include "account/profile_page.h"

#include "account/audit.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/user.h"
#include "account/word_list.h"
#include "pages/page.h"

enum { TYPED_MAX = 1024 };

static json_t *zones_json(struct str chosen) {
        json_t *list = json_array();

        for (unsigned i = 0; i < timezones.count; i++) {
                struct str name = word_list_at(&timezones, i);
                json_t *zone = json_object();

                form_set(&zone, "name", name);
                form_set_bool(&zone, "chosen", str_eq(name, chosen));
                json_array_append_new(list, zone);
        }
        return list;
}

int profile_page_show(struct request *req, struct response *res, int status,
                      const struct profile_problems *problems) {
        bool sent = str_eq(req->path, STR("/profile")) && req->method == HTTP_POST;
        json_t *data = frame_data(req, "profile"), *errors = json_object();
        struct str zone = sent ? form_echo(req, "timezone", USER_TIMEZONE_MAX) : req->identity->timezone;

        form_set(&data, "name", sent ? form_echo(req, "name", TYPED_MAX) : req->identity->name);
        form_set_bool(&data, "has_zone", timezone_known(zone));
        form_set_object(&data, "zones", zones_json(zone));
        form_set_text(req, &errors, "name", problems->name);
        form_set_text(req, &errors, "timezone", problems->timezone);
        form_set_text(req, &errors, "form", problems->form);
        form_set_text(req, &errors, "current", problems->current);
        form_set_text(req, &errors, "password", problems->password);
        form_set_text(req, &errors, "confirm", problems->confirm);
        form_set_object(&data, "errors", errors);
        return page_respond(req->context->theme, res, status, "profile", data);
}

int handle_profile_page(struct request *req, struct response *res) {
        return profile_page_show(req, res, 200, &(struct profile_problems){ .name = STR_NULL });
}

static int store(struct request *req, struct str name, struct str zone) {
        struct str user_id = req->identity->user_id;
        int r;

        r = user_rename(req->context, req->tx, user_id, name);
        if (r >= 0)
                r = user_set_timezone(req->context, req->tx, user_id, zone);
        return r < 0 ? r : audit(req, &(struct audit){ .event = AUDIT_PROFILE_CHANGED });
}

int handle_profile_form(struct request *req, struct response *res) {
        struct profile_problems problems = { .name = STR_NULL };
        struct str typed, zone, name = STR_NULL;
        int r;

        r = form_text(req, "name", USER_NAME_MAX, &typed, &problems.name);
        if (r >= 0)
                r = form_text(req, "timezone", USER_TIMEZONE_MAX, &zone, &problems.timezone);
        if (r < 0)
                return r;
        if (!problems.name.ptr && user_name_check(typed, &name) < 0)
                problems.name = TEXT("A name has at most 100 characters, without control characters");
        if (zone.len == 0)
                zone = STR("not-set");
        else if (!problems.timezone.ptr && !timezone_known(zone))
                problems.timezone = TEXT("Choose a time zone of the list");
        if (problems.name.ptr || problems.timezone.ptr)
                return profile_page_show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, &problems);
        r = store(req, name, zone);
        return r < 0 ? r : frame_done(res, "/profile", "saved");
}
