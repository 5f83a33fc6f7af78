/* How people make and list their API keys (dialect: API keys). */
#include <inttypes.h>

#include "account/audit.h"
#include "account/identity.h"
#include "oauth/api_key_info.h"
#include "oauth/api_key_new.h"
#include "oauth/handlers.h"

enum {
        PAGE_SIZE_MAX = 100,
        PAGE_SIZE = 20,
        PAGE_MAX = 1000000,
};

int handle_api_key_create(struct request *req, struct response *res) {
        struct api_key_info_row key = { .id = STR_NULL };
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct json_writer w = JSON_WRITER(&res->body);
        int r;

        r = request_text(req, "name", API_KEY_NAME_MAX, &key.name);
        if (r == 0)
                r = request_text_optional(req, "description", API_KEY_DESCRIPTION_MAX, &key.description);
        if (r == 0)
                r = api_key_read_permissions(req, &key.permissions);
        if (r == 0)
                r = api_key_make(req, &key, &text);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_key(&w, "api_key");
        api_key_info_write(&key, &w);
        json_member_str(&w, "plain_text_key", secret_str(&text));
        json_object_end(&w);
        return STEP_DONE;
}

/* --- lists --- */

static int read_number(struct request *req, const char *name, uint64_t otherwise, uint64_t max,
                       int64_t *ret) {
        const struct param *param = params_find(&req->query_params, str_of(name));
        uint64_t value = otherwise;

        if (param && (!str_to_uint(param->value, max, &value) || value == 0))
                return request_refuse(req, ERR_BAD_REQUEST, "%s must be a number from 1 to %" PRIu64, name,
                                      max);
        *ret = (int64_t)value;
        return 0;
}

/* The newer form, page by page; of active keys unless another status is asked for. */
static int answer_page(struct request *req, struct response *res) {
        const struct param *wanted = params_find(&req->query_params, STR("status"));
        struct str status = wanted ? wanted->value : STR("ACTIVE");
        struct json_writer w = JSON_WRITER(&res->body);
        struct api_key_info_row *keys;
        struct total_row count;
        int64_t page = 1, size = PAGE_SIZE;
        size_t n;
        int r;

        if (str_eq(status, STR("ALL")))
                status = STR("");
        else if (!str_eq(status, STR("ACTIVE")) && !str_eq(status, STR("SUSPENDED")) &&
                 !str_eq(status, STR("REVOKED")))
                return request_refuse(req, ERR_BAD_REQUEST,
                                      "status must be ACTIVE, SUSPENDED, REVOKED or ALL");
        r = read_number(req, "page", 1, PAGE_MAX, &page);
        if (r == 0)
                r = read_number(req, "page_size", PAGE_SIZE, PAGE_SIZE_MAX, &size);
        if (r == 0)
                r = db_api_keys_count(req->tx, &req->arena, req->identity->user_id, status, &count);
        if (r < 0)
                return r;
        r = db_api_keys_of_user(req->tx, &req->arena, req->identity->user_id, status, size, (page - 1) * size,
                                &keys, &n);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_key(&w, "items");
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                api_key_info_write(&keys[i], &w);
        json_array_end(&w);
        json_member_int(&w, "total_count", count.total);
        json_member_int(&w, "page", page);
        json_member_int(&w, "page_size", size);
        json_member_bool(&w, "has_more", page * size < count.total);
        json_object_end(&w);
        return STEP_DONE;
}

int handle_api_keys(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct api_key_info_row *keys;
        size_t n;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        if (params_find(&req->query_params, STR("page")) || params_find(&req->query_params, STR("page_size")))
                return answer_page(req, res);
        r = db_api_keys_of_user(req->tx, &req->arena, req->identity->user_id, STR(""), API_KEYS_MAX, 0, &keys,
                                &n);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                api_key_info_write(&keys[i], &w);
        json_array_end(&w);
        return STEP_DONE;
}
