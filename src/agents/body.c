#include "agents/body.h"

#include "agents/value/value.h"

int body_read(struct request *req, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        json_t *body = NULL;
        int r;

        if (req->body_kind != BODY_JSON)
                return req->body_kind == BODY_NONE
                               ? -ERR_BAD_JSON
                               : request_refuse(req, ERR_MEDIA_TYPE, "Send the body as application/json");
        r = value_parse(req->body, true, &body, problem);
        if (r == -ERR_BAD_JSON)
                return request_refuse(req, ERR_BAD_JSON, "The body is not valid JSON: %s", problem);
        if (r < 0)
                return r;
        if (!json_is_object(body)) {
                json_decref(body);
                return -ERR_BAD_JSON;
        }
        *ret = body;
        return 0;
}

int body_bool(struct request *req, const json_t *body, const char *name, bool *ret) {
        const json_t *value = json_object_get(body, name);

        if (!value)
                return request_refuse_field(req, name, "missing", "Field required");
        if (!json_is_boolean(value))
                return request_refuse_field(req, name, "bool_type", "Input should be a valid boolean");
        *ret = json_is_true(value);
        return 0;
}

int body_int(struct request *req, const json_t *body, const char *name, int64_t min, int64_t max,
             int64_t *ret) {
        const json_t *value = json_object_get(body, name);
        int64_t number;

        if (!value)
                return request_refuse_field(req, name, "missing", "Field required");
        if (!json_is_integer(value))
                return request_refuse_field(req, name, "int_type", "Input should be a valid integer");
        number = json_integer_value(value);
        if (number < min)
                return request_refuse_field(req, name, "greater_than_equal",
                                            "Input should be greater than or equal to %lld", (long long)min);
        if (number > max)
                return request_refuse_field(req, name, "less_than_equal",
                                            "Input should be less than or equal to %lld", (long long)max);
        *ret = number;
        return 0;
}

int body_text(struct request *req, const json_t *body, const char *name, bool required, size_t max,
              struct str *ret) {
        const json_t *value = json_object_get(body, name);

        *ret = STR_NULL;
        if (!value && required)
                return request_refuse_field(req, name, "missing", "Field required");
        if (!value || (json_is_null(value) && !required))
                return 0;
        if (!json_is_string(value))
                return request_refuse_field(req, name, "string_type", "Input should be a valid string");
        if (str_utf8_length(value_str(value)) > max)
                return request_refuse_field(req, name, "string_too_long",
                                            "String should have at most %zu characters", max);
        *ret = arena_copy(&req->arena, value_str(value));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

int body_object(struct request *req, const json_t *body, const char *name, size_t max, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(max);
        const json_t *value = json_object_get(body, name);

        *ret = STR("{}");
        if (!value)
                return 0;
        if (!json_is_object(value))
                return request_refuse_field(req, name, "dict_type", "Input should be a valid dictionary");
        value_write(&text, value, VALUE_COMPACT);
        if (text.failed)
                return -ERR_TOO_LARGE;
        *ret = arena_copy(&req->arena, strbuf_str(&text));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}
