#include "agents/store/search.h"

enum { TIERS_MAX = 3 };

/* A part of the results: those that are found by `words`, but not by what the parts before are found by. */
struct tier {
        struct str words, without;
        int64_t limit, offset;
};

/* What a page consists of. */
struct plan {
        struct tier tiers[TIERS_MAX];
        size_t n;
        int64_t total;
};

static int tokens(struct arena *arena, struct str marks, const struct store_search *search, char letter,
                  struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(STORE_TOKENS_MAX);

        strbuf_append(&text, marks);
        if (search)
                store_search_append(&text, search, letter);
        *ret = text.failed ? STR_NULL : arena_copy(arena, strbuf_str(&text));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int count(struct tx *tx, struct arena *arena, struct str words, int64_t *ret) {
        struct store_count_row row = { 0 };
        int r;

        r = db_store_words_count(tx, arena, words, &row);
        *ret = row.n;
        return r < 0 ? r : 0;
}

/* What has all words; when nothing has, what has the last one as the beginning of a word. */
static int find_all(struct tx *tx, struct arena *arena, struct str marks, struct store_search *search,
                    char letter, struct str *ret_words, int64_t *ret_total) {
        int r;

        r = tokens(arena, marks, search, letter, ret_words);
        if (r == 0)
                r = count(tx, arena, *ret_words, ret_total);
        if (r < 0 || *ret_total > 0 || !store_search_can_prefix(search))
                return r;
        search->prefix = true;
        r = tokens(arena, marks, search, letter, ret_words);
        return r < 0 ? r : count(tx, arena, *ret_words, ret_total);
}

/* The part of the page that a tier has, which spans the places from `begin` to `end`. */
static void add_tier(struct plan *plan, const struct store_query *q, struct str words, struct str without,
                     int64_t begin, int64_t end) {
        int64_t from = MAX_OF(q->offset, begin), to = MIN_OF(q->offset + q->limit, end);

        if (from < to)
                plan->tiers[plan->n++] = (struct tier){
                        .words = words, .without = without, .limit = to - from, .offset = from - begin
                };
}

/* By what fits best: each letter's tier holds those of the letters before.
 *
 * words   of the last letter */
static int plan_tiers(struct tx *tx, struct arena *arena, const struct store_query *q, struct str marks,
                      const struct store_search *search, const char *letters, struct str words,
                      struct plan *plan) {
        struct str tier, without = STR("");
        int64_t begin = 0, end = 0;
        int r;

        for (; letters[1]; letters++) {
                r = tokens(arena, marks, search, letters[0], &tier);
                if (r == 0)
                        r = count(tx, arena, tier, &end);
                if (r < 0)
                        return r;
                add_tier(plan, q, tier, without, begin, end);
                without = tier;
                begin = end;
                if (q->offset + q->limit <= end)
                        return 0;
        }
        add_tier(plan, q, words, without, begin, plan->total);
        return 0;
}

/* letters   of the tiers, each of which holds the one before */
static int plan_page(struct tx *tx, struct arena *arena, const struct store_query *q, struct str marks,
                     const char *letters, struct plan *plan) {
        struct store_search *search;
        struct str words;
        int r;

        *plan = (struct plan){ 0 };
        if (!q->is_searching) {
                r = count(tx, arena, marks, &plan->total);
                add_tier(plan, q, marks, STR(""), 0, plan->total);
                return r;
        }
        if (q->search.n == 0)
                return 0;
        search = arena_new(arena, struct store_search);
        if (!search)
                return -ERR_NO_MEMORY;
        *search = q->search;
        r = find_all(tx, arena, marks, search, letters[strlen(letters) - 1], &words, &plan->total);
        if (r < 0 || plan->total == 0)
                return r;
        if (!q->sort.ptr)
                return plan_tiers(tx, arena, q, marks, search, letters, words, plan);
        add_tier(plan, q, words, STR(""), 0, plan->total);
        return 0;
}

/* --- listings --- */

static int list_all(struct tx *tx, struct arena *arena, const struct store_query *q,
                    struct store_card_row **ret, size_t *ret_n, int64_t *ret_total) {
        struct store_count_row live = { 0 };
        int r;

        r = db_store_live_count(tx, arena, &live);
        *ret_total = live.n;
        if (r < 0 || q->offset >= live.n)
                return r < 0 ? r : 0;
        if (str_eq(q->sort, STR("rating")))
                return db_store_cards_by_rating(tx, arena, q->limit, q->offset, ret, ret_n);
        if (str_eq(q->sort, STR("runs")))
                return db_store_cards_by_runs(tx, arena, q->limit, q->offset, ret, ret_n);
        if (str_eq(q->sort, STR("name")))
                return db_store_cards_by_name(tx, arena, q->limit, q->offset, ret, ret_n);
        return db_store_cards_by_updated_at(tx, arena, q->limit, q->offset, ret, ret_n);
}

/* The tokens of the filters. False when no listing can have them. */
static int read_marks(struct tx *tx, struct arena *arena, const struct store_query *q, struct strbuf *out) {
        struct store_profile_row profile;
        size_t before;
        int r;

        if (q->is_featured)
                strbuf_append(out, STR("lf"));
        if (q->creator.ptr) {
                r = db_store_profile_by_username(tx, arena, q->creator, &profile);
                if (r <= 0)
                        return r;
                store_token_creator(out, profile.id);
        }
        before = out->len;
        if (q->category.ptr)
                store_token_category(out, q->category);
        return !q->category.ptr || out->len > before;
}

static int list_found(struct tx *tx, struct arena *arena, const struct store_query *q, struct str marks,
                      struct store_card_row **ret, size_t *ret_n, int64_t *ret_total) {
        struct str sort = q->sort.ptr ? q->sort : q->is_searching ? STR("runs") : STR("updated_at");
        struct store_card_row *all, *rows;
        struct plan plan;
        size_t n;
        int r;

        r = plan_page(tx, arena, q, marks, "abd", &plan);
        if (r < 0)
                return r;
        all = arena_alloc_array(arena, (size_t)q->limit + 1, sizeof(*all));
        if (!all)
                return -ERR_NO_MEMORY;
        *ret_total = plan.total;
        *ret = all;
        for (size_t i = 0; i < plan.n; i++) {
                const struct tier *t = &plan.tiers[i];

                r = db_store_cards_found(tx, arena, t->words, t->without, sort, t->limit, t->offset, &rows,
                                         &n);
                if (r < 0)
                        return r;
                n = MIN_OF(n, (size_t)q->limit - *ret_n);
                if (n > 0)
                        memcpy(all + *ret_n, rows, n * sizeof(*rows));
                *ret_n += n;
        }
        return 0;
}

int store_agents_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                      struct store_card_row **ret, size_t *ret_n, int64_t *ret_total) {
        _cleanup_(strbuf_done) struct strbuf marks = STRBUF_INIT(STORE_TOKENS_MAX);
        int r;

        *ret = NULL;
        *ret_n = 0;
        *ret_total = 0;
        r = read_marks(tx, arena, query, &marks);
        if (r <= 0)
                return r;
        if (marks.failed)
                return -ERR_NO_MEMORY;
        if (!query->is_searching && marks.len == 0)
                return list_all(tx, arena, query, ret, ret_n, ret_total);
        return list_found(tx, arena, query, marks.len ? strbuf_str(&marks) : STR(""), ret, ret_n, ret_total);
}

/* --- creators --- */

static int creators_found(struct tx *tx, struct arena *arena, const struct store_query *q,
                          struct store_profile_row **ret, size_t *ret_n, int64_t *ret_total) {
        struct str sort = q->sort.ptr ? q->sort : q->is_searching ? STR("agent_runs") : STR("");
        struct store_profile_row *all, *rows;
        struct plan plan;
        size_t n;
        int r;

        r = plan_page(tx, arena, q, q->is_featured ? STR("lkf") : STR(""), "pq", &plan);
        if (r < 0)
                return r;
        all = arena_alloc_array(arena, (size_t)q->limit + 1, sizeof(*all));
        if (!all)
                return -ERR_NO_MEMORY;
        *ret_total = plan.total;
        *ret = all;
        for (size_t i = 0; i < plan.n; i++) {
                const struct tier *t = &plan.tiers[i];

                r = db_store_creators_found(tx, arena, t->words, t->without, sort, t->limit, t->offset, &rows,
                                            &n);
                if (r < 0)
                        return r;
                n = MIN_OF(n, (size_t)q->limit - *ret_n);
                if (n > 0)
                        memcpy(all + *ret_n, rows, n * sizeof(*rows));
                *ret_n += n;
        }
        return 0;
}

int store_creators_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                        struct store_profile_row **ret, size_t *ret_n, int64_t *ret_total) {
        struct store_count_row all = { 0 };
        int r;

        *ret = NULL;
        *ret_n = 0;
        *ret_total = 0;
        if (query->is_searching || query->is_featured)
                return creators_found(tx, arena, query, ret, ret_n, ret_total);
        r = db_store_creators_count(tx, arena, &all);
        *ret_total = all.n;
        if (r < 0 || query->offset >= all.n)
                return r < 0 ? r : 0;
        r = db_store_creators(tx, arena, query->sort.ptr ? query->sort : STR(""), query->limit, query->offset,
                              ret, ret_n);
        return r < 0 ? r : 0;
}
