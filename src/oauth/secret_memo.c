#include "oauth/secret_memo.h"

#include <stdatomic.h>
#include <stdlib.h>

/* The MAC's first half chooses a slot and is kept there with the second; a torn read of two entries that are
 * written at the same moment would have to match 64 bits by chance. */
enum { SLOTS = 2048, WAYS = 4 };

struct slot {
        _Atomic uint64_t low, high;
};

struct secret_memo {
        struct slot slots[SLOTS];
        atomic_uint turn; /* which way is displaced next */
};

struct tag {
        uint64_t low, high;
};

struct secret_memo *secret_memo_new(void) {
        return calloc(1, sizeof(struct secret_memo));
}

struct secret_memo *secret_memo_free(struct secret_memo *memo) {
        free(memo);
        return NULL;
}

static struct tag tag_of(const struct mac_key *key, const struct app *app, struct str secret) {
        /* The stored hash stands for its salt too. */
        struct str parts[] = { app->row.client_id, app->row.secret_hash, secret };
        struct hash mac = hash_mac(key, STR("client secret"), parts, ARRAY_LENGTH(parts));
        struct tag tag;

        memcpy(&tag.low, mac.bytes, sizeof(tag.low));
        memcpy(&tag.high, mac.bytes + sizeof(tag.low), sizeof(tag.high));
        return tag;
}

static size_t first_way(struct tag tag) {
        return (size_t)(tag.low % (SLOTS / WAYS)) * WAYS;
}

bool secret_memo_has(const struct secret_memo *memo, const struct mac_key *key, const struct app *app,
                     struct str secret) {
        struct tag tag = tag_of(key, app, secret);

        for (size_t i = first_way(tag); i < first_way(tag) + WAYS; i++)
                if (atomic_load_explicit(&memo->slots[i].high, memory_order_relaxed) == tag.high &&
                    atomic_load_explicit(&memo->slots[i].low, memory_order_relaxed) == tag.low)
                        return true;
        return false;
}

void secret_memo_add(struct secret_memo *memo, const struct mac_key *key, const struct app *app,
                     struct str secret) {
        struct tag tag = tag_of(key, app, secret);
        unsigned way = atomic_fetch_add_explicit(&memo->turn, 1, memory_order_relaxed) % WAYS;
        struct slot *slot = &memo->slots[first_way(tag) + way];

        atomic_store_explicit(&slot->low, tag.low, memory_order_relaxed);
        atomic_store_explicit(&slot->high, tag.high, memory_order_relaxed);
}
