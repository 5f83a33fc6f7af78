#include "account/audit_gather.h"

#include <pthread.h>
#include <stdlib.h>

#include "account/audit_int.h"
#include "base/hash.h"
#include "db/record.h"

/* An event, and what is the same in those that it stands for. */
struct gathered {
        struct hash same;
        int64_t count;
        uint8_t bytes[AUDIT_ENTRY_MAX];
};

struct gathering {
        unsigned n;
        int64_t dropped;
        struct gathered list[AUDIT_GATHER_MAX];
};

struct audit_gather {
        pthread_mutex_t mutex;
        struct gathering *fresh;  /* guarded */
        int64_t credit, since_ms; /* guarded: how many more different ones may come */
        struct gathering *taken;  /* of the thread that stores */
};

struct audit_gather *audit_gather_new(void) {
        struct audit_gather *g = calloc(1, sizeof(*g));

        if (!g)
                return NULL;
        (void)pthread_mutex_init(&g->mutex, NULL);
        g->credit = AUDIT_GATHER_MAX;
        g->fresh = calloc(1, sizeof(*g->fresh));
        g->taken = calloc(1, sizeof(*g->taken));
        return g->fresh && g->taken ? g : audit_gather_free(g);
}

struct audit_gather *audit_gather_free(struct audit_gather *g) {
        if (!g)
                return NULL;
        (void)pthread_mutex_destroy(&g->mutex);
        free(g->fresh);
        free(g->taken);
        free(g);
        return NULL;
}

static struct hash sameness(const struct audit_entry *e) {
        uint8_t code[2] = { (uint8_t)(e->event >> 8), (uint8_t)e->event };
        struct str parts[] = { str_n(code, sizeof(code)),
                               e->user_id,
                               e->actor_id,
                               e->app_id,
                               e->key_id,
                               e->subject,
                               e->address,
                               e->reason,
                               e->detail };

        return hash_sha256_parts(parts, ARRAY_LENGTH(parts));
}

static void add(struct audit_gather *g, const struct audit_entry *e, const struct hash *same) {
        struct gathering *fresh = g->fresh;
        struct gathered *new;

        for (unsigned i = 0; i < fresh->n; i++)
                if (memcmp(&fresh->list[i].same, same, sizeof(*same)) == 0) {
                        fresh->list[i].count++;
                        return;
                }
        if (fresh->n == AUDIT_GATHER_MAX || g->credit == 0) {
                fresh->dropped++;
                return;
        }
        g->credit--;
        new = &fresh->list[fresh->n++];
        new->same = *same;
        new->count = 1;
        (void)audit_encode(e, new->bytes);
}

void audit_soon(const struct request *req, const struct audit *what) {
        struct audit_gather *g = req->context->audit;
        struct audit_entry e;
        struct hash same;

        if (!g)
                return;
        e = audit_entry_of(req, what);
        e.id = id_next(req->context->ids);
        same = sameness(&e);
        (void)pthread_mutex_lock(&g->mutex);
        add(g, &e, &same);
        (void)pthread_mutex_unlock(&g->mutex);
}

unsigned audit_gather_take(struct audit_gather *g, int64_t now_ms) {
        struct gathering *taken = g->taken;
        int64_t passed;

        (void)pthread_mutex_lock(&g->mutex);
        passed = g->since_ms ? MAX_OF(now_ms - g->since_ms, INT64_C(0)) : 0;
        if (passed >= 1000 || !g->since_ms) {
                g->credit =
                        MIN_OF(g->credit + passed / 1000 * AUDIT_GATHER_A_SECOND, (int64_t)AUDIT_GATHER_MAX);
                g->since_ms = now_ms;
        }
        if (taken->n == 0 && taken->dropped == 0) {
                g->taken = g->fresh;
                g->fresh = taken;
        }
        (void)pthread_mutex_unlock(&g->mutex);
        return g->taken->n + (g->taken->dropped > 0);
}

static int store(struct tx *tx, struct audit_entry *e) {
        uint8_t bytes[AUDIT_ENTRY_MAX];

        return tx_record(tx, e->id, str_n(bytes, audit_encode(e, bytes)));
}

int audit_gather_store(struct audit_gather *g, const struct context *context, struct tx *tx) {
        const struct gathering *taken = g->taken;
        struct audit_texts texts;
        struct audit_entry e;
        int r = 0;

        for (unsigned i = 0; i < taken->n && r >= 0; i++) {
                struct str bytes = str_n(taken->list[i].bytes, AUDIT_ENTRY_MAX);

                r = audit_decode(&bytes, &texts, &e);
                e.count = taken->list[i].count;
                if (r > 0)
                        r = store(tx, &e);
        }
        if (r >= 0 && taken->dropped) {
                e = (struct audit_entry){ .id = id_next(context->ids),
                                          .event = AUDIT_DROPPED,
                                          .by = AUDIT_BY_SERVER,
                                          .count = taken->dropped };
                r = store(tx, &e);
        }
        return MIN_OF(r, 0);
}

void audit_gather_stored(struct audit_gather *g) {
        g->taken->n = 0;
        g->taken->dropped = 0;
}
