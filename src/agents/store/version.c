#include "agents/store/version.h"

static bool is_over(const struct store_draft *draft) {
        return str_eq(draft->status, STR("APPROVED"));
}

int store_version_add(struct tx *tx, const struct context *context, int64_t listing_id, int64_t number,
                      const struct store_draft *draft, char ret_id[ID_UUID_LENGTH + 1]) {
        const struct store_offer *o = draft->offer;
        int64_t now = clock_now(context->clock);
        int r;

        r = id_uuid(context->clock, context->random, ret_id);
        if (r < 0)
                return r;
        ret_id[ID_UUID_LENGTH] = '\0';
        r = db_store_listing_next(tx, listing_id, number);
        if (r >= 0)
                r = db_store_version_insert(
                        tx, str_of(ret_id), listing_id, number, draft->graph_id, draft->graph_version,
                        draft->status, o->name, o->sub_heading, o->description, o->instructions,
                        o->image_urls, o->image, o->video_url, o->output_demo_url, o->categories,
                        o->changes_summary, o->cron, now, now, is_over(draft) ? now : 0, draft->source);
        if (r < 0)
                return r;
        return r == 0 ? -ERR_SUBMISSION_OPEN : 0;
}

int store_version_change(struct tx *tx, const struct context *context, struct str id, struct str was,
                         const struct store_draft *draft) {
        const struct store_offer *o = draft->offer;
        int64_t now = clock_now(context->clock);
        int r;

        r = db_store_version_update(
                tx, id, was, draft->graph_id, draft->graph_version, draft->status, o->name, o->sub_heading,
                o->description, o->instructions, o->image_urls, o->image, o->video_url, o->output_demo_url,
                o->categories, o->changes_summary, o->cron, now, is_over(draft) ? now : 0, draft->source);
        return r == 0 ? -ERR_SUBMISSION_DECIDED : MIN_OF(r, 0);
}

int store_listing_open(struct tx *tx, const struct context *context, struct arena *arena, int64_t profile_id,
                       struct str slug, struct str graph_id, struct store_listing_row *ret) {
        struct store_count_row count = { 0 };
        int64_t id;
        int r;

        r = db_store_listing_by_slug(tx, arena, profile_id, slug, ret);
        if (r < 0)
                return r;
        if (r > 0)
                return str_eq(ret->graph_id, graph_id) || graph_id.len == 0 ? 0 : -ERR_SLUG_TAKEN;
        r = graph_id.len ? db_store_profile_hold(tx, profile_id)
                         : 0; /* so that several do not pass the limit together */
        if (r > 0)
                r = db_store_listings_of_profile(tx, arena, profile_id, &count);
        if (r < 0)
                return r;
        if (count.n >= STORE_LISTINGS_MAX)
                return -ERR_SUBMISSIONS_FULL;
        id = id_next(context->ids);
        r = db_store_listing_insert(tx, id, profile_id, slug, graph_id, STR(""), clock_now(context->clock));
        if (r <= 0)
                return r < 0 ? r : -ERR_SLUG_TAKEN;
        r = db_store_listing(tx, arena, id, ret);
        return r <= 0 ? (r < 0 ? r : -ERR_INTERNAL) : 0;
}
