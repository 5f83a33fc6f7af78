#include "account/audit_index.h"

enum {
        BUCKETS = 256,   /* by a mention's first byte */
        ENTRY_BYTES = 5, /* its other three, and how far its segment is behind the block's first */
        RECENT_AT_ONCE = 128,
        BLOCKS_AT_ONCE = 64,
        BLOCKS_MAX = 1024 /* that one call of audit_search_next() looks through */
};

/* --- adding --- */

static struct str mentions_of(struct arena *arena, const struct audit_segment_row *segment) {
        struct audit_mentions *m = arena_new(arena, struct audit_mentions);
        struct str events = segment->events;
        struct audit_fields f;

        if (!m)
                return STR_NULL;
        while (audit_take(&events, &f) > 0) /* what is no event ends the search, too */
                audit_mentions_add(m, &f);
        return audit_mentions_str(m);
}

/* Returns how many were added. */
static int add_missing(struct tx *tx, struct arena *arena, int64_t after) {
        struct audit_segment_row *rows;
        size_t n;
        int r;

        r = db_audit_recent_missing(tx, arena, after, AUDIT_INDEX_AT_ONCE, &rows, &n);
        for (size_t i = 0; i < n && r >= 0; i++) {
                struct str mentions = mentions_of(arena, &rows[i]);

                r = mentions.ptr ? db_audit_recent_insert(tx, rows[i].seq, mentions) : -ERR_NO_MEMORY;
        }
        return r < 0 ? r : (int)n;
}

struct block {
        uint8_t *entries; /* of one bucket after the other */
        size_t begin[BUCKETS + 1];
        int64_t first, last;
};

static size_t bucket_of(uint32_t mention) {
        return mention >> 24;
}

/* How many of the rows, which are in order, go into a block; where each bucket begins. */
static size_t block_measure(struct block *b, const struct audit_recent_row *rows, size_t n) {
        size_t i, sum = 0;

        *b = (struct block){ .first = rows[0].segment };
        for (i = 0; i < n && rows[i].segment - b->first < AUDIT_BLOCK_SPAN; i++) {
                b->last = rows[i].segment;
                for (size_t k = 0; k < rows[i].mentions.len / AUDIT_MENTION_BYTES; k++)
                        b->begin[bucket_of(audit_mention_at(rows[i].mentions, k))]++;
        }
        for (size_t k = 0; k <= BUCKETS; k++) {
                size_t here = b->begin[k];

                b->begin[k] = sum;
                sum += here;
        }
        return i;
}

static void entry_write(uint8_t *out, uint32_t mention, int64_t offset) {
        out[0] = (uint8_t)(mention >> 16);
        out[1] = (uint8_t)(mention >> 8);
        out[2] = (uint8_t)mention;
        out[3] = (uint8_t)(offset >> 8);
        out[4] = (uint8_t)offset;
}

static void block_fill(struct block *b, const struct audit_recent_row *rows, size_t n) {
        size_t at[BUCKETS];

        memcpy(at, b->begin, sizeof(at));
        for (size_t i = 0; i < n; i++) {
                for (size_t k = 0; k < rows[i].mentions.len / AUDIT_MENTION_BYTES; k++) {
                        uint32_t mention = audit_mention_at(rows[i].mentions, k);
                        size_t place = at[bucket_of(mention)]++;

                        entry_write(b->entries + place * ENTRY_BYTES, mention, rows[i].segment - b->first);
                }
        }
}

/* Every bucket has its row, if only to tell how far the blocks go. */
static int block_make(struct tx *tx, struct arena *arena, int64_t after) {
        struct audit_recent_row *rows;
        struct block b;
        size_t n;
        int r;

        r = db_audit_recent(tx, arena, after, AUDIT_BLOCK_SEGMENTS, &rows, &n);
        if (r < 0 || n == 0)
                return r;
        n = block_measure(&b, rows, n);
        b.entries = arena_alloc_array(arena, b.begin[BUCKETS] + 1, ENTRY_BYTES);
        if (!b.entries)
                return -ERR_NO_MEMORY;
        block_fill(&b, rows, n);
        for (int64_t k = 0; k < BUCKETS && r >= 0; k++)
                r = db_audit_block_insert(tx, k, b.last, b.first,
                                          str_n(b.entries + b.begin[k] * ENTRY_BYTES,
                                                (b.begin[k + 1] - b.begin[k]) * ENTRY_BYTES));
        return r < 0 ? r : db_audit_recent_delete(tx, b.last);
}

int audit_index_some(struct tx *tx, struct arena *arena) {
        struct audit_recent_sum_row sum;
        struct audit_place_row end;
        struct held_row held;
        int r, added = 0;

        r = db_audit_lock(tx, arena, &held);
        if (r <= 0)
                return r == 0 ? -ERR_BUSY : r;
        r = db_audit_blocks_end(tx, arena, &end);
        if (r >= 0)
                r = db_audit_recent_sum(tx, arena, end.seq, &sum);
        if (r >= 0 && sum.segments != sum.recent)
                r = added = add_missing(tx, arena, end.seq);
        if (r >= 0 && added == 0 &&
            (sum.recent >= AUDIT_BLOCK_SEGMENTS || sum.bytes >= AUDIT_BLOCK_MENTIONS * AUDIT_MENTION_BYTES))
                r = added = block_make(tx, arena, end.seq);
        return r < 0 ? r : added > 0;
}

int audit_index_remove(struct tx *tx, struct arena *arena, int64_t last) {
        struct total_row total;
        int r;

        r = db_audit_recent_delete(tx, last);
        if (r >= 0)
                r = db_audit_blocks_count(tx, arena, last, &total);
        if (r >= 0 && total.total)
                r = db_audit_blocks_delete(tx, last);
        return MIN_OF(r, 0);
}

/* --- searching --- */

struct taking {
        struct audit_search *search;
        int64_t *out;
        size_t max, n;
};

/* Returns whether there is room for more. */
static bool take(struct taking *t, int64_t segment) {
        t->out[t->n++] = segment;
        t->search->from = segment - 1;
        return t->n < t->max;
}

static bool recent_tells(struct str mentions, uint32_t mention) {
        if (!mentions.ptr)
                return true;
        for (size_t i = 0; i < mentions.len / AUDIT_MENTION_BYTES; i++)
                if (audit_mention_at(mentions, i) == mention)
                        return true;
        return false;
}

/* Returns 1 when there is no room for more, 0 at the end. */
static int search_recent(struct taking *t, int64_t least) {
        struct audit_search *s = t->search;
        struct audit_recent_found_row *rows;
        size_t n;
        int r;

        do {
                r = db_audit_recent_back(s->tx, s->arena, s->from, least, RECENT_AT_ONCE, &rows, &n);
                for (size_t i = 0; i < n && r >= 0; i++) {
                        s->from = rows[i].segment - 1;
                        if (recent_tells(rows[i].mentions, s->mention) && !take(t, rows[i].segment))
                                return 1;
                }
        } while (r >= 0 && n == RECENT_AT_ONCE);
        return MIN_OF(r, 0);
}

static bool search_block(struct taking *t, const struct audit_block_row *block) {
        const struct audit_search *s = t->search;
        uint8_t wanted[ENTRY_BYTES];

        entry_write(wanted, s->mention, 0);
        for (size_t i = block->mentions.len / ENTRY_BYTES; i-- > 0;) {
                const uint8_t *at = (const uint8_t *)block->mentions.ptr + i * ENTRY_BYTES;
                int64_t segment = block->first_segment + (at[3] << 8 | at[4]);

                if (memcmp(at, wanted, ENTRY_BYTES - 2) != 0 || segment > s->from)
                        continue;
                if (segment < s->least)
                        return true;
                if (!take(t, segment))
                        return false;
        }
        t->search->from = MIN_OF(s->from, block->first_segment - 1);
        return true;
}

/* Returns 1 when there is no room for more or it was enough, 0 at the end. */
static int search_blocks(struct taking *t) {
        struct audit_search *s = t->search;
        struct audit_block_row *rows;
        size_t n, blocks = 0;
        int r;

        do {
                r = db_audit_blocks_back(s->tx, s->arena, (int64_t)bucket_of(s->mention), s->from, s->least,
                                         BLOCKS_AT_ONCE, &rows, &n);
                for (size_t i = 0; i < n && r >= 0; i++)
                        if (!search_block(t, &rows[i]))
                                return 1;
                blocks += n;
        } while (r >= 0 && n == BLOCKS_AT_ONCE && blocks < BLOCKS_MAX);
        return r < 0 ? r : n == BLOCKS_AT_ONCE;
}

int audit_search_next(struct audit_search *s, int64_t *ret, size_t max, size_t *ret_n) {
        struct taking t = { .search = s, .out = ret, .max = max };
        struct audit_place_row end;
        int r;

        *ret_n = 0;
        r = db_audit_blocks_end(s->tx, s->arena, &end);
        if (r >= 0)
                r = search_recent(&t, MAX_OF(s->least, end.seq + 1));
        if (r == 0)
                r = search_blocks(&t);
        if (r >= 0)
                *ret_n = t.n;
        return r;
}
