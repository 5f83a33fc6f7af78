/* Who changed something waits until every node has forgotten it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/listener_int.h"
#include "db/statements.h"

enum { ARENA_MAX = 512 * 1024 };

/* --- which statements --- */

static const char *const tables[] = { "users",         "apps",     "authorizations",
                                      "access_tokens", "sessions", "store_state" };

/* These change nothing that is decided by, or remove what has ended: the triggers are silent about them too. */
static const char *const silent[] = { "session_touch", "user_set_password", "_delete_ended",
                                      "_delete_expired" };

static bool changes(const char *sql, const char *verb, const char *table) {
        char start[64];
        const char *at = sql;
        int n;

        n = snprintf(start, sizeof(start), "%s %s", verb, table);
        while ((at = strstr(at, start))) {
                at += n;
                if (*at == '\0' || *at == ' ' || *at == '\n')
                        return true;
        }
        return false;
}

static bool concerns(const struct db_statement *s) {
        if (!s->writes)
                return false;
        for (size_t i = 0; i < ARRAY_LENGTH(silent); i++)
                if (strstr(s->name, silent[i]))
                        return false;
        for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
                if (changes(s->sql[DB_POSTGRES], "UPDATE", tables[i]) ||
                    changes(s->sql[DB_POSTGRES], "DELETE FROM", tables[i]))
                        return true;
        return false;
}

int listener_learn_statements(struct listener *l) {
        l->concerns = calloc(db_statements_count, sizeof(bool));
        if (!l->concerns)
                return -ERR_NO_MEMORY;
        for (unsigned i = 0; i < db_statements_count; i++)
                l->concerns[i] = concerns(&db_statements[i]);
        return 0;
}

bool listener_concerns(const struct listener *l, unsigned statement) {
        return l->concerns[statement];
}

/* --- those who wait --- */

bool listener_id_parse(struct str text, uint64_t *ret) {
        uint64_t id = 0;

        if (text.len != LISTENER_ID_DIGITS)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                uint8_t c = str_at(text, i);

                if (c >= '0' && c <= '9')
                        id = id << 4 | (uint64_t)(c - '0');
                else if (c >= 'a' && c <= 'f')
                        id = id << 4 | (uint64_t)(c - 'a' + 10);
                else
                        return false;
        }
        *ret = id;
        return true;
}

static void peer_remove(struct announcement *a, uint64_t peer) {
        for (unsigned i = 0; i < a->n_peers; i++)
                if (a->peers[i] == peer) {
                        a->peers[i] = a->peers[--a->n_peers];
                        return;
                }
}

void announcement_heard(struct listener *l, uint64_t number, uint64_t by) {
        (void)pthread_mutex_lock(&l->lock);
        for (struct announcement *a = l->waiting; a; a = a->next)
                if (a->number == number)
                        peer_remove(a, by);
        (void)pthread_mutex_unlock(&l->lock);
        (void)pthread_cond_broadcast(&l->heard);
}

void announcements_forgot(struct listener *l) {
        (void)pthread_mutex_lock(&l->lock);
        for (struct announcement *a = l->waiting; a; a = a->next)
                peer_remove(a, l->id);
        (void)pthread_mutex_unlock(&l->lock);
        (void)pthread_cond_broadcast(&l->heard);
}

/* --- announcing --- */

static void announcement_end(struct announcement *a) {
        struct announcement **at = &a->listener->waiting;

        while (*at != a)
                at = &(*at)->next;
        *at = a->next;
        a->listener = NULL;
}

int listener_announce(struct listener *l, struct tx *tx, struct announcement *a) {
        static const struct str name = STR_INIT(LISTENER_NAME);
        struct peer_row *peers;
        struct arena arena;
        char mark[64];
        size_t n;
        int r;

        a->n_peers = 0;
        (void)pthread_mutex_lock(&l->lock);
        a->number = ++l->last_number;
        (void)pthread_mutex_unlock(&l->lock);

        (void)snprintf(mark, sizeof(mark), "mark:%016" PRIx64 ":%" PRIu64, l->id, a->number);
        arena_init(&arena, ARENA_MAX);
        r = db_invalidation_announce(tx, &arena, str_of(mark), LISTENER_PEERS_MAX, &peers, &n);
        for (size_t i = 0; r >= 0 && i < n; i++)
                if (peers[i].name.ptr && str_starts_with(peers[i].name, name) &&
                    listener_id_parse(str_from(peers[i].name, name.len), &a->peers[a->n_peers]))
                        a->n_peers++;
        arena_done(&arena);
        if (r < 0)
                return r;

        /* Before the commit: nobody can have answered yet. */
        (void)pthread_mutex_lock(&l->lock);
        a->listener = l;
        a->next = l->waiting;
        l->waiting = a;
        (void)pthread_mutex_unlock(&l->lock);
        return 0;
}

void listener_await(struct announcement *a) {
        struct listener *l = a->listener;
        int64_t end = clock_monotonic_ms() + LISTENER_TRUST_MS + 1; /* the one that the clock had begun */
        struct timespec until = { .tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000 };
        unsigned silent_peers;
        int r = 0;

        (void)pthread_mutex_lock(&l->lock);
        while (a->n_peers > 0 && r != ETIMEDOUT)
                r = pthread_cond_timedwait(&l->heard, &l->lock, &until);
        silent_peers = a->n_peers;
        announcement_end(a);
        (void)pthread_mutex_unlock(&l->lock);
        if (silent_peers)
                LOG(LOG_WARNING, "Nodes did not confirm a change in time; they keep nothing by now",
                    LOG_INT("nodes", silent_peers));
}

void listener_cancel(struct announcement *a) {
        struct listener *l = a->listener;

        (void)pthread_mutex_lock(&l->lock);
        announcement_end(a);
        (void)pthread_mutex_unlock(&l->lock);
}
