#include "agents/store/publish.h"

#include <jansson.h>

#include "agents/store/words.h"
#include "agents/value/value.h"
#include "base/json_write.h"

enum {
        STATE = 1,                  /* the one row of store_state */
        LISTINGS_LOOKED_AT = 10000, /* for a creator's categories */
        TOP_CATEGORIES = 5,
        NAME_KEY_MAX = 2048, /* bytes */
};

int store_changed(struct tx *tx) {
        return MIN_OF(db_store_changed(tx, STATE), 0);
}

static int parse_list(struct str text, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        r = value_parse(text, false, ret, problem);
        return r == -ERR_BAD_JSON ? -ERR_INTERNAL : r; /* it was a list when it was stored */
}

static int index_listing(struct tx *tx, const struct store_listing_row *listing,
                         const struct store_version_row *version) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(STORE_TOKENS_MAX);
        json_auto_t *categories = NULL;
        const json_t *category;
        size_t i;
        int r;

        r = parse_list(version->categories, &categories);
        if (r < 0)
                return r;
        store_token_creator(&out, listing->profile_id);
        if (listing->is_featured)
                strbuf_append(&out, STR(" lf"));
        store_tokens_append(&out, version->name, "abd");
        store_tokens_append(&out, version->sub_heading, "bd");
        json_array_foreach(categories, i, category) {
                store_token_category(&out, value_str(category));
                store_tokens_append(&out, value_str(category), "bd");
        }
        store_tokens_append(&out, version->description, "d");
        if (out.failed)
                return -ERR_NO_MEMORY;
        return MIN_OF(db_store_words_insert(tx, listing->id, strbuf_str(&out)), 0);
}

static int show(struct tx *tx, const struct store_listing_row *listing,
                const struct store_version_row *version) {
        _cleanup_(strbuf_done) struct strbuf key = STRBUF_INIT(NAME_KEY_MAX);
        int r;

        store_sort_key(&key, version->name);
        if (key.failed)
                return -ERR_NO_MEMORY;
        r = db_store_listing_show(tx, listing->id, version->id, version->graph_id, strbuf_str(&key), true,
                                  version->reviewed_at);
        return r < 0 ? r : index_listing(tx, listing, version);
}

int store_listing_publish(struct tx *tx, struct arena *arena, int64_t listing_id) {
        struct store_version_row version;
        struct store_listing_row listing;
        int r;

        r = db_store_listing(tx, arena, listing_id, &listing);
        if (r <= 0)
                return r;
        r = db_store_words_delete(tx, listing_id);
        if (r >= 0)
                r = db_store_version_to_show(tx, arena, listing_id, &version);
        if (r < 0)
                return r;
        if (r > 0)
                return show(tx, &listing, &version);
        r = db_store_listing_show(tx, listing_id, STR(""), listing.graph_id, STR(""), false, 0);
        return MIN_OF(r, 0);
}

/* --- creators --- */

static int count_categories(const struct store_category_row *rows, size_t n, json_t *counts) {
        for (size_t i = 0; i < n; i++) {
                json_auto_t *list = NULL;
                const json_t *each;
                size_t k;
                int r;

                r = parse_list(rows[i].categories, &list);
                if (r < 0)
                        return r;
                json_array_foreach(list, k, each) {
                        const char *name = json_string_value(each);
                        json_int_t before = json_integer_value(json_object_get(counts, name));

                        if (name && json_object_set_new(counts, name, json_integer(before + 1)) < 0)
                                return -ERR_NO_MEMORY;
                }
        }
        return 0;
}

/* Takes out the most frequent one, of several the first in the order of bytes. */
static bool take_top(json_t *counts, char *out, size_t size) {
        const char *name, *top = NULL;
        json_int_t most = 0;
        json_t *count;

        json_object_foreach(counts, name, count) {
                json_int_t n = json_integer_value(count);

                if (n > most || (n == most && top && strcmp(name, top) < 0)) {
                        most = n;
                        top = name;
                }
        }
        if (!top || strlen(top) >= size)
                return false;
        memcpy(out, top, strlen(top) + 1);
        (void)json_object_del(counts, out);
        return true;
}

static int write_top(struct tx *tx, struct arena *arena, int64_t profile_id, struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);
        struct store_category_row *rows;
        json_auto_t *counts = json_object();
        char name[512];
        size_t n;
        int r;

        if (!counts)
                return -ERR_NO_MEMORY;
        r = db_store_profile_categories(tx, arena, profile_id, LISTINGS_LOOKED_AT, &rows, &n);
        if (r >= 0)
                r = count_categories(rows, n, counts);
        if (r < 0)
                return r;
        json_array_begin(&w);
        for (unsigned i = 0; i < TOP_CATEGORIES && take_top(counts, name, sizeof(name)); i++)
                json_str(&w, str_of(name));
        json_array_end(&w);
        return out->failed ? -ERR_NO_MEMORY : 0;
}

static int index_profile(struct tx *tx, const struct store_profile_row *profile) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(STORE_TOKENS_MAX);
        int r;

        r = db_store_words_delete(tx, profile->id);
        if (r < 0 || profile->listings == 0)
                return MIN_OF(r, 0);
        strbuf_append(&out, STR("lk"));
        if (profile->is_featured)
                strbuf_append(&out, STR(" lkf"));
        store_tokens_append(&out, profile->username, "pq");
        store_tokens_append(&out, profile->name, "pq");
        store_tokens_append(&out, profile->description, "q");
        if (out.failed)
                return -ERR_NO_MEMORY;
        return MIN_OF(db_store_words_insert(tx, profile->id, strbuf_str(&out)), 0);
}

int store_profile_refresh(struct tx *tx, struct arena *arena, int64_t profile_id) {
        _cleanup_(strbuf_done) struct strbuf top = STRBUF_INIT(8192);
        _cleanup_(arena_done) struct arena many;
        struct store_profile_row profile;
        int r;

        arena_init(&many, (size_t)LISTINGS_LOOKED_AT * 2048);
        r = db_store_profile_hold(
                tx, profile_id); /* who has counted on a listing has counted here, too, or waits */
        if (r >= 0)
                r = write_top(tx, &many, profile_id, &top);
        if (r == 0)
                r = db_store_profile_sum(tx, profile_id, strbuf_str(&top));
        if (r >= 0)
                r = db_store_profile(tx, arena, profile_id, &profile);
        return r <= 0 ? r : index_profile(tx, &profile);
}
