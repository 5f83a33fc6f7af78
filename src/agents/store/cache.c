#include "agents/store/cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/table_hash.h"

enum { BUCKETS = 8192 };

struct entry {
        struct entry *next;          /* of its bucket */
        struct entry *newer, *older; /* by use */
        uint64_t hash;
        size_t key_len, value_len;
        char bytes[]; /* key, value */
};

struct store_cache {
        pthread_mutex_t mutex;
        int64_t generation;
        size_t bytes, max, n;
        struct entry *newest, *oldest;
        struct entry *buckets[BUCKETS];
};

struct store_cache *store_cache_new(size_t bytes) {
        struct store_cache *cache = calloc(1, sizeof(*cache));

        if (!cache)
                return NULL;
        (void)pthread_mutex_init(&cache->mutex, NULL);
        cache->max = bytes;
        return cache;
}

static size_t weight(const struct entry *e) {
        return sizeof(*e) + e->key_len + e->value_len;
}

static void unlink_use(struct store_cache *cache, struct entry *e) {
        *(e->newer ? &e->newer->older : &cache->newest) = e->older;
        *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
}

static void link_newest(struct store_cache *cache, struct entry *e) {
        e->newer = NULL;
        e->older = cache->newest;
        *(cache->newest ? &cache->newest->newer : &cache->oldest) = e;
        cache->newest = e;
}

static void drop(struct store_cache *cache, struct entry *e) {
        struct entry **at = &cache->buckets[e->hash % BUCKETS];

        while (*at != e)
                at = &(*at)->next;
        *at = e->next;
        unlink_use(cache, e);
        cache->bytes -= weight(e);
        cache->n--;
        free(e);
}

struct store_cache *store_cache_free(struct store_cache *cache) {
        if (!cache)
                return NULL;
        while (cache->oldest)
                drop(cache, cache->oldest);
        (void)pthread_mutex_destroy(&cache->mutex);
        free(cache);
        return NULL;
}

static struct entry *find(const struct store_cache *cache, uint64_t hash, struct str key) {
        struct entry *e = cache->buckets[hash % BUCKETS];

        while (e && !(e->hash == hash && str_eq(str_n(e->bytes, e->key_len), key)))
                e = e->next;
        return e;
}

/* False for one who looks at a generation that is over. */
static bool reach(struct store_cache *cache, int64_t generation) {
        if (generation < cache->generation)
                return false;
        if (generation > cache->generation) {
                while (cache->oldest)
                        drop(cache, cache->oldest);
                cache->generation = generation;
        }
        return true;
}

bool store_cache_find(struct store_cache *cache, int64_t generation, struct str key, struct strbuf *out) {
        uint64_t hash = table_hash(key);
        struct entry *e = NULL;

        (void)pthread_mutex_lock(&cache->mutex);
        if (reach(cache, generation))
                e = find(cache, hash, key);
        if (e) {
                unlink_use(cache, e);
                link_newest(cache, e);
                strbuf_append(out, str_n(e->bytes + e->key_len, e->value_len));
        }
        (void)pthread_mutex_unlock(&cache->mutex);
        return e != NULL;
}

static void insert(struct store_cache *cache, struct entry *e) {
        struct entry **bucket = &cache->buckets[e->hash % BUCKETS];

        while (cache->oldest && (cache->bytes + weight(e) > cache->max || cache->n >= STORE_CACHE_ENTRIES))
                drop(cache, cache->oldest);
        e->next = *bucket;
        *bucket = e;
        link_newest(cache, e);
        cache->bytes += weight(e);
        cache->n++;
}

void store_cache_keep(struct store_cache *cache, int64_t generation, struct str key, struct str value) {
        size_t bytes = sizeof(struct entry) + key.len + value.len;
        struct entry *e;

        if (key.len > STORE_CACHE_KEY_MAX || bytes > cache->max / 16)
                return;
        e = malloc(bytes);
        if (!e)
                return; /* it is made again the next time */
        *e = (struct entry){ .hash = table_hash(key), .key_len = key.len, .value_len = value.len };
        memcpy(e->bytes, key.ptr, key.len);
        memcpy(e->bytes + key.len, value.ptr, value.len);
        (void)pthread_mutex_lock(&cache->mutex);
        if (reach(cache, generation) && !find(cache, e->hash, key)) {
                insert(cache, e);
                e = NULL;
        }
        (void)pthread_mutex_unlock(&cache->mutex);
        free(e);
}
