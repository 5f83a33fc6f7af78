/* What a segment is found by. */
#include <stdio.h>
#include <stdlib.h>

#include "account/audit_codec.h"
#include "account/audit_seal.h"
#include "base/json_write.h"

enum { NAMES_TEXT_MAX = 1024 * 1024 };

/* --- mentions --- */

static const uint64_t fnv_offset = 0xcbf29ce484222325, fnv_prime = 0x100000001b3; /* FNV-1a, 64 bits */

static uint64_t fnv(uint64_t hash, struct str bytes) {
        for (size_t i = 0; i < bytes.len; i++)
                hash = (hash ^ str_at(bytes, i)) * fnv_prime;
        return hash;
}

static uint32_t bits_of(uint64_t hash) {
        return (uint32_t)(hash ^ hash >> 32) & INT32_MAX;
}

static uint32_t hash_of(char kind, struct str id) {
        return bits_of(fnv(fnv(fnv_offset, str_n(&kind, 1)), id));
}

static uint32_t hash_of_event(unsigned event) {
        char digits[10], *at = digits + sizeof(digits);

        do
                *--at = (char)('0' + event % 10);
        while (event /= 10);
        return hash_of('e', str_n(at, (size_t)(digits + sizeof(digits) - at)));
}

int64_t audit_mention(struct str name, int64_t segment) {
        return (int64_t)bits_of(fnv(fnv_offset, name)) << 32 | segment;
}

static unsigned hashes_of(const struct audit_entry *e, uint32_t out[AUDIT_NAMES]) {
        unsigned n = 0;

        if (e->user_id.len)
                out[n++] = hash_of('u', e->user_id);
        if (e->actor_id.len)
                out[n++] = hash_of('u', e->actor_id);
        if (e->app_id.len)
                out[n++] = hash_of('a', e->app_id);
        if (e->key_id.len)
                out[n++] = hash_of('k', e->key_id);
        out[n++] = hash_of_event(e->event);
        return n;
}

void audit_mentions_add(struct audit_mentions *m, const struct audit_entry *e) {
        uint32_t now[AUDIT_NAMES];
        unsigned n = hashes_of(e, now);

        for (unsigned i = 0; i < n; i++) {
                bool known = false;

                for (unsigned j = 0; j < m->n_last && !known; j++)
                        known = now[i] == m->last[j];
                if (!known && m->n < ARRAY_LENGTH(m->hashes))
                        m->hashes[m->n++] = now[i];
        }
        memcpy(m->last, now, n * sizeof(*now));
        m->n_last = n;
}

static int by_hash(const void *a, const void *b) {
        const uint32_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

struct str audit_mentions_json(struct arena *arena, struct audit_mentions *m, int64_t segment) {
        struct strbuf out = STRBUF_INIT(NAMES_TEXT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str text;

        qsort(m->hashes, m->n, sizeof(*m->hashes), by_hash);
        json_array_begin(&w);
        for (size_t i = 0; i < m->n; i++)
                if (i == 0 || m->hashes[i] != m->hashes[i - 1])
                        json_int(&w, (int64_t)m->hashes[i] << 32 | segment);
        json_array_end(&w);
        text = out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
        strbuf_done(&out);
        return text;
}

/* --- names --- */

static void name_put(char kind, struct str id, char *out) {
        size_t n = MIN_OF(id.len, (size_t)AUDIT_NAME_MAX - 2);

        out[0] = kind;
        memcpy(out + 1, id.ptr, n);
        out[n + 1] = '\0';
}

static unsigned names_of(const struct audit_entry *e, char names[AUDIT_NAMES][AUDIT_NAME_MAX]) {
        unsigned n = 0;

        if (e->user_id.len)
                name_put('u', e->user_id, names[n++]);
        if (e->actor_id.len)
                name_put('u', e->actor_id, names[n++]);
        if (e->app_id.len)
                name_put('a', e->app_id, names[n++]);
        if (e->key_id.len)
                name_put('k', e->key_id, names[n++]);
        (void)snprintf(names[n++], AUDIT_NAME_MAX, "e%u", e->event);
        return n;
}

static struct str names_json(struct arena *arena, char (*names)[AUDIT_NAME_MAX], size_t n) {
        struct strbuf out = STRBUF_INIT(NAMES_TEXT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str text;

        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                json_str(&w, str_of(names[i]));
        json_array_end(&w);
        text = out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
        strbuf_done(&out);
        return text;
}

int audit_index_of(struct arena *arena, const struct audit_segment_row *segment, struct str *ret_names,
                   struct str *ret_mentions) {
        struct audit_mentions mentions = { .n = 0 };
        struct str events = segment->events;
        char(*names)[AUDIT_NAME_MAX];
        struct audit_texts texts;
        struct audit_entry e;
        size_t n = 0;
        int r;

        names = arena_alloc_array(arena, (size_t)segment->count * AUDIT_NAMES + 1, sizeof(*names));
        if (!names)
                return -ERR_NO_MEMORY;
        for (int64_t i = 0; i < segment->count; i++) {
                r = audit_decode(&events, &texts, &e);
                if (r <= 0)
                        return r < 0 ? r : -ERR_INTERNAL;
                n += names_of(&e, names + n);
                audit_mentions_add(&mentions, &e);
        }
        *ret_names = names_json(arena, names, n);
        *ret_mentions = audit_mentions_json(arena, &mentions, segment->seq);
        return ret_names->ptr && ret_mentions->ptr ? 0 : -ERR_NO_MEMORY;
}
