#include <jansson.h>

#include "base/json_depth.h"
#include "base/memory.h"
#include "http/request_int.h"

static void json_free(json_t **value) {
        json_decref(*value);
}

static void text_free(char **text) {
        memory_free_wiped(*text);
}

/* A value that is neither text nor a list keeps its JSON text. */
static int keep_json(struct arena *arena, const json_t *value, struct param *param) {
        _cleanup_(text_free) char *text =
                json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));

        if (!text)
                return -ERR_NO_MEMORY;
        param->value = arena_copy(arena, str_of(text));
        return param->value.ptr ? 0 : -ERR_NO_MEMORY;
}

static int copy_text(struct arena *arena, const json_t *value, struct str *ret) {
        *ret = arena_copy(arena, str_n(json_string_value(value), json_string_length(value)));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

/* Joins the items with spaces, unless one of them holds a space: then there is no such text. */
static int join(struct arena *arena, struct param *param) {
        size_t total = 0, at = 0;
        char *to;

        for (size_t i = 0; i < param->n_items; i++) {
                if (str_find(param->items[i], ' ') >= 0)
                        return 0;
                total += param->items[i].len + 1;
        }
        to = arena_alloc(arena, total + 1);
        if (!to)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < param->n_items; i++) {
                if (i)
                        to[at++] = ' ';
                memcpy(to + at, param->items[i].ptr, param->items[i].len);
                at += param->items[i].len;
        }
        param->value = str_n(to, at);
        return 0;
}

static int take_array(struct arena *arena, const json_t *value, struct param *param) {
        size_t n = json_array_size(value);
        int r;

        for (size_t i = 0; i < n; i++)
                if (!json_is_string(json_array_get(value, i))) {
                        param->kind = PARAM_OTHER;
                        return keep_json(arena, value, param);
                }
        param->kind = PARAM_LIST;
        param->n_items = n;
        param->items = arena_alloc_array(arena, n + 1, sizeof(*param->items));
        if (!param->items)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
                r = copy_text(arena, json_array_get(value, i), &param->items[i]);
                if (r < 0)
                        return r;
        }
        return join(arena, param);
}

static int take_value(struct arena *arena, const json_t *value, struct param *param) {
        switch (json_typeof(value)) {
        case JSON_STRING:
                param->kind = PARAM_TEXT;
                return copy_text(arena, value, &param->value);
        case JSON_ARRAY:
                return take_array(arena, value, param);
        case JSON_NULL:
                param->kind = PARAM_NULL;
                break;
        case JSON_TRUE:
                param->kind = PARAM_TRUE;
                break;
        case JSON_FALSE:
                param->kind = PARAM_FALSE;
                break;
        case JSON_INTEGER:
        case JSON_REAL:
                param->kind = PARAM_NUMBER;
                break;
        default:
                param->kind = PARAM_OTHER;
        }
        return keep_json(arena, value, param);
}

int params_parse_json(struct params *params, struct arena *arena, struct str text) {
        _cleanup_(json_free) json_t *object = NULL;
        json_error_t problem;
        const char *name;
        json_t *value;
        int r;

        if (json_deeper_than(text, JSON_DEPTH_MAX))
                return -ERR_BAD_JSON;
        object = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
        if (!object)
                return json_error_code(&problem) == json_error_duplicate_key   ? -ERR_REPEATED_PARAMETER
                       : json_error_code(&problem) == json_error_out_of_memory ? -ERR_NO_MEMORY
                                                                               : -ERR_BAD_JSON;
        if (!json_is_object(object))
                return -ERR_BAD_JSON;
        r = params_begin(params, arena, json_object_size(object));
        if (r < 0)
                return r;
        json_object_foreach(object, name, value) {
                struct param param = { .name = arena_copy(arena, str_of(name)) };

                if (!param.name.ptr)
                        return -ERR_NO_MEMORY;
                r = take_value(arena, value, &param);
                if (r < 0)
                        return r;
                r = params_add(params, &param);
                if (r < 0)
                        return r;
        }
        params->parsed = true;
        return 0;
}

int request_json_text(struct request *req, const char *name, size_t max, struct str *ret) {
        _cleanup_(json_free) json_t *value = NULL;

        if (req->body_kind == BODY_NONE)
                return request_refuse_field(req, name, "missing", "Field required");
        if (req->body_kind != BODY_JSON)
                return -ERR_MEDIA_TYPE;
        if (json_deeper_than(req->body, JSON_DEPTH_MAX))
                return -ERR_BAD_JSON;
        value = json_loadb(req->body.ptr, req->body.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        if (!value)
                return request_refuse(req, ERR_BAD_JSON, "The body is not valid JSON");
        if (!json_is_string(value))
                return request_refuse_field(req, name, "string_type", "Input should be a valid string");
        if (json_string_length(value) > max)
                return request_refuse_field(req, name, "string_too_long",
                                            "String should have at most %zu characters", max);
        return copy_text(&req->arena, value, ret);
}
