#include "jobs/cleanup_apps.h"

#include "base/errors.h"
#include "jobs/cleanup_people.h"

static int remove_authorizations(struct tx *tx, struct arena *arena, struct cleanup_apps *at, int64_t size) {
        struct stretch_row stretch;
        int r;

        r = db_authorizations_stretch(tx, arena, at->authorization, INT64_MAX, size, &stretch);
        if (r < 0)
                return r;
        at->authorizations_done = stretch.rows < size;
        if (stretch.rows == 0)
                return 0;
        r = db_authorizations_delete_of_gone(tx, at->authorization, stretch.last);
        at->authorization = stretch.last;
        return r;
}

static int remember(char to[CLEANUP_APP_ID_MAX + 1], struct str id) {
        if (id.len > CLEANUP_APP_ID_MAX)
                return -ERR_INTERNAL;
        memcpy(to, id.ptr, id.len);
        to[id.len] = '\0';
        return 0;
}

static int remove_consents(struct tx *tx, struct arena *arena, struct cleanup_apps *at, int64_t size,
                           bool *ret_finished) {
        struct str user_id = str_of(at->user_id), app_id = str_of(at->app_id);
        struct consent_key_row last;
        int removed, r;

        r = db_consent_behind(tx, arena, user_id, app_id, size - 1, &last);
        *ret_finished = r == 0;
        if (r == 0)
                r = db_consent_last(tx, arena, user_id, &last);
        if (r <= 0)
                return r;
        removed = db_consents_delete_of_gone(tx, user_id, app_id, last.user_id, last.app_id);
        r = remember(at->user_id, last.user_id);
        if (r >= 0)
                r = remember(at->app_id, last.app_id);
        return r < 0 ? r : removed;
}

int cleanup_apps(struct tx *tx, struct arena *arena, struct cleanup_apps *at, int64_t now, int64_t size,
                 bool *ret_finished) {
        struct held_row any;
        int removed, r;

        r = db_deleted_apps_any(tx, arena, &any);
        *ret_finished = r == 0;
        if (r <= 0)
                return r;
        removed = db_app_credentials_delete_of_gone(tx, size);
        if (removed != 0)
                return removed;
        if (!at->authorizations_done)
                return remove_authorizations(tx, arena, at, size);
        removed = remove_consents(tx, arena, at, size, ret_finished);
        if (removed < 0 || !*ret_finished)
                return removed;
        r = db_deleted_apps_forget(tx, now - CLEANUP_PEOPLE_KEEP_MS);
        return r < 0 ? r : removed;
}
