/* The whole trail, as JSON lines or as who asks writes it, in the order of the sealing: what the hashes cover, for keeping elsewhere. */
#include "account/audit_export.h"

#include <time.h>

#include "account/audit_handlers.h"

enum { SEGMENTS_AT_ONCE = 4, MEMORY_MAX = 4 * 1024 * 1024, LINE_TIME_MAX = 20 };

bool audit_time_read(struct str text, int64_t *ret) {
        char copy[LINE_TIME_MAX + 1];
        struct tm tm = { 0 };
        const char *end;

        if (text.len != LINE_TIME_MAX)
                return false;
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
        end = strptime(copy, "%Y-%m-%dT%H:%M:%SZ", &tm);
        if (!end || *end)
                return false;
        *ret = MAX_OF((int64_t)timegm(&tm) * 1000, ID_EPOCH_MS + 1);
        return true;
}

static void write_line(void *data _unused_, int64_t segment, const struct audit_entry *e,
                       struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);

        json_object_begin(&w);
        json_member_int(&w, "segment", segment);
        audit_write_json(&w, e, true);
        json_object_end(&w);
        strbuf_append_char(out, '\n');
}

static void write_events(struct strbuf *out, const struct audit_export *x,
                         const struct audit_segment_row *s) {
        struct str events = s->events;
        struct audit_texts texts;
        struct audit_entry e;

        while (audit_decode(&events, &texts, &e) > 0)
                if (e.id >= x->since && e.id < x->until)
                        (x->write ? x->write : write_line)(x->data, s->seq, &e, out);
}

int audit_export_begin(struct tx *tx, struct arena *arena, int64_t since, int64_t until,
                       struct audit_export *ret) {
        struct audit_place_row place;
        int r;

        *ret = (struct audit_export){ .since = since ? id_at(since) : 0,
                                      .until = until ? id_at(until) : INT64_MAX,
                                      .last = INT64_MAX };
        if (since) {
                r = db_audit_place_from(tx, arena, ret->since, &place);
                if (r < 0)
                        return r;
                ret->after = r && place.seq ? place.seq - 1 : INT64_MAX;
        }
        if (until) {
                r = db_audit_place_before(tx, arena, ret->until, &place);
                if (r < 0)
                        return r;
                ret->last = r ? place.seq : 0;
        }
        return 0;
}

int audit_export_some(struct tx *tx, struct arena *arena, struct audit_export *x, struct strbuf *out) {
        struct audit_segment_row *rows = NULL;
        size_t n = 0;
        int r;

        r = db_audit_segments_after(tx, arena, x->after, SEGMENTS_AT_ONCE, &rows, &n);
        for (size_t i = 0; i < n && r >= 0; i++) {
                if (rows[i].seq > x->last)
                        return 0;
                write_events(out, x, &rows[i]);
                x->after = rows[i].seq;
        }
        return r < 0 ? r : n == SEGMENTS_AT_ONCE;
}

int handle_audit_export(struct request *req, struct response *res) {
        _cleanup_(arena_done) struct arena arena;
        struct audit_export *x = req->step_data, next;
        int64_t since = 0, until = 0;
        int r;

        arena_init(&arena, MEMORY_MAX);
        if (!x) {
                x = arena_new(&req->arena, struct audit_export);
                if (!x)
                        return -ERR_NO_MEMORY;
                r = audit_read_times(req, &since, &until);
                if (r >= 0)
                        r = audit_export_begin(req->tx, &arena, since, until, x);
                if (r < 0)
                        return r;
                response_begin(res, 200, STR("application/jsonl; charset=utf-8"));
                response_no_store(res);
                audit_soon(req, &(struct audit){ .event = AUDIT_EXPORTED });
        }
        next = *x;
        r = req->method == HTTP_HEAD ? 0 : audit_export_some(req->tx, &arena, &next, &res->body);
        if (r < 0)
                return r;
        *x = next;
        req->step_data = x;
        req->again_ms = 0;
        return r ? STEP_AGAIN : STEP_DONE;
}
