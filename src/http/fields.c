/* Typed access to the parameters of a body. The reasons and their texts are those of the Platform's
 * validation, which apps already know (dialect: Errors). */
#include "http/request.h"

/* Finds a parameter that has a value. Absent are: one that was not sent, a JSON null, and in a form one
 * without a value (RFC 6749 §3.1: treated as if it were omitted). */
static int find(struct request *req, const char *name, const struct param **ret) {
        const struct param *param;
        int r;

        r = request_parse_body(req);
        if (r < 0)
                return r;
        param = params_find(&req->body_params, str_of(name));
        if (param && param->kind == PARAM_NULL)
                param = NULL;
        if (param && req->body_kind == BODY_FORM && param->value.len == 0)
                param = NULL;
        *ret = param;
        return 0;
}

int request_text_optional(struct request *req, const char *name, size_t max, struct str *ret) {
        const struct param *param;
        int r;

        r = find(req, name, &param);
        if (r < 0)
                return r;
        if (!param) {
                *ret = STR_NULL;
                return 0;
        }
        if (param->kind != PARAM_TEXT)
                return request_refuse_field(req, name, "string_type", "Input should be a valid string");
        if (param->value.len > max)
                return request_refuse_field(req, name, "string_too_long",
                                            "String should have at most %zu characters", max);
        *ret = param->value;
        return 0;
}

int request_text(struct request *req, const char *name, size_t max, struct str *ret) {
        struct str text;
        int r;

        r = request_text_optional(req, name, max, &text);
        if (r < 0)
                return r;
        if (!text.ptr)
                return params_find(&req->body_params, str_of(name)) && req->body_kind == BODY_JSON
                               ? request_refuse_field(req, name, "string_type",
                                                      "Input should be a valid string")
                               : request_refuse_field(req, name, "missing", "Field required");
        *ret = text;
        return 0;
}

int request_bool(struct request *req, const char *name, bool *ret) {
        const struct param *param;
        bool value;
        int r;

        r = find(req, name, &param);
        if (r < 0)
                return r;
        if (!param)
                return request_refuse_field(req, name, "missing", "Field required");
        if (req->body_kind == BODY_FORM) {
                value = str_eq(param->value, STR("true"));
                if (!value && !str_eq(param->value, STR("false")))
                        return request_refuse_field(req, name, "bool_parsing",
                                                    "Input should be a valid boolean");
        } else {
                value = param->kind == PARAM_TRUE;
                if (!value && param->kind != PARAM_FALSE)
                        return request_refuse_field(req, name, "bool_type",
                                                    "Input should be a valid boolean");
        }
        *ret = value;
        return 0;
}
