#include "agents/schedule/read.h"

#include "account/identity.h"
#include "account/user.h"
#include "agents/body.h"

/* What the External API's document asked for is parsed already. */
static int parse_body(struct request *req) {
        if (req->json)
                return 0;
        if (req->body_kind == BODY_NONE)
                return request_refuse_field(req, "name", "missing", "Field required");
        return body_read(req, &req->json);
}

/* An object that a schedule keeps. */
static int read_object(struct request *req, const char *name, size_t max, struct str *ret) {
        int r;

        *ret = STR("{}");
        if (json_is_null(json_object_get(req->json, name)))
                return 0;
        r = body_object(req, req->json, name, max, ret);
        return r == -ERR_TOO_LARGE
                       ? request_refuse_field(req, name, "too_long",
                                              "%s should have at most %zu bytes as JSON", name, max)
                       : r;
}

static int read_version(struct request *req, int64_t *ret) {
        const json_t *value = json_object_get(req->json, "graph_version");

        *ret = 0;
        if (!value || json_is_null(value))
                return 0;
        *ret = json_is_integer(value) ? json_integer_value(value) : 0;
        if (*ret < 1 || *ret > INT32_MAX)
                return request_refuse_field(req, "graph_version", "int_parsing",
                                            "Input should be a valid integer, greater than 0");
        return 0;
}

static int read_name(struct request *req, struct str *ret) {
        int r = body_text(req, req->json, "name", true, SCHEDULE_NAME_MAX, ret);

        if (r < 0)
                return r;
        *ret = str_trim(*ret);
        if (ret->len == 0 || str_has_control(*ret))
                return request_refuse_field(req, "name", "value_error",
                                            "name must have 1 to %d characters, without control characters",
                                            SCHEDULE_NAME_MAX);
        return 0;
}

int schedule_check_cron(struct request *req, const char *field, struct str line) {
        char problem[CRON_PROBLEM_MAX + 1];
        struct cron cron;

        if (cron_parse(line, &cron, problem) < 0)
                return request_refuse_field(req, field, "value_error", "%s", problem);
        return 0;
}

int schedule_check_timezone(struct request *req, const char *field, struct str timezone) {
        const struct timezone_data *zone;

        if (timezone_known(timezone) && timezone_find(timezone, &zone) == 0)
                return 0;
        return request_refuse_field(req, field, "value_error",
                                    "%s must be a name of the IANA time zone database, such as Europe/Paris",
                                    field);
}

int schedule_read(struct request *req, struct schedule_new *ret) {
        int r;

        *ret = (struct schedule_new){ .user_id = req->identity->user_id, .graph_id = req->path_params[0] };
        r = parse_body(req);
        if (r == 0)
                r = read_name(req, &ret->name);
        if (r == 0)
                r = body_text(req, req->json, "cron", true, CRON_MAX, &ret->cron);
        if (r == 0)
                r = schedule_check_cron(req, "cron", ret->cron);
        if (r == 0)
                r = body_text(req, req->json, "timezone", false, TIMEZONE_NAME_MAX, &ret->timezone);
        if (r == 0 && !ret->timezone.ptr)
                ret->timezone = str_eq(req->identity->timezone, STR("not-set")) ? STR("UTC")
                                                                                : req->identity->timezone;
        if (r == 0)
                r = schedule_check_timezone(req, "timezone", ret->timezone);
        if (r == 0)
                r = read_version(req, &ret->graph_version);
        if (r == 0)
                r = read_object(req, "inputs", SCHEDULE_INPUTS_MAX, &ret->inputs);
        if (r == 0)
                r = read_object(req, "credentials", SCHEDULE_CREDENTIALS_MAX, &ret->credentials);
        return r;
}
