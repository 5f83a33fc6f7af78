#include "account/form.h"

#include "account/next.h"
#include "account/user.h"
#include "pages/page.h"

bool form_signed_in(const struct request *req) {
        return req->identity && req->identity->kind == IDENTITY_SESSION;
}

struct str form_next(struct request *req) {
        bool get = req->method == HTTP_GET || req->method == HTTP_HEAD;
        const struct param *param;

        if ((get ? request_parse_query(req) : request_parse_body(req)) < 0)
                return STR("/");
        param = params_find(get ? &req->query_params : &req->body_params, STR("next"));
        return next_path(param && param->kind == PARAM_TEXT ? param->value : STR_NULL);
}

struct str form_echo(const struct request *req, const char *name, size_t max) {
        const struct param *param = params_find(&req->body_params, str_of(name));

        if (!param || param->kind != PARAM_TEXT || param->value.len > max || !str_is_utf8(param->value) ||
            str_has_control(param->value))
                return STR("");
        return param->value;
}

struct str form_refusal(struct request *req) {
        struct str type = str_of(req->error_type ? req->error_type : "");
        const struct sentence *said = req->error_sentence, *plain = NULL;

        if (str_eq(type, STR("missing")) || str_eq(type, STR("string_too_short")))
                return page_text(req, TEXT("Fill this in"));
        if (str_eq(type, STR("string_too_long")) && said && said->n_values == 1)
                plain = sentence_printf(&req->arena, "At most " STR_FMT " characters",
                                        STR_ARG(said->values[0]));
        return plain ? page_sentence(req, plain) : page_text(req, req->error_detail);
}

int form_text(struct request *req, const char *name, size_t max, struct str *ret, struct str *ret_problem) {
        struct str value;
        int r;

        r = request_text_optional(req, name, max, &value);
        if (r == -ERR_INVALID_FIELD) {
                *ret = STR("");
                *ret_problem = form_refusal(req);
                return 0;
        }
        if (r < 0)
                return r;
        *ret = value.ptr ? value : STR("");
        return 0;
}

void form_set_object(json_t **data, const char *name, json_t *value) {
        if (*data && json_object_set_new(*data, name, value) == 0)
                return;
        if (!*data)
                json_decref(value);
        json_decref(*data);
        *data = NULL;
}

void form_set(json_t **data, const char *name, struct str value) {
        if (value.ptr)
                form_set_object(data, name, json_stringn(value.ptr, value.len));
}

void form_set_text(const struct request *req, json_t **data, const char *name, struct str english) {
        form_set(data, name, english.ptr ? page_text(req, english) : STR_NULL);
}

void form_set_bool(json_t **data, const char *name, bool value) {
        form_set_object(data, name, json_boolean(value));
}

json_t *form_data(const struct request *req, struct str next) {
        json_t *data = json_object();

        form_set(&data, "csrf", req->identity ? req->identity->csrf : STR(""));
        form_set(&data, "next", next);
        return data;
}

void form_set_person(json_t **data, const struct identity *identity) {
        char initials[USER_INITIALS_MAX];
        json_t *person = json_object();
        ptrdiff_t at = str_find(identity->email, '@');
        size_t local = at < 0 ? identity->email.len : (size_t)at;

        form_set(&person, "email", identity->email);
        /* in two parts, so that an address that is too long for its line breaks before its @ */
        form_set(&person, "email_local", str_first(identity->email, local));
        form_set(&person, "email_domain", str_from(identity->email, local));
        form_set(&person, "name", identity->name);
        form_set(&person, "initials",
                 str_n(initials, initials_of(identity->name, identity->email, initials)));
        form_set_object(data, "person", person);
}

void form_set_link(json_t **data, const char *name, struct str page, struct str next) {
        _cleanup_(strbuf_done) struct strbuf link = STRBUF_INIT(3 * NEXT_MAX + 64);

        next_link(page, next, &link);
        if (link.failed)
                form_set_object(data, name, NULL);
        else
                form_set(data, name, strbuf_str(&link));
}

static struct str throttled_text(struct request *req) {
        int64_t minutes = (req->retry_after + 59) / 60;
        struct str number;

        if (req->retry_after <= 60)
                return TEXT("Too many attempts. Try again in a minute.");
        number = arena_printf(&req->arena, "%lld", (long long)minutes);
        return text_fill(&req->arena, page_text(req, TEXT("Too many attempts. Try again in {0} minutes.")),
                         &number, 1);
}

struct str form_problem(struct request *req, struct response *res, int result) {
        if (result != -ERR_THROTTLED)
                return req->error_detail.ptr ? req->error_detail : error_row(result)->text;
        response_header(res, STR("Retry-After"),
                        arena_printf(&req->arena, "%lld", (long long)MAX_OF(req->retry_after, 1)));
        return throttled_text(req);
}

int form_answer_user(struct request *req, struct response *res, const struct user_row *user) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct notifications wanted;
        int r;

        r = notifications_read(req->tx, &req->arena, user->id, &wanted);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        user_write_json(&w, user, &wanted);
        return STEP_DONE;
}
