/* How people make and list their API keys (dialect: API keys). */
#include <inttypes.h>

#include "account/identity.h"
#include "account/token.h"
#include "base/log.h"
#include "oauth/api_key.h"
#include "oauth/api_key_info.h"
#include "oauth/handlers.h"

enum {
        KEYS_MAX = 500, /* of one person that are not revoked; also the longest list */
        PAGE_SIZE_MAX = 100,
        PAGE_SIZE = 20,
        PAGE_MAX = 1000000,
};

/* Whether one more fits; the transaction that asks is the one that adds. */
static int check_room(struct request *req) {
        static const char *const kept[] = { "ACTIVE", "SUSPENDED" };
        int64_t n = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
                struct total_row count;
                int r = db_api_keys_count(req->tx, &req->arena, req->identity->user_id, str_of(kept[i]),
                                          &count);

                if (r < 0)
                        return r;
                n += count.total;
        }
        return n < KEYS_MAX ? 0 : -ERR_API_KEYS_FULL;
}

static int insert_key(struct request *req, struct api_key_info_row *key, struct secret *ret_text) {
        struct hash digest;
        int64_t id; /* part of the text; the row goes by its UUID, which people may see */
        char *uuid;
        int r;

        uuid = arena_alloc(&req->arena, ID_UUID_LENGTH);
        if (!uuid)
                return -ERR_NO_MEMORY;
        r = id_uuid(req->context->clock, req->context->random, uuid);
        if (r < 0)
                return r;
        r = token_make(req->context, TOKEN_PREFIX_KEY, ret_text, &id, &digest);
        if (r < 0)
                return r;
        key->id = str_n(uuid, ID_UUID_LENGTH);
        key->head = arena_copy(&req->arena, str_first(secret_str(ret_text), API_KEY_PART));
        key->tail = arena_copy(&req->arena,
                               str_from(secret_str(ret_text), secret_str(ret_text).len - API_KEY_PART));
        if (!key->head.ptr || !key->tail.ptr)
                return -ERR_NO_MEMORY;
        r = db_api_key_insert(req->tx, key->id, key->user_id, key->name, key->description, key->head,
                              key->tail, hash_str(&digest), key->permissions, key->created_at);
        return MIN_OF(r, 0);
}

int handle_api_key_create(struct request *req, struct response *res) {
        struct api_key_info_row key = { .user_id = req->identity->user_id,
                                        .status = STR("ACTIVE"),
                                        .created_at = clock_now(req->context->clock) };
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct json_writer w = JSON_WRITER(&res->body);
        int r;

        r = api_key_read_name(req, &key.name);
        if (r == 0)
                r = request_text_optional(req, "description", API_KEY_DESCRIPTION_MAX, &key.description);
        if (r == 0)
                r = api_key_read_permissions(req, &key.permissions);
        if (r == 0)
                r = check_room(req);
        if (r == 0)
                r = insert_key(req, &key, &text);
        if (r < 0)
                return r;
        LOG(LOG_INFO, "API key created", LOG_STR("key", key.id), LOG_STR("user", key.user_id));
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
        int64_t page, size;
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
        r = db_api_keys_of_user(req->tx, &req->arena, req->identity->user_id, STR(""), KEYS_MAX, 0, &keys,
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
