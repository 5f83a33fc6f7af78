/* Rows that reads found lately, kept in memory so that most requests need no question to the database.
 *
 * Only the look-ups of one row by its key that nearly every request makes are kept (the table in row_cache.c), only rows
 * that were found, never "not found", and only as long as whoever listens to the database vouches that it would have heard
 * of a change: row_cache_trust(). Rows hold hashes of tokens and secrets, never the tokens; what is forgotten is zeroed.
 *
 * A row depends on things: its own key, a person, an app, an authorization. Each of these tags hashes to one of a fixed
 * number of slots, each a counter, and a kept row remembers what its slots counted before it was read. Invalidating is
 * adding one to a slot: every row that depends on it is dead at once, and is found to be so when it is next looked up, by
 * comparing a few integers; nothing is searched. Two tags in one slot only cost a read more. A row whose read overlapped
 * any invalidation is not kept at all, since nobody can say whether the read saw the old or the new.
 *
 * No row serves for longer than ROW_CACHE_AGE_MS: what changes silently (a session's seen_at) is never older than that.
 *
 * All functions are thread-safe but _new() and _free(). Event loops never wait for one another: the cache is in many parts,
 * and who finds a part in use for longer than a moment takes it for a miss. */
#pragma once

#include "db/driver_int.h"

enum {
        ROW_CACHE_ENTRIES = 65536,
        ROW_CACHE_BYTES = 64 * 1024 * 1024,
        ROW_CACHE_ROW_MAX = 64 * 1024, /* bytes; a row that is larger is not kept */
        ROW_CACHE_AGE_MS = 30000,
};

struct row_cache;

struct row_cache_figures {
        uint64_t hits;   /* rows that were served */
        uint64_t misses; /* rows that were there, but had to be asked for */
        uint64_t entries, bytes;
};

/* An empty cache that nobody trusts yet.
 *
 * entries, bytes   at most so many rows and bytes of memory are held; which go first is decided by their use
 * returns          NULL when memory runs out */
struct row_cache *row_cache_new(size_t entries, size_t bytes);

/* Takes NULL; returns NULL. */
struct row_cache *row_cache_free(struct row_cache *cache);

/* Whether the rows of this statement are kept. */
bool row_cache_serves(unsigned statement);

/* 1 and the row, its strings on the arena, if it is kept and good; 0 if not, or if the cache isn't trusted now.
 * errors   ERR_NO_MEMORY */
_must_use_ int row_cache_find(struct row_cache *cache, struct arena *arena, unsigned statement,
                              const struct db_value *params, void *row);

/* What row_cache_keep() needs to know of the moment before a read began. */
uint64_t row_cache_begin(const struct row_cache *cache);

/* Keeps a row that was read, unless anything was invalidated since. The read must have seen all that was committed when it
 * began (a statement of its own, not one in an older snapshot), and nothing that isn't committed.
 *
 * begin   row_cache_begin() before the read was sent */
void row_cache_keep(struct row_cache *cache, unsigned statement, const struct db_value *params,
                    const void *row, uint64_t begin);

/* Forgets what depends on the things that a message names, "kind:id id …" as the database's triggers write it; kinds are
 * user, app, authorization, token, session and store. "all:", and anything that is not understood, forgets everything: a newer
 * version's message may mean any row. */
void row_cache_invalidate(struct row_cache *cache, struct str message);

/* A session's seen_at was moved by this node: no more than a courtesy, so that it isn't moved again at each request. */
void row_cache_session_touched(struct row_cache *cache, int64_t session);

void row_cache_forget_all(struct row_cache *cache);

/* Rows may be served until then.
 *
 * until_ms   as clock_monotonic_ms(); 0 for not at all */
void row_cache_trust(struct row_cache *cache, int64_t until_ms);
bool row_cache_trusted(const struct row_cache *cache);

struct row_cache_figures row_cache_figures(struct row_cache *cache);
