#include "agents/store/leave.h"

#include "agents/store/publish.h"

/* The words go while it is known which listings there are. */
static int take_out(struct tx *tx, int64_t profile_id, struct str user_id, int64_t now) {
        int r;

        r = db_store_words_delete_of_profile(tx, profile_id);
        if (r >= 0)
                r = db_store_versions_delete_of_profile(tx, profile_id, user_id);
        if (r >= 0)
                r = db_store_versions_withdraw_of_profile(tx, profile_id, now);
        if (r >= 0)
                r = db_store_listings_hide_of_profile(tx, profile_id);
        if (r >= 0)
                r = db_store_listings_delete_empty_of_profile(tx, profile_id);
        return MIN_OF(r, 0);
}

int store_leave(struct tx *tx, struct arena *arena, struct str user_id, int64_t now) {
        struct store_profile_row profile;
        int r;

        r = db_store_profile_of_user(tx, arena, user_id, &profile);
        if (r <= 0)
                return r;
        r = db_store_username_keep(tx, profile.username, profile.id, now);
        if (r >= 0)
                r = take_out(tx, profile.id, user_id, now);
        if (r >= 0)
                r = db_store_profile_leave(tx, profile.id, now);
        if (r >= 0)
                r = store_profile_refresh(tx, arena, profile.id);
        if (r >= 0)
                r = db_store_profile_delete_empty(tx, profile.id);
        return r < 0 ? r : store_changed(tx);
}
