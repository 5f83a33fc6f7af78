#include "http/request.h"

#include "http/request_int.h"

static const char *const method_names[HTTP_METHODS] = {
        [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",          [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH",        [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS", [HTTP_METHOD_OTHER] = "OTHER",
};

const char *http_method_name(enum http_method method) {
        return method < HTTP_METHODS ? method_names[method] : "OTHER";
}

void request_init(struct request *req) {
        arena_init(&req->arena, REQUEST_ARENA_MAX);
        req->json = NULL;
        request_reset(req);
}

void request_reset(struct request *req) {
        arena_reset(&req->arena);
        req->arena.max = REQUEST_ARENA_MAX;
        req->method = HTTP_METHOD_OTHER;
        req->target = STR_NULL;
        req->path = STR_NULL;
        req->query = STR_NULL;
        req->host = STR("");
        req->n_headers = 0;
        req->body_kind = BODY_NONE;
        req->takes_files = false;
        req->body = STR("");
        req->address[0] = '\0';
        req->id[0] = '\0';
        req->started_us = 0;
        memset(req->path_params, 0, sizeof(req->path_params));
        req->query_params = (struct params){ 0 };
        req->body_params = (struct params){ 0 };
        json_decref(req->json);
        req->json = NULL;
        req->error_detail = STR_NULL;
        req->error_sentence = NULL;
        req->error_field = STR_NULL;
        req->error_json = STR_NULL;
        req->error_type = NULL;
        req->retry_after = 0;
        req->context = NULL;
        req->tx = NULL;
        req->identity = NULL;
        req->bearer = NULL;
        req->rate = NULL;
        req->step_data = NULL;
}

void request_done(struct request *req) {
        json_decref(req->json);
        req->json = NULL;
        arena_done(&req->arena);
}

struct str request_header(const struct request *req, struct str name) {
        for (size_t i = 0; i < req->n_headers; i++)
                if (str_eq_ignore_case(req->headers[i].name, name))
                        return req->headers[i].value;
        return STR_NULL;
}

enum body_kind request_body_kind(struct str content_type) {
        ptrdiff_t end = str_find(content_type, ';');

        if (end >= 0)
                content_type = str_first(content_type, (size_t)end);
        content_type = str_trim(content_type);
        if (str_eq_ignore_case(content_type, STR("application/json")))
                return BODY_JSON;
        if (str_eq_ignore_case(content_type, STR("application/x-www-form-urlencoded")))
                return BODY_FORM;
        if (str_eq_ignore_case(content_type, STR("multipart/form-data")))
                return BODY_MULTIPART;
        return BODY_OTHER;
}

int request_parse_query(struct request *req) {
        struct str query = req->query.ptr ? req->query : STR("");

        if (req->query_params.parsed)
                return 0;
        return params_parse_form(&req->query_params, &req->arena, query, ERR_BAD_QUERY);
}

int request_parse_body(struct request *req) {
        if (req->body_params.parsed)
                return 0;
        switch (req->body_kind) {
        case BODY_NONE:
                return params_parse_form(&req->body_params, &req->arena, STR(""), ERR_BAD_FORM);
        case BODY_FORM:
                return params_parse_form(&req->body_params, &req->arena, req->body, ERR_BAD_FORM);
        case BODY_JSON:
                return params_parse_json(&req->body_params, &req->arena, req->body);
        case BODY_MULTIPART:
                if (!req->takes_files)
                        break;
                return params_parse_multipart(&req->body_params, &req->arena,
                                              request_header(req, STR("Content-Type")), req->body);
        case BODY_OTHER:
                break;
        }
        return -ERR_MEDIA_TYPE;
}

static void say(struct request *req, const char *format, va_list args) {
        req->error_sentence = sentence_vprintf(&req->arena, format, args);
        req->error_detail = req->error_sentence ? req->error_sentence->text : STR_NULL;
}

int request_refuse(struct request *req, enum error error, const char *format, ...) {
        va_list args;

        va_start(args, format);
        say(req, format, args);
        va_end(args);
        return -(int)error;
}

int request_refuse_field(struct request *req, const char *name, const char *type, const char *format, ...) {
        va_list args;

        va_start(args, format);
        say(req, format, args);
        va_end(args);
        req->error_field = arena_copy(&req->arena, str_of(name));
        req->error_type = type;
        return -ERR_INVALID_FIELD;
}
