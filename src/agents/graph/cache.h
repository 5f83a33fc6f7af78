/* Graphs that were loaded lately, in memory. Versions never change, so what is kept is never wrong: whether its owner has
 * deleted it is asked of the database each time. Thread-safe but for _new() and _free(). */
#pragma once

#include "agents/graph/graph.h"

enum { GRAPH_CACHE_ENTRIES = 256 };

struct graph_cache;

/* bytes     at most so much memory is held by what is kept, roughly
 * returns   NULL when memory runs out */
struct graph_cache *graph_cache_new(size_t bytes);

/* Takes NULL; returns NULL. */
struct graph_cache *graph_cache_free(struct graph_cache *cache);

/* A new reference, NULL if it isn't kept.
 *
 * row   id of the version's row */
struct graph *graph_cache_find(struct graph_cache *cache, int64_t row);

/* Keeps a graph, in place of those that were not used for longest. What is larger than the whole cache is not kept.
 *
 * bytes   what it takes of memory, roughly */
void graph_cache_keep(struct graph_cache *cache, int64_t row, struct graph *graph, size_t bytes);
