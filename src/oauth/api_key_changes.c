/* One API key of a person: what it is, and how it changes (dialect: API keys). */
#include "account/audit.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/api_key_change.h"
#include "oauth/api_key_info.h"
#include "oauth/handlers.h"

int handle_api_key(struct request *req, struct response *res) {
        struct api_key_info_row key;
        int r;

        r = db_api_key_of_user(req->tx, &req->arena, req->path_params[0], req->identity->user_id, &key);
        if (r < 0)
                return r;
        return r ? api_key_info_answer(res, &key) : -ERR_API_KEY_NOT_FOUND;
}

/* Why nothing was changed: there is no such key, or it is revoked. */
static int refuse_change(struct request *req) {
        struct api_key_info_row key;
        int r;

        r = db_api_key_of_user(req->tx, &req->arena, req->path_params[0], req->identity->user_id, &key);
        if (r < 0)
                return r;
        if (r > 0)
                return -ERR_API_KEY_REVOKED;
        if (!id_is_uuid(req->path_params[0]))
                return -ERR_API_KEY_NOT_FOUND;
        return request_refuse(req, ERR_API_KEY_NOT_FOUND, "API key with id " STR_FMT " not found.",
                              STR_ARG(req->path_params[0]));
}

int api_key_set_status(struct request *req, struct str status, enum audit_event event,
                       struct api_key_info_row *ret) {
        int64_t now = clock_now(req->context->clock);
        struct api_key_info_row key;
        int r;

        r = db_api_key_set_status(req->tx, &req->arena, req->path_params[0], req->identity->user_id, status,
                                  str_eq(status, STR("REVOKED")) ? now : 0, now, &key);
        if (r < 0)
                return r;
        if (r == 0)
                return refuse_change(req);
        r = audit(req, &(struct audit){ event, .key_id = key.id, .subject = key.id, .detail = key.name });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "API key's status set", LOG_STR("status", status), LOG_STR("key", key.id),
            LOG_STR("user", key.user_id));
        *ret = key;
        return 0;
}

static int set_status(struct request *req, struct response *res, struct str status, enum audit_event event) {
        struct api_key_info_row key;
        int r = api_key_set_status(req, status, event, &key);

        return r < 0 ? r : api_key_info_answer(res, &key);
}

int handle_api_key_suspend(struct request *req, struct response *res) {
        return set_status(req, res, STR("SUSPENDED"), AUDIT_KEY_SUSPENDED);
}

int handle_api_key_activate(struct request *req, struct response *res) {
        return set_status(req, res, STR("ACTIVE"), AUDIT_KEY_ACTIVATED);
}

/* Revoking twice is no error: what was asked for holds. */
int handle_api_key_revoke(struct request *req, struct response *res) {
        int r = set_status(req, res, STR("REVOKED"), AUDIT_KEY_REVOKED);

        return r == -ERR_API_KEY_REVOKED ? handle_api_key(req, res) : r;
}

int handle_api_key_permissions(struct request *req, struct response *res) {
        struct api_key_info_row key;
        struct str permissions;
        int r;

        r = request_parse_body(req);
        if (r == 0)
                r = api_key_read_permissions(req, &permissions);
        if (r < 0)
                return r;
        r = db_api_key_set_permissions(req->tx, &req->arena, req->path_params[0], req->identity->user_id,
                                       permissions, clock_now(req->context->clock), &key);
        if (r < 0)
                return r;
        if (r == 0)
                return refuse_change(req);
        r = audit(req, &(struct audit){ AUDIT_KEY_PERMISSIONS, .key_id = key.id, .subject = key.id,
                                        .detail = permissions });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "API key's permissions changed", LOG_STR("key", key.id), LOG_STR("user", key.user_id));
        return api_key_info_answer(res, &key);
}

/* Changes the name, the description, or both. */
int handle_api_key_describe(struct request *req, struct response *res) {
        struct api_key_info_row key;
        int r;

        r = request_parse_body(req);
        if (r < 0)
                return r;
        r = db_api_key_of_user(req->tx, &req->arena, req->path_params[0], req->identity->user_id, &key);
        if (r <= 0)
                return r < 0 ? r : refuse_change(req);
        if (params_find(&req->body_params, STR("name")))
                r = request_text(req, "name", API_KEY_NAME_MAX, &key.name);
        else
                r = 0;
        if (r == 0 && params_find(&req->body_params, STR("description")))
                r = request_text_optional(req, "description", API_KEY_DESCRIPTION_MAX, &key.description);
        if (r < 0)
                return r;
        r = db_api_key_describe(req->tx, &req->arena, key.id, key.user_id, key.name, key.description,
                                clock_now(req->context->clock), &key);
        if (r <= 0)
                return r < 0 ? r : -ERR_API_KEY_NOT_FOUND;
        r = audit(req, &(struct audit){ AUDIT_KEY_DESCRIBED, .key_id = key.id, .subject = key.id,
                                        .detail = key.name });
        return r < 0 ? r : api_key_info_answer(res, &key);
}
