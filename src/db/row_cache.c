#include "db/row_cache.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "db/row_cache_tag.h"

enum { SHARDS = 64, SLOTS = 65536, ATTEMPTS = 64 };

struct entry {
        struct entry *next;          /* of the same bucket */
        struct entry *older, *newer; /* of the same shard */
        uint64_t hash;
        struct db_value key;
        unsigned statement;
        bool used; /* since it last was the oldest */
        unsigned n_tags;
        uint32_t slots[TAGS_MAX];
        uint64_t versions[TAGS_MAX];
        uint64_t epoch;
        int64_t kept_ms;
        size_t size; /* of all */
        char *text;  /* the row's strings, then the key's */
        size_t row_text;
        alignas(max_align_t) char row[];
};

struct shard {
        alignas(64) pthread_mutex_t lock;
        struct entry **buckets;
        struct entry *oldest, *newest;
        uint64_t entries, bytes, hits;
};

struct row_cache {
        size_t entries_max, bytes_max; /* of a shard */
        size_t buckets;                /* of a shard; a power of two */
        _Atomic int64_t trusted_until;
        alignas(64) _Atomic uint64_t changes; /* raised before anything is invalidated */
        _Atomic uint64_t epoch;
        _Atomic uint64_t misses;
        alignas(64) _Atomic uint64_t versions[SLOTS];
        struct shard shards[SHARDS];
};

struct row_cache *row_cache_new(size_t entries, size_t bytes) {
        struct row_cache *c = aligned_alloc(64, sizeof(*c));

        if (!c)
                return NULL;
        memset(c, 0, sizeof(*c));
        c->entries_max = MAX_OF(entries / SHARDS, (size_t)1);
        c->bytes_max = bytes / SHARDS;
        for (c->buckets = 16; c->buckets < c->entries_max; c->buckets *= 2)
                ;
        for (size_t i = 0; i < SHARDS; i++)
                (void)pthread_mutex_init(&c->shards[i].lock, NULL);
        for (size_t i = 0; i < SHARDS; i++) {
                c->shards[i].buckets = calloc(c->buckets, sizeof(struct entry *));
                if (!c->shards[i].buckets)
                        return row_cache_free(c);
        }
        return c;
}

/* --- a shard, locked --- */

static void queue_remove(struct shard *s, struct entry *e) {
        *(e->older ? &e->older->newer : &s->oldest) = e->newer;
        *(e->newer ? &e->newer->older : &s->newest) = e->older;
}

static void queue_add(struct shard *s, struct entry *e) {
        e->newer = NULL;
        e->older = s->newest;
        *(s->newest ? &s->newest->newer : &s->oldest) = e;
        s->newest = e;
}

static struct entry **bucket_of(const struct row_cache *c, struct shard *s, uint64_t hash) {
        return &s->buckets[hash & (c->buckets - 1)];
}

static void entry_remove(const struct row_cache *c, struct shard *s, struct entry *e) {
        struct entry **at = bucket_of(c, s, e->hash);

        while (*at != e)
                at = &(*at)->next;
        *at = e->next;
        queue_remove(s, e);
        s->entries--;
        s->bytes -= e->size;
        memory_free_wiped(e);
}

/* Makes room: the oldest goes, unless it was used since it was last looked at. */
static void shard_trim(const struct row_cache *c, struct shard *s) {
        while (s->oldest && (s->entries > c->entries_max || s->bytes > c->bytes_max)) {
                struct entry *e = s->oldest;

                if (e->used && e->newer) {
                        e->used = false;
                        queue_remove(s, e);
                        queue_add(s, e);
                } else {
                        entry_remove(c, s, e);
                }
        }
}

static bool key_eq(const struct db_value *a, const struct db_value *b) {
        return a->type == DB_TEXT ? str_eq(a->bytes, b->bytes) : a->number == b->number;
}

static struct entry *shard_find(const struct row_cache *c, struct shard *s, unsigned statement,
                                const struct db_value *key, uint64_t hash) {
        struct entry *e = *bucket_of(c, s, hash);

        while (e && (e->hash != hash || e->statement != statement || !key_eq(&e->key, key)))
                e = e->next;
        return e;
}

static struct shard *shard_of(struct row_cache *c, uint64_t hash) {
        return &c->shards[hash >> 58];
}

struct row_cache *row_cache_free(struct row_cache *c) {
        if (!c)
                return NULL;
        for (size_t i = 0; i < SHARDS; i++) {
                struct shard *s = &c->shards[i];

                while (s->oldest)
                        entry_remove(c, s, s->oldest);
                free(s->buckets);
                (void)pthread_mutex_destroy(&s->lock);
        }
        free(c);
        return NULL;
}

/* --- looking up --- */

bool row_cache_serves(unsigned statement) {
        return row_tags_of(statement) != NULL;
}

bool row_cache_trusted(const struct row_cache *c) {
        return clock_monotonic_ms() < atomic_load_explicit(&c->trusted_until, memory_order_acquire);
}

static bool entry_good(const struct row_cache *c, const struct entry *e, int64_t now) {
        if (e->epoch != atomic_load_explicit(&c->epoch, memory_order_acquire) ||
            now - e->kept_ms >= ROW_CACHE_AGE_MS)
                return false;
        for (unsigned i = 0; i < e->n_tags; i++)
                if (e->versions[i] != atomic_load_explicit(&c->versions[e->slots[i]], memory_order_acquire))
                        return false;
        return true;
}

/* Moves the strings of a copied row from where the kept one has them to `text`. */
static void row_rebase(const struct db_statement *s, char *row, const char *from, char *to) {
        for (size_t i = 0; i < s->n_columns; i++) {
                struct str *text = (struct str *)(row + s->columns[i].offset);

                if ((s->columns[i].type == DB_TEXT || s->columns[i].type == DB_BYTEA) && text->ptr)
                        text->ptr = to + (text->ptr - from);
        }
}

static int entry_copy(const struct entry *e, struct arena *arena, void *row) {
        const struct db_statement *s = &db_statements[e->statement];
        char *text = arena_alloc(arena, MAX_OF(e->row_text, (size_t)1));

        if (!text)
                return -ERR_NO_MEMORY;
        memcpy(text, e->text, e->row_text);
        memcpy(row, e->row, s->row_size);
        row_rebase(s, row, e->text, text);
        return 1;
}

static bool shard_try(struct shard *s) {
        for (unsigned i = 0; i < ATTEMPTS; i++)
                if (pthread_mutex_trylock(&s->lock) == 0)
                        return true;
        return false;
}

int row_cache_find(struct row_cache *c, struct arena *arena, unsigned statement,
                   const struct db_value *params, void *row) {
        int64_t now = clock_monotonic_ms();
        struct shard *s;
        struct entry *e;
        uint64_t hash;
        int r = 0;

        if (now >= atomic_load_explicit(&c->trusted_until, memory_order_acquire))
                return 0;
        hash = row_key_hash(statement, &params[0]);
        s = shard_of(c, hash);
        if (!shard_try(s))
                return 0;
        e = shard_find(c, s, statement, &params[0], hash);
        if (e && !entry_good(c, e, now)) {
                entry_remove(c, s, e);
                e = NULL;
        }
        if (e) {
                e->used = true;
                s->hits++;
                r = entry_copy(e, arena, row);
        }
        (void)pthread_mutex_unlock(&s->lock);
        return r;
}

/* --- keeping --- */

uint64_t row_cache_begin(const struct row_cache *c) {
        return atomic_load_explicit(&c->changes, memory_order_acquire);
}

static size_t row_text_size(const struct db_statement *s, const char *row) {
        size_t size = 0;

        for (size_t i = 0; i < s->n_columns; i++)
                if (s->columns[i].type == DB_TEXT || s->columns[i].type == DB_BYTEA) {
                        const struct str *text = (const struct str *)(row + s->columns[i].offset);

                        size += text->ptr ? text->len + 1 : 0; /* a NUL behind each */
                }
        return size;
}

static void row_text_copy(const struct db_statement *s, char *row, char *at) {
        for (size_t i = 0; i < s->n_columns; i++) {
                struct str *text = (struct str *)(row + s->columns[i].offset);

                if ((s->columns[i].type != DB_TEXT && s->columns[i].type != DB_BYTEA) || !text->ptr)
                        continue;
                memcpy(at, text->ptr, text->len);
                text->ptr = at;
                at += text->len + 1;
        }
}

static struct entry *entry_new(unsigned statement, const struct db_value *key, const void *row) {
        const struct db_statement *s = &db_statements[statement];
        size_t row_text = row_text_size(s, row), row_size = s->row_size;
        size_t size =
                sizeof(struct entry) + row_size + row_text + (key->type == DB_TEXT ? key->bytes.len : 0);
        struct entry *e;

        if (size > ROW_CACHE_ROW_MAX)
                return NULL;
        e = calloc(1, size);
        if (!e)
                return NULL;
        e->statement = statement;
        e->hash = row_key_hash(statement, key);
        e->size = size;
        e->row_text = row_text;
        e->text = e->row + row_size;
        memcpy(e->row, row, row_size);
        row_text_copy(s, e->row, e->text);
        e->key = *key;
        if (key->type == DB_TEXT && key->bytes.len)
                e->key.bytes.ptr = memcpy(e->text + row_text, key->bytes.ptr, key->bytes.len);
        e->kept_ms = clock_monotonic_ms();
        return e;
}

/* The versions first and the changes after them: invalidating raises them the other way round, so a version that is
 * already new shows in the changes. */
static bool entry_date(const struct row_cache *c, struct entry *e, uint64_t begin) {
        uint64_t hashes[TAGS_MAX];

        e->n_tags = row_tag_hashes(e->statement, &e->key, e->row, hashes);
        for (unsigned i = 0; i < e->n_tags; i++) {
                e->slots[i] = (uint32_t)(hashes[i] % SLOTS);
                e->versions[i] = atomic_load_explicit(&c->versions[e->slots[i]], memory_order_acquire);
        }
        e->epoch = atomic_load_explicit(&c->epoch, memory_order_acquire);
        return atomic_load_explicit(&c->changes, memory_order_acquire) == begin;
}

void row_cache_keep(struct row_cache *c, unsigned statement, const struct db_value *params, const void *row,
                    uint64_t begin) {
        struct entry *e, *old;
        struct shard *s;

        (void)atomic_fetch_add_explicit(&c->misses, 1, memory_order_relaxed);
        if (row_cache_begin(c) != begin || !row_cache_trusted(c))
                return;
        e = entry_new(statement, &params[0], row);
        if (!e)
                return;
        if (!entry_date(c, e, begin)) {
                memory_free_wiped(e);
                return;
        }
        s = shard_of(c, e->hash);
        (void)pthread_mutex_lock(&s->lock);
        old = shard_find(c, s, statement, &params[0], e->hash);
        if (old)
                entry_remove(c, s, old);
        e->next = *bucket_of(c, s, e->hash);
        *bucket_of(c, s, e->hash) = e;
        queue_add(s, e);
        s->entries++;
        s->bytes += e->size;
        shard_trim(c, s);
        (void)pthread_mutex_unlock(&s->lock);
}

/* --- invalidating --- */

static void invalidate(struct row_cache *c, uint64_t hash) {
        (void)atomic_fetch_add_explicit(&c->changes, 1, memory_order_acq_rel);
        (void)atomic_fetch_add_explicit(&c->versions[hash % SLOTS], 1, memory_order_acq_rel);
}

void row_cache_forget_all(struct row_cache *c) {
        (void)atomic_fetch_add_explicit(&c->changes, 1, memory_order_acq_rel);
        (void)atomic_fetch_add_explicit(&c->epoch, 1, memory_order_acq_rel);
}

void row_cache_invalidate(struct row_cache *c, struct str message) {
        struct str ids = message, kind, id;
        uint64_t hash;

        if (!str_next(&ids, ':', &kind) || !ids.ptr || ids.len == 0) {
                row_cache_forget_all(c);
                return;
        }
        while (str_next(&ids, ' ', &id)) {
                if (!row_tag_parse(kind, id, &hash)) {
                        row_cache_forget_all(c);
                        return;
                }
                invalidate(c, hash);
        }
}

void row_cache_session_touched(struct row_cache *c, int64_t session) {
        invalidate(c, row_tag_number(TAG_SESSION, session));
}

void row_cache_trust(struct row_cache *c, int64_t until_ms) {
        atomic_store_explicit(&c->trusted_until, until_ms, memory_order_release);
}

struct row_cache_figures row_cache_figures(struct row_cache *c) {
        struct row_cache_figures f = { .misses = atomic_load_explicit(&c->misses, memory_order_relaxed) };

        for (size_t i = 0; i < SHARDS; i++) {
                struct shard *s = &c->shards[i];

                (void)pthread_mutex_lock(&s->lock);
                f.hits += s->hits;
                f.entries += s->entries;
                f.bytes += s->bytes;
                (void)pthread_mutex_unlock(&s->lock);
        }
        return f;
}
