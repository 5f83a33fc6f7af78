#include "account/audit_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/audit_index.h"
#include "account/audit_int.h"
#include "db/statements.h"

enum { JOURNAL_ROWS = 512, SEGMENTS_AT_ONCE = 4 };

/* Behind which event a page begins: an event of a segment, 0 standing for the journal; ids from `id` on were shown. */
struct place {
        int64_t seq, id;
};

struct reading {
        struct tx *tx;
        struct arena *arena;
        const struct audit_filter *filter;
        int64_t since, until; /* ids */
        struct audit_page *page;
        struct place at;            /* of the last event that was taken, or of where the search broke off */
        struct audit_found **found; /* of the piece at hand */
        size_t n_found, capacity;
        unsigned segments;
};

static bool cursor_read(struct str text, struct place *ret) {
        struct str seq;
        uint64_t a, b;

        if (!text.len) {
                *ret = (struct place){ 0, INT64_MAX };
                return true;
        }
        if (!str_next(&text, '.', &seq) || !str_to_uint(seq, INT64_MAX, &a) ||
            !str_to_uint(text, INT64_MAX, &b))
                return false;
        *ret = (struct place){ (int64_t)a, (int64_t)b };
        return true;
}

bool audit_matches(const struct audit_filter *f, const struct audit_entry *e) {
        return (!f->event || e->event == f->event) &&
               (!f->person.ptr || str_eq(e->user_id, f->person) || str_eq(e->actor_id, f->person)) &&
               (!f->app_id.ptr || str_eq(e->app_id, f->app_id)) &&
               (!f->key_id.ptr || str_eq(e->key_id, f->key_id));
}

static bool matches(const struct reading *g, const struct audit_entry *e) {
        return e->id >= g->since && e->id < g->until && audit_matches(g->filter, e);
}

static int found_add(struct reading *g, struct audit_found *found) {
        if (g->n_found == g->capacity) {
                size_t capacity = MAX_OF(2 * g->capacity, (size_t)AUDIT_PAGE_MAX);
                struct audit_found **list =
                        arena_alloc_array(g->arena, capacity, sizeof(struct audit_found *));

                if (!list)
                        return -ERR_NO_MEMORY;
                if (g->n_found)
                        memcpy(list, g->found, g->n_found * sizeof(struct audit_found *));
                g->found = list;
                g->capacity = capacity;
        }
        g->found[g->n_found++] = found;
        return 0;
}

/* The events of some bytes that are asked for, before an id. What is no event ends the bytes: audit_verify() tells of it. */
static int search(struct reading *g, struct str events, int64_t before) {
        struct audit_found *found = NULL;
        int r;

        for (;;) {
                if (!found)
                        found = arena_new(g->arena, struct audit_found);
                if (!found)
                        return -ERR_NO_MEMORY;
                r = audit_decode(&events, &found->texts, &found->entry);
                if (r <= 0)
                        return 0;
                if (found->entry.id >= before || !matches(g, &found->entry))
                        continue;
                r = found_add(g, found);
                if (r < 0)
                        return r;
                found = NULL;
        }
}

static int newest_first(const void *a, const void *b) {
        const struct audit_found *const *x = a, *const *y = b;

        return ((*x)->entry.id < (*y)->entry.id) - ((*x)->entry.id > (*y)->entry.id);
}

/* Takes what was found, as far as the page has room. Returns whether it is full. */
static bool page_take(struct reading *g, int64_t seq) {
        struct audit_page *page = g->page;

        if (g->n_found)
                qsort(g->found, g->n_found, sizeof(struct audit_found *), newest_first);
        for (size_t i = 0; i < g->n_found && page->n < g->filter->limit; i++) {
                page->list[page->n++] = g->found[i];
                g->at = (struct place){ seq, g->found[i]->entry.id };
        }
        g->n_found = 0;
        return page->n == g->filter->limit;
}

/* What is not sealed yet; all of it, since its rows are in no strict order. */
static int search_journal(struct reading *g, int64_t before) {
        struct audit_journal_row *rows = NULL;
        size_t n = 0;
        int r;

        r = db_audit_journal_before(g->tx, g->arena, INT64_MAX, JOURNAL_ROWS, &rows, &n);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = search(g, rows[i].events, before);
        return r;
}

/* What the fewest segments may be expected to tell of; 0 when all are asked for. */
static uint32_t mention_of(const struct audit_filter *f) {
        if (f->person.ptr)
                return audit_mention_id(AUDIT_PERSON, f->person);
        if (f->key_id.ptr)
                return audit_mention_id(AUDIT_KEY, f->key_id);
        if (f->app_id.ptr)
                return audit_mention_id(AUDIT_APP, f->app_id);
        return f->event ? audit_mention_event(f->event) : 0;
}

/* The segments that can have anything, newest first. */
struct candidates {
        struct audit_search search;
        int64_t list[AUDIT_READ_SEGMENTS_MAX]; /* that the search found */
        size_t at, n;
        bool more;    /* it may find */
        int64_t from; /* what is left begins here, and goes down */
};

static int candidates_begin(struct reading *g, struct candidates *ret) {
        struct audit_place_row place;
        int64_t from = g->at.seq ? g->at.seq : INT64_MAX, least = 0;
        int r = 0;

        if (g->until != INT64_MAX) {
                r = db_audit_place_before(g->tx, g->arena, g->until, &place);
                if (r > 0)
                        from = MIN_OF(from, place.seq);
        }
        if (r >= 0 && g->since) {
                r = db_audit_place_from(g->tx, g->arena, g->since, &place);
                if (r > 0)
                        least = place.seq ? place.seq : INT64_MAX;
        }
        *ret = (struct candidates){ .search = { g->tx, g->arena, mention_of(g->filter), from, least },
                                    .more = true,
                                    .from = from };
        return MIN_OF(r, 0);
}

/* Some of them. Returns whether there may be more. */
static int candidates_found(struct reading *g, struct candidates *c, struct audit_segment_row **ret,
                            size_t *ret_n) {
        struct str numbers;
        size_t n;
        int r = 0;

        if (c->at == c->n && c->more) {
                r = audit_search_next(&c->search, c->list, ARRAY_LENGTH(c->list), &c->n);
                if (r < 0)
                        return r;
                c->at = 0;
                c->more = r > 0;
        }
        n = MIN_OF(c->n - c->at, (size_t)SEGMENTS_AT_ONCE);
        *ret_n = 0;
        if (n) {
                numbers = audit_numbers(g->arena, c->list + c->at, n);
                r = numbers.ptr ? db_audit_segments_of(g->tx, g->arena, numbers, SEGMENTS_AT_ONCE, ret, ret_n)
                                : -ERR_NO_MEMORY;
        }
        c->at += n;
        c->from = c->at < c->n ? c->list[c->at] : c->search.from;
        return r < 0 ? r : c->at < c->n || c->more;
}

static int candidates_next(struct reading *g, struct candidates *c, struct audit_segment_row **ret,
                           size_t *ret_n) {
        int r;

        if (c->search.mention)
                return candidates_found(g, c, ret, ret_n);
        r = db_audit_segments_back(g->tx, g->arena, c->from, c->search.least, SEGMENTS_AT_ONCE, ret, ret_n);
        if (r >= 0 && *ret_n)
                c->from = (*ret)[*ret_n - 1].seq - 1;
        return r < 0 ? r : *ret_n == SEGMENTS_AT_ONCE;
}

/* Returns 1 when the page is full or the search has gone far enough, 0 at the end. */
static int search_segments(struct reading *g, const struct place *begin) {
        struct candidates c;
        int r, more = 1;

        r = candidates_begin(g, &c);
        while (r >= 0 && more && c.from > 0) {
                struct audit_segment_row *rows = NULL;
                size_t n = 0;

                r = more = candidates_next(g, &c, &rows, &n);
                for (size_t i = 0; i < n && r >= 0; i++) {
                        bool shown = begin->seq == 0 || rows[i].seq == begin->seq;

                        r = search(g, rows[i].events, shown ? begin->id : INT64_MAX);
                        if (r >= 0 && page_take(g, rows[i].seq))
                                return 1;
                }
                g->segments += (unsigned)n;
                if (r >= 0 && more && c.from > 0 && (n == 0 || g->segments >= AUDIT_READ_SEGMENTS_MAX)) {
                        g->at = (struct place){ c.from, INT64_MAX };
                        return 1;
                }
        }
        return MIN_OF(r, 0);
}

int audit_find(struct tx *tx, struct arena *arena, const struct audit_filter *filter,
               struct audit_page *ret) {
        struct reading g = { .tx = tx,
                             .arena = arena,
                             .filter = filter,
                             .since = filter->since ? id_at(filter->since) : 0,
                             .until = filter->until ? id_at(filter->until) : INT64_MAX,
                             .page = ret };
        struct place begin;
        int r = 0;

        *ret = (struct audit_page){ 0 };
        if (!cursor_read(filter->cursor, &begin))
                return -ERR_BAD_REQUEST;
        ret->list = arena_alloc_array(arena, filter->limit, sizeof(struct audit_found *));
        if (!ret->list)
                return -ERR_NO_MEMORY;
        g.at = begin;
        if (begin.seq == 0)
                r = search_journal(&g, begin.id);
        if (r < 0)
                return r;
        r = page_take(&g, 0) ? 1 : search_segments(&g, &begin);
        if (r > 0)
                (void)snprintf(ret->next, sizeof(ret->next), "%" PRId64 ".%" PRId64, g.at.seq, g.at.id);
        return MIN_OF(r, 0);
}
