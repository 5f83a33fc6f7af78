#include "account/audit_seal.h"

#include "account/audit_int.h"
#include "account/audit_mention.h"
#include "base/log.h"

struct sealing {
        const struct context *context;
        struct tx *tx;
        struct arena *arena;
        int64_t seq, events; /* of the newest segment; events of all */
        struct hash hash;    /* of the newest segment */
        struct strbuf bytes; /* of the segment that is being made */
        int64_t first, last, count;
        struct audit_mentions *mentions; /* likewise */
};

/* Whether the newest segment is gone because its time was over. */
static int all_removed(const struct sealing *s, int64_t newest) {
        struct audit_mark_row anchor;
        int r;

        r = db_audit_mark(s->tx, s->arena, AUDIT_ANCHOR, &anchor);
        return r > 0 ? anchor.seq == newest : r;
}

/* Where the chain goes on: behind the segment that the head names or behind the newest one there is, whichever is later. If they
 * differ, somebody changed the tables; the gap stays for audit_verify() to see. */
static int find_end(struct sealing *s) {
        struct audit_mark_row head;
        struct audit_seal_row last;
        struct str hash = STR_NULL;
        int r, known, removed = 0;

        known = db_audit_mark(s->tx, s->arena, AUDIT_HEAD, &head);
        if (known < 0)
                return known;
        r = db_audit_segment_last(s->tx, s->arena, &last);
        if (r < 0)
                return r;
        if (known) {
                s->seq = head.seq;
                s->events = head.events;
                hash = head.hash;
        }
        if (r && last.seq > s->seq) {
                s->seq = last.seq;
                hash = last.hash;
        }
        if (hash.len == sizeof(s->hash.bytes))
                memcpy(s->hash.bytes, hash.ptr, hash.len);
        if (known && !r)
                removed = all_removed(s, head.seq);
        if (removed < 0)
                return removed;
        if (!removed && (known || r) && (!known || !r || head.seq != last.seq))
                LOG(LOG_ERROR,
                    "the audit trail was changed: its newest segment is not the one that was sealed last",
                    LOG_INT("segment", r ? last.seq : 0), LOG_INT("sealed", known ? head.seq : 0));
        return 0;
}

static int segment_end(struct sealing *s) {
        struct audit_key_id key = audit_key_id(&s->context->server_key);
        struct audit_segment_row row = { .seq = s->seq + 1,
                                         .first_id = s->first,
                                         .last_id = s->last,
                                         .count = s->count,
                                         .sealed_at = clock_now(s->context->clock),
                                         .events = strbuf_str(&s->bytes) };
        struct hash mac;
        int r;

        if (s->count == 0)
                return 0;
        if (!row.events.ptr)
                return -ERR_NO_MEMORY;
        s->hash = audit_segment_hash(&row, hash_str(&s->hash));
        mac = audit_segment_mac(&s->context->server_key, &s->hash);
        r = db_audit_segment_insert(s->tx, row.seq, row.first_id, row.last_id, row.count, row.sealed_at,
                                    row.events, hash_str(&s->hash), hash_str(&mac),
                                    str_n(key.bytes, sizeof(key.bytes)));
        if (r >= 0)
                r = db_audit_recent_insert(s->tx, row.seq, audit_mentions_str(s->mentions));
        if (r < 0)
                return r;
        s->seq = row.seq;
        s->events += s->count;
        s->count = 0;
        audit_mentions_reset(s->mentions);
        strbuf_reset(&s->bytes);
        return 0;
}

static int event_add(struct sealing *s, struct str bytes, const struct audit_fields *e) {
        int r = 0;

        if (s->count == AUDIT_SEGMENT_EVENTS || s->bytes.len + bytes.len > AUDIT_SEGMENT_BYTES)
                r = segment_end(s);
        if (r < 0)
                return r;
        s->first = s->count ? MIN_OF(s->first, e->id) : e->id;
        s->last = s->count ? MAX_OF(s->last, e->id) : e->id;
        s->count++;
        audit_mentions_add(s->mentions, e);
        strbuf_append(&s->bytes, bytes);
        return 0;
}

/* What is no event was put into the journal by somebody else, or changed there: that is all that can be said of it. */
static int damage_add(struct sealing *s, size_t bytes) {
        struct audit_entry e = {
                .id = id_next(s->context->ids), .event = AUDIT_DAMAGED, .by = AUDIT_BY_SERVER, .count = 1
        };
        struct audit_fields fields = { .id = e.id, .event = e.event };
        uint8_t out[AUDIT_ENTRY_MAX];

        LOG(LOG_ERROR, "the audit trail was changed before it was sealed", LOG_INT("bytes", (int64_t)bytes));
        return event_add(s, str_n(out, audit_encode(&e, out)), &fields);
}

static int row_add(struct sealing *s, const struct audit_journal_row *row) {
        struct str rest = row->events;
        struct audit_fields e;
        int r, added = 0;

        do {
                struct str at = rest;

                r = audit_take(&rest, &e);
                if (r > 0)
                        added = event_add(s, str_first(at, at.len - rest.len), &e);
                else if (r < 0)
                        added = damage_add(s, at.len);
        } while (r > 0 && added >= 0);
        return added;
}

static int rows_delete(struct sealing *s, const struct audit_journal_row *rows, size_t n) {
        int64_t *ids = arena_alloc_array(s->arena, n, sizeof(*ids));
        struct str list;

        if (!ids)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++)
                ids[i] = rows[i].id;
        list = audit_numbers(s->arena, ids, n);
        return list.ptr ? db_audit_journal_delete(s->tx, list) : -ERR_NO_MEMORY;
}

static int seal_rows(struct sealing *s, const struct audit_journal_row *rows, size_t n) {
        int r;

        s->mentions = arena_new(s->arena, struct audit_mentions);
        if (!s->mentions)
                return -ERR_NO_MEMORY;
        r = find_end(s);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = row_add(s, &rows[i]);
        if (r >= 0)
                r = segment_end(s);
        if (r >= 0)
                r = rows_delete(s, rows, n);
        if (r >= 0)
                r = audit_mark_store(s->tx, &s->context->server_key, AUDIT_HEAD, s->seq, s->events,
                                     hash_str(&s->hash));
        return r < 0 ? r : (int)n;
}

int audit_seal(const struct context *context, struct tx *tx, struct arena *arena, int64_t rows) {
        struct sealing s = {
                .context = context, .tx = tx, .arena = arena, .bytes = STRBUF_INIT(2 * AUDIT_SEGMENT_BYTES)
        };
        struct audit_journal_row *list = NULL;
        struct held_row held;
        size_t n = 0;
        int r;

        r = db_audit_lock(tx, arena, &held);
        if (r <= 0)
                return r == 0 ? -ERR_BUSY : r;
        r = db_audit_journal_oldest(tx, arena, rows, &list, &n);
        if (r >= 0)
                r = n ? seal_rows(&s, list, n) : 0;
        strbuf_done(&s.bytes);
        return r;
}
