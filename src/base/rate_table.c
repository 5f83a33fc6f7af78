#include "base/rate_table.h"

#include <pthread.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/errors.h"
#include "base/memory.h"

enum {
        LOCKS = 256,
        CACHE_LINE = 64,
        DEBT_MAX = 4 /* limits: what nodes together let through too much comes back first, up to so much */
};

/* free_at: when everything will be back. */
struct set {
        alignas(CACHE_LINE) uint64_t names[RATE_TABLE_WAYS];
        int64_t free_at[RATE_TABLE_WAYS];
};

/* One lock for every so many sets: it is held for some dozen instructions. */
struct lock {
        alignas(CACHE_LINE) pthread_mutex_t mutex;
};

/* What has not been handed over. Behind the set's lock but for the queue, whose own is taken last. */
struct unsent {
        int64_t ns[RATE_TABLE_SETS][RATE_TABLE_WAYS];
        uint8_t queued[RATE_TABLE_SETS]; /* a bit for each place */

        pthread_mutex_t mutex;
        size_t first, n;
        uint64_t queue[RATE_TABLE_CHANGES_MAX]; /* a name that has lost its place meanwhile stays */
};

struct rate_table {
        struct lock locks[LOCKS];
        struct unsent *unsent; /* NULL unless it is shared */
        uint8_t key[RATE_TABLE_KEY_SIZE];
        struct set sets[RATE_TABLE_SETS];
};

_Static_assert(RATE_TABLE_KEY_SIZE == crypto_shorthash_KEYBYTES, "SipHash's key");

struct rate_table *rate_table_new(const uint8_t *key) {
        /* Zeros that take memory only where somebody is counted. */
        struct rate_table *table =
                mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (table == MAP_FAILED)
                return NULL;
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
        if (table->unsent)
                pthread_mutex_destroy(&table->unsent->mutex);
        free(table->unsent);
        memory_wipe(table->key, sizeof(table->key));
        (void)munmap(table, sizeof(*table));
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

static bool queue_put(struct unsent *u, uint64_t name) {
        bool good;

        pthread_mutex_lock(&u->mutex);
        good = u->n < RATE_TABLE_CHANGES_MAX;
        if (good)
                u->queue[(u->first + u->n++) % RATE_TABLE_CHANGES_MAX] = name;
        pthread_mutex_unlock(&u->mutex);
        return good;
}

static bool queue_take(struct unsent *u, uint64_t *ret_name) {
        bool good;

        pthread_mutex_lock(&u->mutex);
        good = u->n > 0;
        if (good) {
                *ret_name = u->queue[u->first];
                u->first = (u->first + 1) % RATE_TABLE_CHANGES_MAX;
                u->n--;
        }
        pthread_mutex_unlock(&u->mutex);
        return good;
}

/* Who finds the queue full comes back with the next unit. */
static void note(struct rate_table *table, uint64_t name, int at, const struct rate_pace *pace, int64_t ns) {
        int64_t grain = MAX_OF(pace->burst / RATE_TABLE_GRAIN, INT64_C(1)) * pace->interval_ns;
        struct unsent *u = table->unsent;
        size_t set = set_of(name);

        if (!u)
                return;
        u->ns[set][at] += ns;
        if ((u->ns[set][at] >= grain || u->ns[set][at] <= -grain) && !(u->queued[set] & 1U << at) &&
            queue_put(u, name))
                u->queued[set] |= (uint8_t)(1U << at);
}

static void give_place(struct rate_table *table, uint64_t name, int at) {
        struct set *set = &table->sets[set_of(name)];

        set->names[at] = name;
        if (!table->unsent)
                return;
        table->unsent->ns[set_of(name)][at] = 0;
        table->unsent->queued[set_of(name)] &= (uint8_t) ~(1U << at);
}

bool rate_table_take(struct rate_table *table, uint64_t name, const struct rate_pace *pace, int64_t units,
                     int64_t now_ns, struct rate_taken *ret) {
        int64_t most = pace->burst * pace->interval_ns, free_at = now_ns, then;
        struct set *set = &table->sets[set_of(name)];
        bool taken;
        int at;

        pthread_mutex_lock(lock_of(table, name));
        at = find(set, name);
        if (at >= 0) {
                /* Later than it can be: it was noted before the clock was set back. */
                set->free_at[at] = MIN_OF(set->free_at[at], now_ns + most * (table->unsent ? DEBT_MAX : 1));
                free_at = MAX_OF(set->free_at[at], now_ns);
        }
        then = free_at + MIN_OF(units, pace->burst) * pace->interval_ns;
        taken = then - now_ns <= most;
        if (taken) {
                if (at < 0)
                        give_place(table, name, at = least(set));
                set->free_at[at] = then;
                note(table, name, at, pace, then - free_at);
        }
        pthread_mutex_unlock(lock_of(table, name));

        ret->debt_ns = (taken ? then : free_at) - now_ns;
        ret->wait_ns = taken ? 0 : then - now_ns - most;
        return taken;
}

void rate_table_give_back(struct rate_table *table, uint64_t name, const struct rate_pace *pace,
                          int64_t units) {
        int64_t ns = MIN_OF(units, pace->burst) * pace->interval_ns;
        struct set *set = &table->sets[set_of(name)];
        int at;

        pthread_mutex_lock(lock_of(table, name));
        at = find(set, name);
        if (at >= 0) {
                set->free_at[at] -= ns;
                note(table, name, at, pace, -ns);
        }
        pthread_mutex_unlock(lock_of(table, name));
}

int rate_table_share(struct rate_table *table) {
        table->unsent = calloc(1, sizeof(*table->unsent));
        if (!table->unsent)
                return -ERR_NO_MEMORY;
        pthread_mutex_init(&table->unsent->mutex, NULL);
        return 0;
}

static int64_t hand_over(struct rate_table *table, uint64_t name) {
        struct unsent *u = table->unsent;
        size_t set = set_of(name);
        int64_t ns = 0;
        int at;

        pthread_mutex_lock(lock_of(table, name));
        at = find(&table->sets[set], name);
        if (at >= 0) {
                ns = u->ns[set][at];
                u->ns[set][at] = 0;
                u->queued[set] &= (uint8_t) ~(1U << at);
        }
        pthread_mutex_unlock(lock_of(table, name));
        return ns;
}

size_t rate_table_changes(struct rate_table *table, struct rate_change *ret, size_t max) {
        size_t n = 0;

        while (table->unsent && n < max && queue_take(table->unsent, &ret[n].name)) {
                ret[n].ns = hand_over(table, ret[n].name);
                if (ret[n].ns != 0)
                        n++;
        }
        return n;
}

void rate_table_add(struct rate_table *table, const struct rate_change *change, int64_t now_ns) {
        struct set *set = &table->sets[set_of(change->name)];
        int at;

        pthread_mutex_lock(lock_of(table, change->name));
        at = find(set, change->name);
        if (at < 0 && set->free_at[least(set)] < now_ns + change->ns) {
                at = least(set);
                give_place(table, change->name, at);
                set->free_at[at] = now_ns;
        }
        if (at >= 0 && change->ns > 0)
                set->free_at[at] = MAX_OF(set->free_at[at], now_ns) + change->ns;
        else if (at >= 0)
                set->free_at[at] += change->ns;
        pthread_mutex_unlock(lock_of(table, change->name));
}
