#include "account/audit_verify.h"

#include <stdarg.h>
#include <stdio.h>

#include "account/audit_codec.h"
#include "base/codec.h"

enum { SEGMENTS_AT_ONCE = 16, MEMORY_MAX = 8 * 1024 * 1024 };

struct verifying {
        const struct audit_verify *how;
        struct audit_verified *out;
        struct arena arena;
        int64_t seq;          /* of the segment before */
        struct hash previous; /* its hash, as it is stored */
        bool gap;             /* it is missing */
        bool expect_met;
};

_printf_(2, 3) static void fault(struct verifying *v, const char *format, ...) {
        char text[AUDIT_FAULT_MAX];
        va_list args;

        va_start(args, format);
        (void)vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        v->out->faults++;
        v->how->fault(v->how->data, text);
}

static const struct mac_key *key_find(const struct audit_verify *how, struct str id) {
        for (size_t i = 0; i < how->n_keys; i++) {
                struct audit_key_id known = audit_key_id(&how->keys[i]);

                if (str_eq(id, str_n(known.bytes, sizeof(known.bytes))))
                        return &how->keys[i];
        }
        return NULL;
}

/* Names a key that is not at hand. */
static void fault_key(struct verifying *v, const char *what, int64_t seq, struct str id) {
        char hex[2 * AUDIT_KEY_ID_SIZE + 1] = "";

        if (id.len == AUDIT_KEY_ID_SIZE)
                hex_encode(id, hex);
        fault(v,
              "%s %lld was sealed with another key (%s) than the server's: if that was replaced, give the "
              "old one with --old-key",
              what, (long long)seq, hex);
}

static void keep_hash(struct verifying *v, struct str hash) {
        v->previous = (struct hash){ 0 };
        memcpy(v->previous.bytes, hash.ptr, MIN_OF(hash.len, sizeof(v->previous.bytes)));
}

/* A mark by its MAC; 1 when there is one, 0 when there is none. */
static int mark_check(struct verifying *v, struct tx *tx, struct str name, struct audit_mark_row *ret) {
        const struct mac_key *key;
        struct hash mac;
        int r;

        r = db_audit_mark(tx, &v->arena, name, ret);
        if (r <= 0)
                return r;
        key = key_find(v->how, ret->key_id);
        if (!key) {
                fault_key(v, name.ptr[0] == 'h' ? "the head: segment" : "the anchor: segment", ret->seq,
                          ret->key_id);
                return 1;
        }
        mac = audit_mark_mac(key, name, ret);
        if (!hash_equal(&mac, ret->mac))
                fault(v, "the " STR_FMT " was changed", STR_ARG(name));
        return 1;
}

static int begin(struct verifying *v, struct tx *tx) {
        struct audit_mark_row anchor;
        struct total_row total;
        int r;

        r = db_audit_journal_count(tx, &v->arena, &total);
        if (r < 0)
                return r;
        v->out->unsealed = total.total;
        r = mark_check(v, tx, AUDIT_ANCHOR, &anchor);
        if (r <= 0)
                return r;
        v->seq = anchor.seq;
        v->out->removed = anchor.events;
        keep_hash(v, anchor.hash);
        v->expect_met = v->how->expect_seq == anchor.seq && hash_equal(&v->how->expect_hash, anchor.hash);
        v->out->expect_gone = v->how->expect_seq && v->how->expect_seq < anchor.seq;
        return 0;
}

bool audit_segment_holds(const struct audit_segment_row *s) {
        struct str events = s->events;
        struct audit_fields e;
        int64_t n = 0;
        int r;

        while ((r = audit_take(&events, &e)) > 0 && e.id >= s->first_id && e.id <= s->last_id)
                n++;
        return r == 0 && n == s->count;
}

static void seal_check(struct verifying *v, const struct audit_segment_row *s) {
        const struct mac_key *key = key_find(v->how, s->key_id);
        struct hash hash = audit_segment_hash(s, hash_str(&v->previous)), stored = { 0 }, mac;
        char from[CLOCK_ISO_LENGTH], to[CLOCK_ISO_LENGTH];

        clock_format_iso(id_time_ms(s->first_id), from);
        clock_format_iso(id_time_ms(s->last_id), to);
        if ((!v->gap && !hash_equal(&hash, s->hash)) || !audit_segment_holds(s)) {
                fault(v,
                      "segment %lld was changed, or stands in another's place: it tells of %lld events from "
                      "%.*s to %.*s",
                      (long long)s->seq, (long long)s->count, CLOCK_ISO_LENGTH, from, CLOCK_ISO_LENGTH, to);
                return;
        }
        if (!key) {
                fault_key(v, "segment", s->seq, s->key_id);
                return;
        }
        memcpy(stored.bytes, s->hash.ptr, MIN_OF(s->hash.len, sizeof(stored.bytes)));
        mac = audit_segment_mac(key, &stored);
        if (!hash_equal(&mac, s->mac))
                fault(v, "segment %lld was not sealed by this server: whoever wrote it had not its key",
                      (long long)s->seq);
}

static void segment_check(struct verifying *v, const struct audit_segment_row *s) {
        v->gap = s->seq != v->seq + 1;
        if (v->gap && s->seq == v->seq + 2)
                fault(v, "segment %lld is missing", (long long)v->seq + 1);
        else if (v->gap)
                fault(v, "segments %lld to %lld are missing", (long long)v->seq + 1, (long long)s->seq - 1);
        seal_check(v, s);
        if (s->seq == v->how->expect_seq)
                v->expect_met = hash_equal(&v->how->expect_hash, s->hash);
        v->seq = s->seq;
        keep_hash(v, s->hash);
        v->out->segments++;
        v->out->events += s->count;
}

static int end(struct verifying *v, struct tx *tx) {
        struct audit_mark_row head;
        int r;

        r = mark_check(v, tx, AUDIT_HEAD, &head);
        if (r < 0)
                return r;
        if (r == 0 && v->seq)
                fault(v, "the head is missing: it would name segment %lld", (long long)v->seq);
        else if (r > 0 && head.seq > v->seq)
                fault(v, "the end is missing: segment %lld was sealed last, and %lld is the newest there is",
                      (long long)head.seq, (long long)v->seq);
        else if (r > 0 && (head.seq != v->seq || !hash_equal(&v->previous, head.hash)))
                fault(v, "segment %lld is not the one that was sealed last", (long long)v->seq);
        else if (r > 0 && head.events != v->out->events + v->out->removed)
                fault(v,
                      "%lld events were sealed, and %lld are there or were removed when their time was over",
                      (long long)head.events, (long long)v->out->events + v->out->removed);
        if (v->how->expect_seq && !v->expect_met && !v->out->expect_gone)
                fault(v,
                      "segment %lld is not the one that was expected: the trail was cut off there, and grew "
                      "anew",
                      (long long)v->how->expect_seq);
        v->out->head_seq = v->seq;
        v->out->head = v->previous;
        return 0;
}

static int walk(struct verifying *v, struct tx *tx) {
        struct audit_segment_row *rows;
        struct total_row total;
        size_t n;
        int r;

        r = db_audit_segments_count(tx, &v->arena, &total);
        if (r < 0)
                return r;
        do {
                arena_reset(&v->arena);
                r = db_audit_segments_after(tx, &v->arena, v->seq, SEGMENTS_AT_ONCE, &rows, &n);
                if (r < 0)
                        return r;
                for (size_t i = 0; i < n; i++)
                        segment_check(v, &rows[i]);
                if (v->how->progress)
                        v->how->progress(v->how->data, v->out->segments, total.total);
        } while (n == SEGMENTS_AT_ONCE);
        if (total.total != v->out->segments)
                fault(v, "%lld segments were put in before the first one that was sealed",
                      (long long)total.total - v->out->segments);
        return 0;
}

int audit_verify(struct tx *tx, const struct audit_verify *how, struct audit_verified *ret) {
        struct verifying v = { .how = how, .out = ret };
        int r;

        *ret = (struct audit_verified){ 0 };
        arena_init(&v.arena, MEMORY_MAX);
        r = begin(&v, tx);
        if (r >= 0)
                r = walk(&v, tx);
        if (r >= 0)
                r = end(&v, tx);
        arena_done(&v.arena);
        return MIN_OF(r, 0);
}
