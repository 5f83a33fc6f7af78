#include "agents/store/listing.h"

#include "agents/store/search.h"

static struct str lower(struct arena *arena, struct str text) {
        struct str copy = arena_copy(arena, text);

        for (size_t i = 0; i < copy.len; i++)
                if (copy.ptr[i] >= 'A' && copy.ptr[i] <= 'Z')
                        ((char *)copy.ptr)[i] = (char)(copy.ptr[i] - 'A' + 'a');
        return copy;
}

int store_listing_find(struct tx *tx, struct arena *arena, struct str username, struct str slug,
                       struct store_card_row *ret) {
        struct str user, name;

        if (username.len > STORE_USERNAME_MAX || slug.len > STORE_SLUG_MAX)
                return 0;
        user = lower(arena, username);
        name = lower(arena, slug);
        return user.ptr && name.ptr ? db_store_card(tx, arena, user, name, ret) : -ERR_NO_MEMORY;
}

int store_listings_search(struct tx *tx, struct arena *arena, struct str query, int64_t limit,
                          struct store_card_row **ret, size_t *ret_n) {
        struct store_query *q = arena_new(arena, struct store_query);
        int64_t total;
        int r;

        if (!q)
                return -ERR_NO_MEMORY;
        q->is_searching = true;
        q->limit = limit;
        q->category = q->creator = q->sort = STR_NULL;
        (void)!store_search_parse(query, &q->search); /* the first words are enough */
        r = store_agents_list(tx, arena, q, ret, ret_n, &total);
        return r < 0 ? r : 0;
}

double store_rating(int64_t stars, int64_t ratings) {
        return ratings > 0 ? (double)stars / (double)ratings : 0;
}

int store_listing_fetch(struct tx *tx, struct graph_cache *cache, const struct store_card_row *listing,
                        struct graph_source *ret) {
        _cleanup_(arena_done) struct arena arena;
        struct graph_owner_row owner;
        int r;

        arena_init(&arena, 4096);
        r = db_graph_owner(tx, &arena, listing->graph_id, &owner);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        return graph_fetch(tx, cache, owner.user_id, listing->graph_id, listing->graph_version, ret);
}

int store_listing_add(struct tx *tx, const struct context *context, struct arena *arena, struct str user_id,
                      const struct store_card_row *listing, char ret_id[ID_UUID_LENGTH + 1]) {
        struct library_agent_row row;
        int r;

        r = id_uuid(context->clock, context->random, ret_id);
        if (r < 0)
                return r;
        ret_id[ID_UUID_LENGTH] = '\0';
        r = db_library_agent_take(tx, arena, str_of(ret_id), user_id, listing->graph_id,
                                  listing->graph_version, clock_now(context->clock), &row);
        if (r <= 0)
                return r < 0 ? r : -ERR_INTERNAL;
        memcpy(ret_id, row.id.ptr, MIN_OF(row.id.len, (size_t)ID_UUID_LENGTH));
        return 0;
}

int store_listing_in_library(struct tx *tx, struct arena *arena, struct str user_id, struct str graph_id) {
        struct library_agent_row row;

        return db_library_agent(tx, arena, user_id, graph_id, &row);
}

int store_run_count(struct tx *tx, struct str execution_id) {
        return MIN_OF(db_store_run_note(tx, execution_id), 0);
}
