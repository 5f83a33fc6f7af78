#include "oauth/api_key_info.h"

#include "account/scope.h"

void api_key_info_write(const struct api_key_info_row *key, struct json_writer *w) {
        json_object_begin(w);
        json_member_str(w, "id", key->id);
        json_member_str(w, "user_id", key->user_id);
        json_member_str(w, "type", STR("api_key"));
        json_member_str(w, "name", key->name);
        json_member_str(w, "description", key->description);
        json_member_str(w, "head", key->head);
        json_member_str(w, "tail", key->tail);
        json_member_str(w, "status", key->status);
        json_member_words(w, "scopes", key->permissions);
        json_member_time(w, "created_at", key->created_at);
        json_member_null(w, "expires_at");
        json_member_time(w, "last_used_at", key->last_used_at);
        json_member_time(w, "revoked_at", key->revoked_at);
        json_object_end(w);
}

int api_key_info_answer(struct response *res, const struct api_key_info_row *key) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        api_key_info_write(key, &w);
        return STEP_DONE;
}

int api_key_read_permissions(struct request *req, struct str *ret) {
        const struct param *list = params_find(&req->body_params, STR("permissions"));
        scope_set set = 0;
        struct str unknown;

        if (!list)
                return request_refuse_field(req, "permissions", "missing", "Field required");
        if (list->kind != PARAM_LIST)
                return request_refuse_field(req, "permissions", "list_type",
                                            "Input should be a valid list of strings");
        for (size_t i = 0; i < list->n_items; i++) {
                scope_set one;

                if (!scope_parse(list->items[i], &one, &unknown) || str_find(list->items[i], ' ') >= 0 ||
                    one == 0)
                        return request_refuse_field(
                                req, "permissions", "enum",
                                "Input should be a list of permissions such as 'IDENTITY' or "
                                "'EXECUTE_GRAPH'; item %zu is none",
                                i + 1);
                set |= one;
        }
        *ret = scope_text(&req->arena, set);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}
