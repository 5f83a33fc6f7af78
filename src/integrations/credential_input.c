#include "integrations/credential_input.h"

#include "base/errors.h"
#include "base/memory.h"
#include "integrations/credential_host.h"

enum {
        UTF8_MAX = 4,                  /* bytes of a character */
        HOST_INPUT_MAX = 1024,         /* bytes */
        HEADERS_INPUT_MAX = 64 * 1024, /* bytes of their JSON, escapes and all */
};

static const int64_t seconds_max = INT64_C(253402300799); /* the end of 9999 */

int credential_read_title(struct request *req, bool required, struct str *ret) {
        int r;

        r = required ? request_text(req, "title", CREDENTIAL_TITLE_MAX * UTF8_MAX, ret)
                     : request_text_optional(req, "title", CREDENTIAL_TITLE_MAX * UTF8_MAX, ret);
        if (r < 0 || !ret->ptr)
                return r;
        if (str_trim(*ret).len == 0)
                return request_refuse_field(req, "title", "string_too_short",
                                            "String should have at least 1 character");
        if (str_utf8_length(*ret) > CREDENTIAL_TITLE_MAX)
                return request_refuse_field(req, "title", "string_too_long",
                                            "String should have at most %d characters", CREDENTIAL_TITLE_MAX);
        if (str_has_control(*ret))
                return request_refuse_field(req, "title", "value_error",
                                            "There must be no control character");
        return 0;
}

/* A text that is secret: never said back, and never empty. */
static int read_secret(struct request *req, const char *name, size_t max, bool lines, struct str *ret) {
        int r = request_text(req, name, max, ret);

        if (r < 0)
                return r;
        if (ret->len == 0)
                return request_refuse_field(req, name, "string_too_short",
                                            "String should have at least 1 character");
        if (!lines && str_has_control(*ret))
                return request_refuse_field(req, name, "value_error", "There must be no control character");
        return 0;
}

static int read_expiry(struct request *req, int64_t *ret) {
        const struct param *param = params_find(&req->body_params, STR("expires_at"));
        uint64_t seconds;

        *ret = 0;
        if (!param || param->kind == PARAM_NULL)
                return 0;
        if (param->kind != PARAM_NUMBER || !str_to_uint(param->value, (uint64_t)seconds_max, &seconds))
                return request_refuse_field(req, "expires_at", "int_type",
                                            "Input should be a number of seconds since 1970");
        *ret = (int64_t)seconds * 1000;
        return 0;
}

static int read_host(struct request *req, struct str *ret) {
        const char *problem;
        struct str text;
        int r;

        r = request_text(req, "host", HOST_INPUT_MAX, &text);
        if (r == 0)
                r = credential_host_read(&req->arena, text, ret, &problem);
        if (r == -ERR_INVALID_FIELD && !req->error_field.ptr)
                return request_refuse_field(req, "host", "value_error", "%s", problem);
        return r;
}

/* A form's one header field, as the JSON that says the same. */
static int read_header_fields(struct request *req, struct str *ret) {
        struct str name, value;
        json_t *object;
        char *text;
        int r;

        r = read_secret(req, "header_name", CREDENTIAL_HEADER_NAME_MAX, false, &name);
        if (r == 0)
                r = read_secret(req, "header_value", CREDENTIAL_HEADER_VALUE_MAX, false, &value);
        if (r < 0)
                return r;
        object = json_object();
        json_object_setn_new(object, name.ptr, name.len, json_stringn(value.ptr, value.len));
        text = json_dumps(object, JSON_COMPACT);
        *ret = text ? arena_copy(&req->arena, str_of(text)) : STR_NULL;
        memory_free_wiped(text);
        json_decref(object);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int read_headers(struct request *req, struct credential_secret *ret) {
        const struct param *param = params_find(&req->body_params, STR("headers"));
        const char *problem;
        struct str fields;
        int r;

        if (req->body_kind == BODY_FORM) {
                r = read_header_fields(req, &fields);
                if (r == 0)
                        r = credential_headers_read(&req->arena, fields, ret, &problem);
                return r == -ERR_INVALID_FIELD && !req->error_field.ptr
                               ? request_refuse_field(req, "header_name", "value_error", "%s", problem)
                               : r;
        }
        if (!param || param->kind == PARAM_NULL)
                return 0;
        if (param->kind != PARAM_OTHER || param->value.len > HEADERS_INPUT_MAX)
                return request_refuse_field(req, "headers", "dict_type",
                                            "Input should be a valid dictionary");
        r = credential_headers_read(&req->arena, param->value, ret, &problem);
        return r == -ERR_INVALID_FIELD ? request_refuse_field(req, "headers", "value_error", "%s", problem)
                                       : r;
}

static int read_kind(struct request *req, const struct provider *provider, enum credential_kind *ret) {
        struct str name;
        int r;

        r = request_text(req, "type", CREDENTIAL_PROVIDER_MAX, &name);
        if (r < 0)
                return r;
        if (!credential_kind_find(name, ret) || *ret == CREDENTIAL_OAUTH2)
                return request_refuse_field(req, "type", "union_tag_invalid",
                                            "Must be 'api_key', 'user_password' or 'host_scoped'");
        if (!(provider->kinds & *ret))
                return request_refuse(req, ERR_PROVIDER_KIND,
                                      "Provider '" STR_FMT "' does not accept " STR_FMT " credentials",
                                      STR_ARG(provider->name), STR_ARG(name));
        return 0;
}

int credential_read(struct request *req, const struct provider *provider, struct credential *ret,
                    struct credential_secret *ret_secret) {
        int r;

        r = request_parse_body(req);
        if (r == 0)
                r = read_kind(req, provider, &ret->kind);
        if (r == 0)
                r = credential_read_title(req, false, &ret->title);
        if (r < 0)
                return r;
        switch (ret->kind) {
        case CREDENTIAL_API_KEY:
                r = read_secret(req, "api_key", CREDENTIAL_KEY_MAX, true, &ret_secret->api_key);
                return r < 0 ? r : read_expiry(req, &ret->expires_at);
        case CREDENTIAL_USER_PASSWORD:
                r = read_secret(req, "username", CREDENTIAL_USERNAME_MAX, false, &ret_secret->username);
                if (r < 0)
                        return r;
                return read_secret(req, "password", CREDENTIAL_PASSWORD_MAX, false, &ret_secret->password);
        case CREDENTIAL_HOST_SCOPED:
                r = read_host(req, &ret->host);
                return r < 0 ? r : read_headers(req, ret_secret);
        case CREDENTIAL_OAUTH2:
                break;
        }
        return -ERR_INTERNAL;
}
