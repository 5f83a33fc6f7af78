/* Lists of listings and creators: filtered, searched, sorted, page by page. */
#pragma once

#include "agents/store/words.h"
#include "base/arena.h"
#include "db/statements.h"

/* Results of one search by words: what is behind them is neither counted nor shown. */
enum { STORE_FOUND_MAX = 1000 };

struct store_query {
        bool is_searching;
        struct store_search search;
        bool is_featured;
        struct str creator;  /* username, STR_NULL for all */
        struct str category; /* STR_NULL for all */
        struct str sort; /* STR_NULL: what fits best, or without a search what is newest; creators by age */
        int64_t limit, offset;
};

/* errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int store_agents_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                                 struct store_card_row **ret, size_t *ret_n, int64_t *ret_total);
_must_use_ int store_creators_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                                   struct store_profile_row **ret, size_t *ret_n, int64_t *ret_total);
