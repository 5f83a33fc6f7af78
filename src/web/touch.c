#include "web/touch.h"

#include <stdlib.h>

#include "account/identity.h"
#include "account/rate_limit.h"
#include "account/session.h"
#include "base/memory.h"
#include "oauth/api_key.h"

struct touch {
        struct write_job job;
        const struct context *context;
        int64_t session;
};

static int touch_run(struct write_job *job, struct tx *tx) {
        const struct touch *touch = CONTAINER_OF(job, struct touch, job);

        return session_touch(touch->context, tx, touch->session);
}

static void touch_done(struct write_job *job, int result _unused_) {
        free(CONTAINER_OF(job, struct touch, job));
}

void touch_session(const struct context *context, struct database *database, const struct request *req) {
        const struct identity *who = req->identity;
        struct touch *touch;

        if (!who || who->kind != IDENTITY_SESSION || !who->session_stale)
                return;
        touch = calloc(1, sizeof(*touch));
        if (!touch)
                return; /* the next request tries again */
        touch->job = (struct write_job){ .run = touch_run, .done = touch_done };
        touch->context = context;
        touch->session = who->session_id;
        database_submit(database, &touch->job);
}

struct key_touch {
        struct write_job job;
        int64_t now;
        bool rehashed;
        size_t id_length, old_hash_length;
        char new_hash[CLIENT_SECRET_HEX_LENGTH], new_salt[CLIENT_SECRET_HEX_LENGTH];
        char text[]; /* id and old hash */
};

static int key_touch_run(struct write_job *job, struct tx *tx) {
        const struct key_touch *t = CONTAINER_OF(job, struct key_touch, job);
        struct str id = str_n(t->text, t->id_length);
        int r = 0;

        if (t->rehashed)
                r = db_api_key_rehash(tx, id, str_n(t->text + t->id_length, t->old_hash_length),
                                      str_n(t->new_hash, sizeof(t->new_hash)),
                                      str_n(t->new_salt, sizeof(t->new_salt)));
        return r < 0 ? r : db_api_key_touch(tx, id, t->now);
}

static void key_touch_done(struct write_job *job, int result _unused_) {
        struct key_touch *t = CONTAINER_OF(job, struct key_touch, job);

        memory_wipe(t->new_hash, sizeof(t->new_hash));
        free(t);
}

void touch_api_key(const struct context *context, struct database *database, const struct request *req) {
        const struct api_key *key = req->identity ? req->identity->key : NULL;
        struct key_touch *t;

        if (!key || req->identity->kind != IDENTITY_KEY || !api_key_needs_touch(context, key))
                return;
        t = calloc(1, sizeof(*t) + key->row->id.len + key->row->hash.len);
        if (!t)
                return; /* the next request tries again */
        t->job = (struct write_job){ .run = key_touch_run, .done = key_touch_done };
        t->now = clock_now(context->clock);
        t->rehashed = key->rehashed;
        t->id_length = key->row->id.len;
        t->old_hash_length = key->row->hash.len;
        memcpy(t->new_hash, key->new_hash, sizeof(t->new_hash));
        memcpy(t->new_salt, key->new_salt, sizeof(t->new_salt));
        memcpy(t->text, key->row->id.ptr, key->row->id.len);
        memcpy(t->text + t->id_length, key->row->hash.ptr, key->row->hash.len);
        database_submit(database, &t->job);
}

struct app_touch {
        struct write_job job;
        int64_t now;
        size_t user_length, app_length;
        char text[]; /* ids of both */
};

static int app_touch_run(struct write_job *job, struct tx *tx) {
        const struct app_touch *t = CONTAINER_OF(job, struct app_touch, job);

        return db_consent_touch(tx, str_n(t->text, t->user_length),
                                str_n(t->text + t->user_length, t->app_length), t->now);
}

static void app_touch_done(struct write_job *job, int result _unused_) {
        free(CONTAINER_OF(job, struct app_touch, job));
}

void touch_app(const struct context *context, struct database *database, const struct request *req) {
        const struct identity *who = req->identity;
        struct app_touch *t;

        if (!rate_limit_use_due(req))
                return;
        t = calloc(1, sizeof(*t) + who->user_id.len + who->app_id.len);
        if (!t)
                return; /* a minute later, then */
        t->job = (struct write_job){ .run = app_touch_run, .done = app_touch_done };
        t->now = clock_now(context->clock);
        t->user_length = who->user_id.len;
        t->app_length = who->app_id.len;
        memcpy(t->text, who->user_id.ptr, who->user_id.len);
        memcpy(t->text + t->user_length, who->app_id.ptr, who->app_id.len);
        database_submit(database, &t->job);
}
