/* Listings: agents that their creators offer to everybody, in the version that was approved last (dialect: Store).
 *
 * An agent of the store runs by reference: who takes it gets an entry in their library with the graph's id and the version
 * that is live, and versions never change. From then on graph_fetch() finds every approved version of it for that person, as
 * if it were theirs, and what it runs within itself runs too. Withdrawing a listing takes it from nobody who has it. */
#pragma once

#include "agents/graph/store.h"
#include "base/arena.h"
#include "base/context.h"
#include "db/statements.h"

enum {
        /* bytes */
        STORE_USERNAME_MAX = 60,
        STORE_SLUG_MAX = 120,
        STORE_QUERY_MAX = 200, /* characters of what is searched for */
};

/* db_store_card() and its like give what lists show of a listing (struct store_card_row): id, slug, name, creator (the
 * username), runs, ratings, stars, graph_id, graph_version, … */

/* Finds what is live under a creator's username and a slug.
 *
 * username, slug   in any case
 * ret              on the arena
 * returns          1; 0 when there is none
 * errors           ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_listing_find(struct tx *tx, struct arena *arena, struct str username, struct str slug,
                                  struct store_card_row *ret);

/* What a search finds, best first: the first page of `GET /store/agents?search_query=…`. May take some milliseconds: it is no
 * work for an event loop; see database_read_now().
 *
 * query    UTF-8 of any content; without a word in it, it finds nothing
 * ret      on the arena
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_listings_search(struct tx *tx, struct arena *arena, struct str query, int64_t limit,
                                     struct store_card_row **ret, size_t *ret_n);

/* Stars, from 1 to 5, on average; 0 while nobody has given any. */
double store_rating(int64_t stars, int64_t ratings);

/* Reads the listing's graph, for anybody: what it takes and gives can be seen before it is added to a library. Execution goes
 * by graph_fetch(), after store_listing_add().
 *
 * cache, ret, errors   as graph_fetch() has them */
_must_use_ int store_listing_fetch(struct tx *tx, struct graph_cache *cache,
                                   const struct store_card_row *listing, struct graph_source *ret);

/* Puts the listing into a person's library, in its live version; again for a newer one.
 *
 * ret_id   the entry's id: ID_UUID_LENGTH characters and NUL
 * errors   ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_listing_add(struct tx *tx, const struct context *context, struct arena *arena,
                                 struct str user_id, const struct store_card_row *listing,
                                 char ret_id[ID_UUID_LENGTH + 1]);

/* Whether a person has the graph in their library. 1, or 0. */
_must_use_ int store_listing_in_library(struct tx *tx, struct arena *arena, struct str user_id,
                                        struct str graph_id);

/* Counts an execution, if what it ran is in the store and somebody else's; within the transaction in which it ends. Listings show
 * it once jobs/store_runs has settled it. errors: ERR_STORAGE */
_must_use_ int store_run_count(struct tx *tx, struct str execution_id);
