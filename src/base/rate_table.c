#include "base/rate_table.h"

#include <pthread.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/memory.h"

enum { LOCKS = 256, CACHE_LINE = 64 };

/* free_at: when everything will be back. */
struct set {
        alignas(CACHE_LINE) uint64_t names[RATE_TABLE_WAYS];
        int64_t free_at[RATE_TABLE_WAYS];
};

/* One lock for every so many sets: it is held for some dozen instructions. */
struct lock {
        alignas(CACHE_LINE) pthread_mutex_t mutex;
};

struct rate_table {
        struct lock locks[LOCKS];
        uint8_t key[RATE_TABLE_KEY_SIZE];
        struct set sets[RATE_TABLE_SETS];
};

_Static_assert(RATE_TABLE_KEY_SIZE == crypto_shorthash_KEYBYTES, "SipHash's key");

struct rate_table *rate_table_new(const uint8_t *key) {
        struct rate_table *table = aligned_alloc(CACHE_LINE, sizeof(*table));

        if (!table)
                return NULL;
        memset(table, 0, sizeof(*table));
        for (size_t i = 0; i < LOCKS; i++)
                pthread_mutex_init(&table->locks[i].mutex, NULL);
        memcpy(table->key, key, sizeof(table->key));
        return table;
}

struct rate_table *rate_table_free(struct rate_table *table) {
        if (!table)
                return NULL;
        for (size_t i = 0; i < LOCKS; i++)
                pthread_mutex_destroy(&table->locks[i].mutex);
        memory_wipe(table->key, sizeof(table->key));
        free(table);
        return NULL;
}

uint64_t rate_table_name(const struct rate_table *table, uint8_t kind, struct str a, struct str b) {
        uint8_t bytes[1 + RATE_TABLE_ID_MAX];
        size_t n_a = MIN_OF(a.len, (size_t)RATE_TABLE_ID_MAX);
        size_t n_b = MIN_OF(b.len, (size_t)RATE_TABLE_ID_MAX - n_a);
        uint64_t name;

        bytes[0] = kind;
        if (n_a)
                memcpy(bytes + 1, a.ptr, n_a);
        if (n_b)
                memcpy(bytes + 1 + n_a, b.ptr, n_b);
        crypto_shorthash((uint8_t *)&name, bytes, 1 + n_a + n_b, table->key);
        return name ? name : 1;
}

static size_t set_of(uint64_t name) {
        return name % RATE_TABLE_SETS;
}

static pthread_mutex_t *lock_of(struct rate_table *table, uint64_t name) {
        return &table->locks[set_of(name) % LOCKS].mutex;
}

/* The caller's place, or -1. */
static int find(const struct set *set, uint64_t name) {
        for (int i = 0; i < RATE_TABLE_WAYS; i++)
                if (set->names[i] == name)
                        return i;
        return -1;
}

/* The place of the caller that is the first to have everything back. */
static int least(const struct set *set) {
        int at = 0;

        for (int i = 1; i < RATE_TABLE_WAYS; i++)
                if (set->free_at[i] < set->free_at[at])
                        at = i;
        return at;
}

bool rate_table_take(struct rate_table *table, uint64_t name, const struct rate_pace *pace, int64_t units,
                     int64_t now_ns, struct rate_taken *ret) {
        int64_t most = pace->burst * pace->interval_ns, free_at = now_ns, then;
        struct set *set = &table->sets[set_of(name)];
        bool taken;
        int at;

        pthread_mutex_lock(lock_of(table, name));
        at = find(set, name);
        if (at >= 0)
                free_at = MAX_OF(set->free_at[at], now_ns);
        then = free_at + MIN_OF(units, pace->burst) * pace->interval_ns;
        taken = then - now_ns <= most;
        if (taken) {
                if (at < 0)
                        at = least(set);
                set->names[at] = name;
                set->free_at[at] = then;
        }
        pthread_mutex_unlock(lock_of(table, name));

        ret->debt_ns = (taken ? then : free_at) - now_ns;
        ret->wait_ns = taken ? 0 : then - now_ns - most;
        return taken;
}

void rate_table_give_back(struct rate_table *table, uint64_t name, const struct rate_pace *pace,
                          int64_t units) {
        struct set *set = &table->sets[set_of(name)];
        int at;

        pthread_mutex_lock(lock_of(table, name));
        at = find(set, name);
        if (at >= 0)
                set->free_at[at] -= MIN_OF(units, pace->burst) * pace->interval_ns;
        pthread_mutex_unlock(lock_of(table, name));
}
