/* Graphs in storage (dialect: Graphs). Other people's graphs are unknown. */
#pragma once

#include "agents/graph/cache.h"
#include "agents/graph/draft.h"
#include "base/id.h"
#include "db/statements.h"

/* Stores a draft as a graph of its own, and adds it to the person's library.
 *
 * ret      the version's row; its strings borrow from the draft
 * errors   ERR_RANDOM, ERR_STORAGE
 */
_must_use_ int graph_store_new(struct tx *tx, const struct context *context, struct str user_id,
                               const struct graph_draft *draft, struct graph_version_row *ret);

/* Stores a draft as the next version of the graph that it was made for.
 *
 * errors   ERR_GRAPH_CHANGED (another version came in between), and those of graph_store_new()
 */
_must_use_ int graph_store_next(struct tx *tx, const struct context *context, struct str user_id,
                                const struct graph_draft *draft, struct graph_version_row *ret);

/* Whether the other agents that a draft runs are there.
 *
 * arena    for rows, a few hundred bytes for each
 * errors   ERR_GRAPH with problems, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int graph_store_check_needs(struct tx *tx, struct arena *arena, struct str user_id,
                                       const struct graph_draft *draft, struct graph_problems *ret_problems);

/* A graph on its way from storage into memory: reading it needs a transaction, making it takes long if it is large, and
 * should be done without one. */
struct graph_source {
        int64_t row;
        struct graph *graph; /* from the cache; then there is no text */
        char id[GRAPH_ID_LENGTH + 1];
        char owner_id[ID_UUID_LENGTH + 1]; /* who made it: agents that it runs within itself are theirs */
        int64_t version;
        char *summary, *body; /* JSON text */
};

/* Reads a version of a person's graph, or of one that they took from the store (store/listing.h); the active one, or the one
 * that they took, for 0.
 *
 * cache    NULL for none
 * ret      to be released by graph_source_done()
 * errors   ERR_NOT_FOUND, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int graph_fetch(struct tx *tx, struct graph_cache *cache, struct str user_id, struct str id,
                           int64_t version, struct graph_source *ret);

/* Makes the graph of it, and keeps it in the cache.
 *
 * ret      a new reference
 * errors   ERR_GRAPH with problems: it was good when it was stored, but a block is no longer there; ERR_NO_MEMORY
 */
_must_use_ int graph_open(struct graph_source *source, struct graph_cache *cache, struct graph **ret,
                          struct graph_problems *ret_problems);
void graph_source_done(struct graph_source *source);

/* Both at once, for threads that may take their time.
 * errors   those of both */
_must_use_ int graph_load(struct tx *tx, struct graph_cache *cache, struct str user_id, struct str id,
                          int64_t version, struct graph **ret, struct graph_problems *ret_problems);
