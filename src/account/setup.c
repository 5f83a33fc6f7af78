#include "account/setup.h"

static const struct str purpose = STR_INIT("setup");

/* 1 if somebody administers this server, 0 if nobody does. */
static int administrator_exists(struct tx *tx, struct arena *arena) {
        struct total_row total;
        int r;

        r = db_admins_exist(tx, arena, &total);
        return r < 0 ? r : r == 1 && total.total > 0;
}

int setup_link_create(const struct context *context, struct tx *tx, struct secret *ret_token) {
        struct arena arena;
        struct hash h;
        int64_t id;
        int r;

        arena_init(&arena, 4096);
        r = administrator_exists(tx, &arena);
        arena_done(&arena);
        if (r != 0)
                return r < 0 ? r : 0;
        r = db_links_delete_of_purpose(tx, purpose);
        if (r < 0)
                return r;
        r = token_make(context, TOKEN_PREFIX_LINK, ret_token, &id, &h);
        if (r < 0)
                return r;
        r = db_link_insert(tx, id, hash_str(&h), purpose, clock_now(context->clock) + SETUP_LIFETIME_MS);
        if (r < 0) {
                secret_done(ret_token);
                return r;
        }
        return 1;
}

/* The link's id and hash if it works still. */
static int find(const struct context *context, struct tx *tx, struct arena *arena, struct str token,
                int64_t *ret_id, struct hash *ret_hash) {
        struct link_row link;
        int r;

        if (!token_parse(token, TOKEN_PREFIX_LINK, ret_id, ret_hash))
                return -ERR_SETUP_LINK;
        r = administrator_exists(tx, arena);
        if (r != 0)
                return r < 0 ? r : -ERR_SETUP_LINK;
        r = db_link_by_id(tx, arena, *ret_id, &link);
        if (r < 0)
                return r;
        if (r == 0 || !hash_equal(ret_hash, link.hash) || !str_eq(link.purpose, purpose) ||
            link.expires_at <= clock_now(context->clock))
                return -ERR_SETUP_LINK;
        return 0;
}

int setup_link_check(const struct context *context, struct tx *tx, struct arena *arena, struct str token) {
        struct hash h;
        int64_t id;

        return find(context, tx, arena, token, &id, &h);
}

int setup_link_consume(const struct context *context, struct tx *tx, struct arena *arena, struct str token,
                       const struct user_new *user, struct user_row *ret) {
        struct user_new administrator = *user;
        struct link_row link;
        struct hash h;
        int64_t id;
        int r;

        r = find(context, tx, arena, token, &id, &h);
        if (r < 0)
                return r;
        /* The person first: a taken address is then found out while nothing is written yet. */
        administrator.is_admin = true;
        r = user_create(context, tx, arena, &administrator, ret);
        if (r < 0)
                return r;
        r = db_link_consume(tx, arena, id, hash_str(&h), purpose, clock_now(context->clock), &link);
        return r < 0 ? r : r == 0 ? -ERR_SETUP_LINK : 0;
}
