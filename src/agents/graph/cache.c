#include "agents/graph/cache.h"

#include <pthread.h>
#include <stdlib.h>

struct entry {
        int64_t row; /* 0: free */
        struct graph *graph;
        size_t bytes;
        uint64_t used; /* when, by the cache's count */
};

struct graph_cache {
        pthread_mutex_t lock;
        struct entry entries[GRAPH_CACHE_ENTRIES];
        size_t bytes, bytes_max;
        uint64_t count; /* of uses */
};

struct graph_cache *graph_cache_new(size_t bytes) {
        struct graph_cache *cache = calloc(1, sizeof(*cache));

        if (!cache)
                return NULL;
        cache->bytes_max = bytes;
        pthread_mutex_init(&cache->lock, NULL);
        return cache;
}

static void drop(struct graph_cache *cache, struct entry *entry) {
        graph_unref(entry->graph);
        cache->bytes -= entry->bytes;
        *entry = (struct entry){ 0 };
}

struct graph_cache *graph_cache_free(struct graph_cache *cache) {
        if (!cache)
                return NULL;
        for (size_t i = 0; i < GRAPH_CACHE_ENTRIES; i++)
                if (cache->entries[i].row)
                        drop(cache, &cache->entries[i]);
        pthread_mutex_destroy(&cache->lock);
        free(cache);
        return NULL;
}

static struct entry *find(struct graph_cache *cache, int64_t row) {
        for (size_t i = 0; i < GRAPH_CACHE_ENTRIES; i++)
                if (cache->entries[i].row == row)
                        return &cache->entries[i];
        return NULL;
}

struct graph *graph_cache_find(struct graph_cache *cache, int64_t row) {
        struct graph *graph = NULL;
        struct entry *entry;

        pthread_mutex_lock(&cache->lock);
        entry = find(cache, row);
        if (entry) {
                entry->used = ++cache->count;
                graph = graph_ref(entry->graph);
        }
        pthread_mutex_unlock(&cache->lock);
        return graph;
}

static struct entry *oldest(struct graph_cache *cache) {
        struct entry *oldest = NULL;

        for (size_t i = 0; i < GRAPH_CACHE_ENTRIES; i++) {
                struct entry *entry = &cache->entries[i];

                if (entry->row && (!oldest || entry->used < oldest->used))
                        oldest = entry;
        }
        return oldest;
}

void graph_cache_keep(struct graph_cache *cache, int64_t row, struct graph *graph, size_t bytes) {
        struct entry *entry;

        if (bytes > cache->bytes_max)
                return;
        pthread_mutex_lock(&cache->lock);
        if (!find(cache, row)) { /* another thread may have been quicker */
                while (cache->bytes + bytes > cache->bytes_max)
                        drop(cache, oldest(cache));
                entry = find(cache, 0);
                if (!entry) {
                        entry = oldest(cache);
                        drop(cache, entry);
                }
                *entry = (struct entry){
                        .row = row, .graph = graph_ref(graph), .bytes = bytes, .used = ++cache->count
                };
                cache->bytes += bytes;
        }
        pthread_mutex_unlock(&cache->lock);
}
