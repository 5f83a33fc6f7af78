#include "agents/schedule/read.h"

#include "account/identity.h"
#include "account/user.h"
#include "agents/value/value.h"

/* What the External API's document asked for is parsed already. */
static int parse_body(struct request *req) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        if (req->json)
                return 0;
        if (req->body_kind == BODY_NONE)
                return request_refuse_field(req, "name", "missing", "Field required");
        if (req->body_kind != BODY_JSON)
                return request_refuse(req, ERR_MEDIA_TYPE, "Send the body as application/json");
        r = value_parse(req->body, true, &req->json, problem);
        if (r == -ERR_BAD_JSON)
                return request_refuse(req, ERR_BAD_JSON, "The body is not valid JSON: %s", problem);
        if (r == 0 && !json_is_object(req->json))
                return -ERR_BAD_JSON;
        return r;
}

/* A member's text. STR_NULL when it is absent or null and need not be there. */
static int read_text(struct request *req, const char *name, bool required, size_t max, struct str *ret) {
        const json_t *value = json_object_get(req->json, name);

        *ret = STR_NULL;
        if (!value && required)
                return request_refuse_field(req, name, "missing", "Field required");
        if (!value || (json_is_null(value) && !required))
                return 0;
        if (!json_is_string(value))
                return request_refuse_field(req, name, "string_type", "Input should be a valid string");
        *ret = value_str(value);
        if (ret->len > max)
                return request_refuse_field(req, name, "string_too_long",
                                            "String should have at most %zu characters", max);
        return 0;
}

/* A member that is an object, as JSON text; {} when it is left out. */
static int read_object(struct request *req, const char *name, size_t max, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(max);
        const json_t *value = json_object_get(req->json, name);

        *ret = STR("{}");
        if (!value || json_is_null(value))
                return 0;
        if (!json_is_object(value))
                return request_refuse_field(req, name, "dict_type", "Input should be a valid dictionary");
        value_write(&text, value, VALUE_COMPACT);
        if (text.failed)
                return request_refuse_field(req, name, "too_long", "%s should have at most %zu bytes as JSON",
                                            name, max);
        *ret = arena_copy(&req->arena, strbuf_str(&text));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
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
        int r = read_text(req, "name", true, SCHEDULE_NAME_MAX, ret);

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
                r = read_text(req, "cron", true, CRON_MAX, &ret->cron);
        if (r == 0)
                r = schedule_check_cron(req, "cron", ret->cron);
        if (r == 0)
                r = read_text(req, "timezone", false, TIMEZONE_NAME_MAX, &ret->timezone);
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
