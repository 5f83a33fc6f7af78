/* What a segment is found by. */
#include <stdio.h>
#include <stdlib.h>

#include "account/audit_codec.h"
#include "account/audit_seal.h"
#include "base/json_write.h"

enum { NAMES_TEXT_MAX = 1024 * 1024 };

struct names_of {
        char list[AUDIT_NAMES][AUDIT_NAME_MAX];
        unsigned n;
};

static void name_put(char kind, struct str id, char *out) {
        size_t n = MIN_OF(id.len, (size_t)AUDIT_NAME_MAX - 2);

        out[0] = kind;
        memcpy(out + 1, id.ptr, n);
        out[n + 1] = '\0';
}

unsigned audit_names(const struct audit_entry *e, char names[AUDIT_NAMES][AUDIT_NAME_MAX]) {
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

static int compare(const void *a, const void *b) {
        return strcmp(a, b);
}

static struct str names_json(struct arena *arena, char (*names)[AUDIT_NAME_MAX], size_t n) {
        struct strbuf out = STRBUF_INIT(NAMES_TEXT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str text;

        qsort(names, n, AUDIT_NAME_MAX, compare);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
                        json_str(&w, str_of(names[i]));
        json_array_end(&w);
        text = out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
        strbuf_done(&out);
        return text;
}

/* Moves what one event is found by behind the others, but for what the event before it was found by as well: in a row of
 * events most are of one kind and of one app. */
static size_t take_names(char (*names)[AUDIT_NAME_MAX], size_t n, const struct names_of *before,
                         const struct names_of *now) {
        for (unsigned i = 0; i < now->n; i++) {
                bool known = false;

                for (unsigned j = 0; j < before->n && !known; j++)
                        known = strcmp(now->list[i], before->list[j]) == 0;
                if (!known)
                        memcpy(names[n++], now->list[i], strlen(now->list[i]) + 1);
        }
        return n;
}

int audit_index_names(struct arena *arena, struct str events, size_t count, struct str *ret) {
        struct names_of found[2] = { { .n = 0 },
                                     { .n = 0 } }; /* of the event in hand and the one before it */
        char(*names)[AUDIT_NAME_MAX];
        struct audit_texts texts;
        struct audit_entry e;
        size_t n = 0;
        int r;

        names = arena_alloc_array(arena, count * AUDIT_NAMES + 1, sizeof(*names));
        if (!names)
                return -ERR_NO_MEMORY;
        for (; count > 0; count--) {
                r = audit_decode(&events, &texts, &e);
                if (r <= 0)
                        return r < 0 ? r : -ERR_INTERNAL;
                found[count % 2].n = audit_names(&e, found[count % 2].list);
                n = take_names(names, n, &found[(count + 1) % 2], &found[count % 2]);
        }
        *ret = names_json(arena, names, n);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}
