/* Answers of the store that were made lately, in memory: of each generation of the store (db/sql/store_state.sql), which is raised
 * with every change that it shows. What was made of an earlier one is dropped as soon as a later one is seen, so nothing that
 * is kept is ever wrong. Thread-safe but for _new() and _free(). */
#pragma once

#include "base/strbuf.h"

enum {
        STORE_CACHE_ENTRIES = 16384,
        STORE_CACHE_BYTES = 64 * 1024 * 1024,
        STORE_CACHE_KEY_MAX = 1024, /* bytes; answers with longer ones are not kept */
};

struct store_cache;

/* bytes     at most so much memory is held by what is kept; 0 keeps nothing
 * returns   NULL when memory runs out */
struct store_cache *store_cache_new(size_t bytes);

/* Takes NULL; returns NULL. */
struct store_cache *store_cache_free(struct store_cache *cache);

/* Appends what is kept under this key; false when nothing is. */
_must_use_ bool store_cache_find(struct store_cache *cache, int64_t generation, struct str key,
                                 struct strbuf *out);

/* Keeps an answer, in place of those that were not used for longest.
 *
 * generation   as it was before the answer was made */
void store_cache_keep(struct store_cache *cache, int64_t generation, struct str key, struct str value);
