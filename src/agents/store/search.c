#include "agents/store/search.h"

#include "base/json_write.h"

enum {
        TIERS_MAX = 3,
        /* What costs as much as going one step through the store in a list's order, by measuring: */
        SORTED_A_STEP =
                4, /* to put into order a quarter of one that is found: so many steps are worth it for each, */
        LOOKED_UP_OF = 12, /* and to look at its text takes as long as to find this many at once; */
        LOOKED_UP_OF_MANY =
                4,      /* where there are more than were counted, as long as to find several times of this */
        WALK_SLACK = 2, /* a walk goes on for this many times of what it should take, */
        WALK_LEAST = 200,    /* and at least so far */
        COUNTED_MAX = 10000, /* of what is found more often than is shown, to choose by */
        SHORT_WALK =
                10, /* where there is so much, a page is full after this many steps for each of its places, */
        SHORT_WALK_MAX = 2000, /* unless it takes too long to find out */
        IDS_TEXT_MAX = 8192    /* bytes */
};

/* A part of the results: those that are found by `words`, but not by what the parts before are found by. */
struct tier {
        struct str words, without;
        int64_t begin; /* those of the parts before */
        int64_t n;     /* that it has */
        bool has_more; /* than were counted */
        int64_t limit, offset;
};

/* A list that is asked for, and what its page consists of. */
struct finding {
        struct tx *tx;
        struct arena *arena;
        const struct store_query *q;
        struct str sort, marks;
        struct tier tiers[TIERS_MAX];
        size_t n;
        int64_t total;
};

/* A part's rows. */
typedef int (*rows_fn)(const struct finding *f, const struct tier *t, void **ret, size_t *ret_n);

static int tokens(const struct finding *f, const struct store_search *search, char letter, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(STORE_TOKENS_MAX);

        strbuf_append(&text, f->marks);
        store_search_append(&text, search, letter);
        *ret = text.failed ? STR_NULL : arena_copy(f->arena, strbuf_str(&text));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int count_up_to(const struct finding *f, struct str words, int64_t max, int64_t *ret) {
        struct store_count_row row = { 0 };
        int r;

        r = db_store_words_count(f->tx, f->arena, words, max, &row);
        *ret = row.n;
        return MIN_OF(r, 0);
}

static int count(const struct finding *f, struct str words, int64_t *ret) {
        return count_up_to(f, words, f->q->is_searching ? STORE_FOUND_MAX : INT64_MAX, ret);
}

/* What has all words; when nothing has, what has the last one as the beginning of a word. */
static int find_all(struct finding *f, struct store_search *search, char letter, struct str *ret_words) {
        int r;

        r = tokens(f, search, letter, ret_words);
        if (r == 0)
                r = count(f, *ret_words, &f->total);
        if (r < 0 || f->total > 0 || !store_search_can_prefix(search))
                return r;
        search->prefix = true;
        r = tokens(f, search, letter, ret_words);
        return r < 0 ? r : count(f, *ret_words, &f->total);
}

/* The part of the page that a tier has, which spans the places from `begin` to `end`. */
static void add_tier(struct finding *f, struct str words, struct str without, int64_t begin, int64_t end) {
        int64_t from = MAX_OF(f->q->offset, begin), to = MIN_OF(f->q->offset + f->q->limit, end);

        if (from < to)
                f->tiers[f->n++] = (struct tier){ .words = words,
                                                  .without = without,
                                                  .begin = begin,
                                                  .n = end - begin,
                                                  .has_more = f->q->is_searching && end == STORE_FOUND_MAX,
                                                  .limit = to - from,
                                                  .offset = from - begin };
}

/* By what fits best: each letter's tier holds those of the letters before.
 *
 * words   of the last letter */
static int plan_tiers(struct finding *f, const struct store_search *search, const char *letters,
                      struct str words) {
        struct str tier, without = STR("");
        int64_t begin = 0, end = 0;
        int r;

        for (; letters[1]; letters++) {
                r = tokens(f, search, letters[0], &tier);
                if (r == 0)
                        r = count(f, tier, &end);
                if (r < 0)
                        return r;
                add_tier(f, tier, without, begin, end);
                without = tier;
                begin = end;
                if (f->q->offset + f->q->limit <= end)
                        return 0;
        }
        add_tier(f, words, without, begin, f->total);
        return 0;
}

/* letters   of the tiers, each of which holds the one before */
static int plan_page(struct finding *f, const char *letters) {
        struct store_search *search;
        struct str words;
        int r;

        if (!f->q->is_searching) {
                r = count(f, f->marks, &f->total);
                add_tier(f, f->marks, STR(""), 0, f->total);
                return r;
        }
        if (f->q->search.n == 0)
                return 0;
        search = arena_new(f->arena, struct store_search);
        if (!search)
                return -ERR_NO_MEMORY;
        *search = f->q->search;
        r = find_all(f, search, letters[strlen(letters) - 1], &words);
        if (r < 0 || f->q->offset >= f->total)
                return r;
        if (!f->q->sort.ptr)
                return plan_tiers(f, search, letters, words);
        add_tier(f, words, STR(""), 0, f->total);
        return 0;
}

/* The rows of all parts, one after the other.
 *
 * size   bytes of a row */
static int gather(const struct finding *f, rows_fn rows_of, size_t size, void **ret, size_t *ret_n) {
        size_t max = (size_t)f->q->limit, all = 0, n;
        uint8_t *rows;
        void *some;
        int r;

        rows = arena_alloc_array(f->arena, max + 1, size);
        if (!rows)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < f->n; i++) {
                r = rows_of(f, &f->tiers[i], &some, &n);
                if (r < 0)
                        return r;
                n = MIN_OF(n, max - all);
                if (n > 0)
                        memcpy(rows + all * size, some, n * size);
                all += n;
        }
        *ret = rows;
        *ret_n = all;
        return 0;
}

/* --- listings --- */

/* A way through the store in the list's order. */
struct walk {
        bool as_set;   /* what is found is looked up at once; otherwise each one's text is looked at */
        int64_t reach; /* so far; 0: it is quicker to put all that is found into order */
};

static int walk_along(const struct finding *f, const struct tier *t, const struct walk *w,
                      struct store_id_row **ret, size_t *ret_n) {
        struct arena *arena = f->arena;

        if (str_eq(f->sort, STR("rating")))
                return db_store_ids_by_rating(f->tx, arena, t->words, t->without, w->as_set, w->reach,
                                              t->limit, t->offset, ret, ret_n);
        if (str_eq(f->sort, STR("runs")))
                return db_store_ids_by_runs(f->tx, arena, t->words, t->without, w->as_set, w->reach, t->limit,
                                            t->offset, ret, ret_n);
        if (str_eq(f->sort, STR("name")))
                return db_store_ids_by_name(f->tx, arena, t->words, t->without, w->as_set, w->reach, t->limit,
                                            t->offset, ret, ret_n);
        return db_store_ids_by_updated_at(f->tx, arena, t->words, t->without, w->as_set, w->reach, t->limit,
                                          t->offset, ret, ret_n);
}

/* How far it is until the page is full, if what is found stands all over the store. */
static int walk_plan(const struct finding *f, const struct tier *t, struct walk *ret) {
        struct store_count_row live = { 0 };
        int64_t steps, wanted = t->offset + t->limit;
        int r;

        *ret = (struct walk){ .reach = 0 };
        if (t->n <= wanted)
                return 0;
        r = db_store_live_count(f->tx, f->arena, &live);
        if (r < 0)
                return r;
        steps = live.n * wanted / t->n;
        if (steps < t->n * SORTED_A_STEP)
                *ret = (struct walk){ .as_set =
                                              steps > t->n / (t->has_more ? LOOKED_UP_OF_MANY : LOOKED_UP_OF),
                                      .reach = MAX_OF(steps * WALK_SLACK, INT64_C(0) + WALK_LEAST) };
        return 0;
}

/* Of what is found often a page is full after a few steps, without that all of it is counted: PostgreSQL takes 20 ms for that. */
static int walk_shortly(const struct finding *f, struct tier *t, struct store_id_row **ret, size_t *ret_n) {
        struct walk walk = { .reach = MIN_OF((t->offset + t->limit) * SHORT_WALK,
                                             INT64_C(0) + SHORT_WALK_MAX) };
        int64_t n;
        int r;

        r = walk_along(f, t, &walk, ret, ret_n);
        if (r < 0 || *ret_n == (size_t)t->limit)
                return r;
        r = count_up_to(f, t->words, COUNTED_MAX, &n);
        t->n = n - t->begin;
        t->has_more = n == COUNTED_MAX;
        return r;
}

static int listing_ids(const struct finding *f, const struct tier *planned, void **ret, size_t *ret_n) {
        struct store_id_row *rows = NULL;
        struct tier tier = *planned, *t = &tier;
        struct walk walk;
        int r = 0;

        *ret_n = 0;
        if (t->has_more)
                r = walk_shortly(f, t, &rows, ret_n);
        if (r < 0 || (t->has_more && *ret_n == (size_t)t->limit)) {
                *ret = rows;
                return r;
        }
        r = walk_plan(f, t, &walk);
        if (r == 0 && walk.reach > 0)
                r = walk_along(f, t, &walk, &rows, ret_n);
        if (r >= 0 &&
            (walk.reach == 0 || *ret_n < (size_t)t->limit)) /* it stands further back than it should */
                r = db_store_ids_found(f->tx, f->arena, t->words, t->without, f->sort, t->limit, t->offset,
                                       &rows, ret_n);
        *ret = rows;
        return r;
}

static int all_ids(struct finding *f, struct store_id_row **ret, size_t *ret_n) {
        struct tier all = {
                .words = STR(""), .without = STR(""), .limit = f->q->limit, .offset = f->q->offset
        };
        struct walk walk = { .reach = f->q->offset + f->q->limit };
        struct store_count_row live = { 0 };
        int r;

        r = db_store_live_count(f->tx, f->arena, &live);
        f->total = live.n;
        if (r < 0 || f->q->offset >= live.n)
                return MIN_OF(r, 0);
        return walk_along(f, &all, &walk, ret, ret_n);
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

static int cards_of(const struct finding *f, const struct store_id_row *ids, size_t n,
                    struct store_card_row **ret, size_t *ret_n) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(IDS_TEXT_MAX);
        struct json_writer w = JSON_WRITER(&text);
        int r;

        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                json_int(&w, ids[i].id);
        json_array_end(&w);
        if (text.failed)
                return -ERR_NO_MEMORY;
        r = db_store_cards_of(f->tx, f->arena, strbuf_str(&text), (int64_t)n, ret, ret_n);
        return MIN_OF(r, 0);
}

int store_agents_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                      struct store_card_row **ret, size_t *ret_n, int64_t *ret_total) {
        _cleanup_(strbuf_done) struct strbuf marks = STRBUF_INIT(STORE_TOKENS_MAX);
        struct finding f = { .tx = tx, .arena = arena, .q = query };
        struct store_id_row *ids = NULL;
        void *found = NULL;
        size_t n = 0;
        int r;

        *ret = NULL;
        *ret_n = 0;
        *ret_total = 0;
        r = read_marks(tx, arena, query, &marks);
        if (r <= 0)
                return r;
        if (marks.failed)
                return -ERR_NO_MEMORY;
        f.sort = query->sort.ptr ? query->sort : query->is_searching ? STR("runs") : STR("updated_at");
        f.marks = marks.len ? strbuf_str(&marks) : STR("");
        if (!query->is_searching && marks.len == 0) {
                r = all_ids(&f, &ids, &n);
        } else {
                r = plan_page(&f, "abd");
                if (r >= 0)
                        r = gather(&f, listing_ids, sizeof(*ids), &found, &n);
                ids = found;
        }
        *ret_total = f.total;
        return r < 0 || n == 0 ? MIN_OF(r, 0) : cards_of(&f, ids, n, ret, ret_n);
}

/* --- creators --- */

static int creator_rows(const struct finding *f, const struct tier *t, void **ret, size_t *ret_n) {
        struct store_profile_row *rows = NULL;
        int r;

        r = db_store_creators_found(f->tx, f->arena, t->words, t->without, f->sort, t->limit, t->offset,
                                    &rows, ret_n);
        *ret = rows;
        return r;
}

int store_creators_list(struct tx *tx, struct arena *arena, const struct store_query *query,
                        struct store_profile_row **ret, size_t *ret_n, int64_t *ret_total) {
        struct finding f = { .tx = tx, .arena = arena, .q = query };
        struct store_count_row all = { 0 };
        void *found = NULL;
        int r;

        *ret = NULL;
        *ret_n = 0;
        *ret_total = 0;
        f.sort = query->sort.ptr ? query->sort : query->is_searching ? STR("agent_runs") : STR("");
        f.marks = query->is_featured ? STR("lkf") : STR("");
        if (query->is_searching || query->is_featured) {
                r = plan_page(&f, "pq");
                if (r >= 0)
                        r = gather(&f, creator_rows, sizeof(**ret), &found, ret_n);
                *ret = found;
                *ret_total = f.total;
                return MIN_OF(r, 0);
        }
        r = db_store_creators_count(tx, arena, &all);
        *ret_total = all.n;
        if (r < 0 || query->offset >= all.n)
                return MIN_OF(r, 0);
        r = db_store_creators(tx, arena, f.sort, query->limit, query->offset, ret, ret_n);
        return MIN_OF(r, 0);
}
