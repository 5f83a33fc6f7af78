/* Credentials as rows (src/db/sql/credentials.sql). */
#include "integrations/credential.h"

#include "account/audit.h"
#include "account/quota.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/statements.h"
#include "integrations/credential_secret.h"

/* The server's own, the same for everybody, as the Platform has them (contract §4.1). They hold no secret. */
static const struct credential system_credentials[] = {
        { .id = STR_INIT("744fdc56-071a-4761-b5a5-0af0ce10a2b5"),
          .provider = STR_INIT("ollama"),
          .kind = CREDENTIAL_API_KEY,
          .title = STR_INIT("Use Credits for Ollama"),
          .is_system = true },
};

/* Where an unknown word stands in a row, the row was tampered with: as one that does not open. */
static int take_words(struct str id, struct str kind, struct str state, struct credential *ret) {
        if (!credential_kind_find(kind, &ret->kind)) {
                LOG(LOG_ERROR, "a credential's row is of no known kind", LOG_STR("id", id));
                return -ERR_VAULT;
        }
        ret->state = str_eq(state, credential_state_name(CREDENTIAL_OK)) ? CREDENTIAL_OK
                                                                         : CREDENTIAL_RECONNECT_NEEDED;
        return 0;
}

/* What both kinds of row have. */
#define TAKE_SHOWN(row, ret)                                                                       \
        *(ret) = (struct credential) {                                                             \
                .id = (row)->id, .user_id = (row)->user_id, .provider = (row)->provider,           \
                .title = (row)->title, .scopes = (row)->scopes, .username = (row)->username,       \
                .host = (row)->host, .expires_at = (row)->expires_at,                              \
                .refresh_expires_at = (row)->refresh_expires_at, .revision = (row)->revision,      \
                .created_at = (row)->created_at, .updated_at = (row)->updated_at,                  \
                .last_used_at = (row)->last_used_at,                                               \
                .rest = { (row)->refresh_failures, (row)->refresh_after, (row)->refresh_problem }, \
        }

int credential_take_row(const struct credential_row *row, struct credential *ret) {
        TAKE_SHOWN(row, ret);
        ret->sealed = (struct vault_sealed){ .key_id = row->key_id, .bytes = row->sealed };
        return take_words(row->id, row->kind, row->state, ret);
}

struct vault_binding credential_binding(const struct credential *c) {
        return (struct vault_binding){
                .purpose = STR("credential"),
                .row_id = c->id,
                .user_id = c->user_id,
                .provider = c->provider,
                .kind = credential_kind_name(c->kind),
                .host = c->host,
        };
}

static void done_strbuf(struct strbuf *b) {
        strbuf_done(b); /* which wipes it */
}

static int seal(const struct context *context, struct tx *tx, struct arena *arena, struct credential *c,
                const struct credential_secret *secret) {
        _cleanup_(done_strbuf) struct strbuf plain = STRBUF_INIT(VAULT_PLAIN_MAX);
        const struct vault_binding binding = credential_binding(c);

        credential_secret_encode(secret, &plain);
        if (plain.failed)
                return -ERR_TOO_LARGE;
        return vault_seal(context, tx, arena, &binding, strbuf_str(&plain), &c->sealed);
}

static int check_room(struct tx *tx, const struct context *context, struct arena *arena, struct str user_id) {
        struct total_row count = { 0 };
        int r;

        r = quota_check_storage(tx, context, arena, user_id, 0); /* the person's others wait */
        if (r == 0)
                r = db_credentials_count(tx, arena, user_id, &count);
        if (r < 0)
                return r;
        return count.total < CREDENTIALS_MAX ? 0 : -ERR_CREDENTIALS_FULL;
}

int credential_create(const struct context *context, struct tx *tx, struct arena *arena, struct credential *c,
                      const struct credential_secret *secret) {
        char *id = arena_alloc(arena, ID_UUID_LENGTH);
        int64_t now = clock_now(context->clock);
        int r;

        if (!id)
                return -ERR_NO_MEMORY;
        r = check_room(tx, context, arena, c->user_id);
        if (r == 0)
                r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        c->id = str_n(id, ID_UUID_LENGTH);
        c->state = CREDENTIAL_OK;
        c->revision = 1;
        c->created_at = c->updated_at = now;
        c->last_used_at = 0;
        c->is_system = false;
        r = seal(context, tx, arena, c, secret);
        if (r < 0)
                return r;
        r = db_credential_insert(tx, c->id, c->user_id, c->provider, credential_kind_name(c->kind), c->title,
                                 c->scopes, c->username, c->host, c->expires_at, c->refresh_expires_at,
                                 credential_state_name(c->state), c->sealed.key_id, c->sealed.bytes, now);
        return MIN_OF(r, 0);
}

int credential_find(struct tx *tx, struct arena *arena, struct str user_id, struct str provider,
                    struct str id, struct credential *ret) {
        struct credential_row row;
        int r;

        for (size_t i = 0; i < ARRAY_LENGTH(system_credentials); i++)
                if (str_eq(system_credentials[i].id, id)) {
                        *ret = system_credentials[i];
                        ret->user_id = user_id;
                        return !provider.ptr || str_eq(provider, ret->provider);
                }
        r = db_credential_of_user(tx, arena, id, user_id, &row);
        if (r <= 0 || (provider.ptr && !str_eq(provider, row.provider)))
                return MIN_OF(r, 0);
        r = credential_take_row(&row, ret);
        return r < 0 ? r : 1;
}

int credential_list(struct tx *tx, struct arena *arena, struct str user_id, struct str provider,
                    struct credential **ret, size_t *ret_n) {
        struct credential_meta_row *rows;
        struct credential *list;
        size_t n, count = 0;
        int r;

        r = db_credentials_of_user(tx, arena, user_id, provider.ptr ? provider : STR(""), CREDENTIALS_MAX,
                                   &rows, &n);
        if (r < 0)
                return r;
        list = arena_alloc_array(arena, n + ARRAY_LENGTH(system_credentials), sizeof(*list));
        if (!list)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
                TAKE_SHOWN(&rows[i], &list[count]);
                r = take_words(rows[i].id, rows[i].kind, rows[i].state, &list[count++]);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(system_credentials); i++)
                if (!provider.ptr || str_eq(provider, system_credentials[i].provider)) {
                        list[count] = system_credentials[i];
                        list[count++].user_id = user_id;
                }
        *ret = list;
        *ret_n = count;
        return 0;
}

int credential_find_for_host(struct tx *tx, struct arena *arena, struct str user_id, struct str host,
                             struct credential *ret) {
        struct credential_row row;
        char lower[CREDENTIAL_HOST_MAX];
        int r;

        if (host.len > sizeof(lower))
                return 0;
        for (size_t i = 0; i < host.len; i++)
                lower[i] =
                        host.ptr[i] >= 'A' && host.ptr[i] <= 'Z' ? (char)(host.ptr[i] | 0x20) : host.ptr[i];
        r = db_credential_for_host(tx, arena, user_id, str_n(lower, host.len), &row);
        if (r <= 0)
                return r;
        r = credential_take_row(&row, ret);
        return r < 0 ? r : 1;
}

int credential_rename(struct tx *tx, const struct credential *c, struct str title) {
        return db_credential_retitle(tx, c->id, c->user_id, title);
}

int credential_delete(struct tx *tx, const struct credential *c) {
        return db_credential_remove(tx, c->id, c->user_id);
}

int credential_store_secret(const struct context *context, struct tx *tx, struct arena *arena,
                            struct credential *c, const struct credential_secret *secret) {
        int64_t now = clock_now(context->clock);
        int r;

        r = seal(context, tx, arena, c, secret);
        if (r < 0)
                return r;
        r = db_credential_replace(tx, c->id, c->user_id, c->revision, c->scopes, c->username, c->expires_at,
                                  c->refresh_expires_at, credential_state_name(CREDENTIAL_OK),
                                  c->sealed.key_id, c->sealed.bytes, now);
        if (r <= 0)
                return r;
        c->state = CREDENTIAL_OK;
        c->revision++;
        c->updated_at = now;
        return 1;
}

int credential_mark_reconnect(struct tx *tx, const struct credential *c) {
        return db_credential_set_state(tx, c->id, c->user_id, c->revision,
                                       credential_state_name(CREDENTIAL_RECONNECT_NEEDED));
}

int credential_reserve_refresh(const struct context *context, struct tx *tx, const struct credential *c,
                               int64_t until_ms) {
        return db_credential_reserve(tx, c->id, c->user_id, c->revision, until_ms, clock_now(context->clock));
}

int credential_release_refresh(struct tx *tx, const struct credential *c, int64_t until_ms) {
        return db_credential_release(tx, c->id, c->user_id, until_ms, c->rest.failures, c->rest.after,
                                     c->rest.problem);
}

int credential_open(const struct context *context, const struct credential *c,
                    struct credential_secret *ret) {
        const struct vault_binding binding = credential_binding(c);
        int r;

        credential_secret_init(ret);
        if (c->is_system)
                return 0;
        r = vault_open(context, &binding, &c->sealed, ret->bytes, &ret->len);
        if (r == 0)
                r = credential_secret_decode(ret);
        if (r < 0)
                credential_secret_done(ret);
        return r;
}

int credential_touch(const struct context *context, struct tx *tx, const struct credential *c) {
        int64_t now = clock_now(context->clock);
        int r;

        if (c->is_system || now - c->last_used_at < CREDENTIAL_TOUCH_MS)
                return 0;
        r = db_credential_used(tx, c->id, c->user_id, now - CREDENTIAL_TOUCH_MS, now);
        if (r <= 0)
                return r;
        return audit_job(context, tx, "agents",
                         &(struct audit){ AUDIT_CREDENTIAL_USED, .user_id = c->user_id, .subject = c->id,
                                          .detail = c->provider });
}
