#include "oauth/api_key_new.h"

#include "account/audit.h"
#include "account/identity.h"
#include "base/log.h"
#include "oauth/api_key.h"

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
        return n < API_KEYS_MAX ? 0 : -ERR_API_KEYS_FULL;
}

static int new_id(struct request *req, struct str *ret) {
        char *uuid = arena_alloc(&req->arena, ID_UUID_LENGTH);
        int r;

        if (!uuid)
                return -ERR_NO_MEMORY;
        r = id_uuid(req->context->clock, req->context->random, uuid);
        if (r < 0)
                return r;
        *ret = str_n(uuid, ID_UUID_LENGTH);
        return 0;
}

/* The row goes by its UUID, which people may see; the number in the text of the key serves nothing here. */
static int insert(struct request *req, struct api_key_info_row *key, struct secret *ret_text) {
        struct hash digest;
        int64_t number;
        int r;

        r = key->id.ptr ? 0 : new_id(req, &key->id);
        if (r == 0)
                r = token_make(req->context, TOKEN_PREFIX_KEY, ret_text, &number, &digest);
        if (r < 0)
                return r;
        key->head = arena_copy(&req->arena, str_first(secret_str(ret_text), API_KEY_PART));
        key->tail = arena_copy(&req->arena,
                               str_from(secret_str(ret_text), secret_str(ret_text).len - API_KEY_PART));
        if (!key->head.ptr || !key->tail.ptr)
                return -ERR_NO_MEMORY;
        return db_api_key_insert(req->tx, key->id, key->user_id, key->name, key->description, key->head,
                                 key->tail, hash_str(&digest), key->permissions, key->created_at);
}

int api_key_make(struct request *req, struct api_key_info_row *key, struct secret *ret_text) {
        int r;

        key->user_id = req->identity->user_id;
        key->status = STR("ACTIVE");
        key->created_at = clock_now(req->context->clock);
        r = check_room(req);
        if (r == 0)
                r = insert(req, key, ret_text);
        if (r <= 0)
                return r;
        r = audit(req, &(struct audit){ AUDIT_KEY_CREATED, .key_id = key->id, .detail = key->permissions });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "API key created", LOG_STR("key", key->id), LOG_STR("user", key->user_id));
        return 1;
}
