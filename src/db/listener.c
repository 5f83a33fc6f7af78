#include "db/listener.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "db/listener_int.h"

enum {
        CONNECT_MS = 3000,
        SILENCE_MS = 3000, /* a question without an answer for so long: the connection is given up */
        PAUSE_FIRST_MS = 50,
        PAUSE_MAX_MS = 2000,
        QUERY_MAX = 128 * (ANSWERS_MAX + 1) + TALK_QUERY_MAX,
};

/* --- what is heard --- */

static void hear_mark(struct listener *l, struct str rest) {
        struct str origin_text, number_text = rest;
        struct mark mark;

        if (!str_next(&number_text, ':', &origin_text) || !number_text.ptr ||
            !listener_id_parse(origin_text, &mark.origin) ||
            !str_to_uint(number_text, UINT64_MAX, &mark.number))
                return;
        if (mark.origin == l->id)
                announcement_heard(l, mark.number, l->id);
        else if (l->cache && l->n_answers < ANSWERS_MAX)
                l->answers[l->n_answers++] = mark; /* those beyond wait until nobody trusts */
}

/* Another node's answer to one of our marks: "ID:NUMBER". */
static void hear_answer(struct listener *l, struct str rest) {
        struct str by_text;
        uint64_t by, number;

        if (str_next(&rest, ':', &by_text) && rest.ptr && listener_id_parse(by_text, &by) &&
            str_to_uint(rest, UINT64_MAX, &number))
                announcement_heard(l, number, by);
}

static void hear(struct listener *l) {
        static const struct str mark = STR_INIT("mark:");
        PGnotify *n;

        while ((n = PQnotifies(l->handle))) {
                struct str text = str_of(n->extra);

                if (strcmp(n->relname, LISTENER_TALK) == 0)
                        talk_hear(l, text);
                else if (strcmp(n->relname, LISTENER_CHANNEL) != 0)
                        hear_answer(l, text);
                else if (str_starts_with(text, mark))
                        hear_mark(l, str_from(text, mark.len));
                else if (l->cache)
                        row_cache_invalidate(l->cache, text);
                PQfreemem(n);
        }
}

/* --- what is asked --- */

static bool ask(struct listener *l, const char *query) {
        l->sent_ms = clock_monotonic_ms(); /* before it is sent: trust counts from here */
        l->asking = PQsendQuery(l->handle, query) == 1;
        return l->asking && PQflush(l->handle) >= 0;
}

/* A server that this node is cut off from notices it by itself soon: until then it would be waited for. */
static bool ask_to_listen(struct listener *l) {
        char query[256];

        (void)snprintf(
                query, sizeof(query),
                "SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;"
                "SET tcp_user_timeout = 4000; LISTEN " LISTENER_CHANNEL "; LISTEN " LISTENER_CHANNEL
                "_%016" PRIx64 "%s",
                l->id, l->talk ? "; LISTEN " LISTENER_TALK : "");
        return ask(l, query);
}

static bool ask_anything(struct listener *l) {
        int64_t now = clock_monotonic_ms();
        size_t at, empty;
        char query[QUERY_MAX];

        at = empty = (size_t)snprintf(query, sizeof(query), "SELECT 1");
        for (unsigned i = 0; i < l->n_answers; i++)
                at += (size_t)snprintf(query + at, sizeof(query) - at,
                                       ",pg_notify('" LISTENER_CHANNEL "_%016" PRIx64 "','%016" PRIx64
                                       ":%" PRIu64 "')",
                                       l->answers[i].origin, l->id, l->answers[i].number);
        l->n_answers = 0;
        at += talk_say(l, now, query + at);
        return (at == empty && now - l->sent_ms < LISTENER_BEAT_MS) || ask(l, query);
}

static void tell_hears(struct listener *l, bool hears) {
        (void)pthread_mutex_lock(&l->lock);
        l->hears = hears;
        (void)pthread_mutex_unlock(&l->lock);
        (void)pthread_cond_broadcast(&l->heard);
}

/* The answer is complete: all that was told before the question was sent has been heard. */
static void answered(struct listener *l) {
        l->asking = false;
        hear(l);
        l->pause_ms = PAUSE_FIRST_MS;
        if (!l->listening) {
                l->listening = true;
                if (l->cache)
                        row_cache_forget_all(l->cache);
                if (l->talk)
                        l->talk->begin(l->talk->data);
                tell_hears(l, true);
                LOG(l->cache ? LOG_INFO : LOG_DEBUG, "Listening to what changes in the database");
        }
        if (l->cache)
                row_cache_trust(l->cache, l->sent_ms + LISTENER_TRUST_MS);
}

/* Takes in what has arrived. False when the connection is of no use any more. */
static bool take_in(struct listener *l) {
        if (PQconsumeInput(l->handle) != 1)
                return false;
        hear(l);
        while (l->asking && !PQisBusy(l->handle)) {
                PGresult *result = PQgetResult(l->handle);
                ExecStatusType status = PQresultStatus(result);

                if (!result)
                        answered(l);
                PQclear(result);
                if (result && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
                        return false;
        }
        return true;
}

/* --- the connection --- */

/* Waits for the socket, for `ms` at most. False when it is time to end. */
static bool wait_for(struct listener *l, short events, int64_t ms) {
        struct pollfd fds[2] = { { .fd = l->wake, .events = POLLIN },
                                 { .fd = l->handle ? PQsocket(l->handle) : -1, .events = events } };

        (void)poll(fds, ARRAY_LENGTH(fds), (int)MAX_OF(ms, INT64_C(0)));
        return !atomic_load(&l->stopping);
}

static bool connect_finish(struct listener *l) {
        int64_t end = clock_monotonic_ms() + CONNECT_MS;
        PostgresPollingStatusType status = PGRES_POLLING_WRITING;

        while (status == PGRES_POLLING_WRITING || status == PGRES_POLLING_READING) {
                int64_t left = end - clock_monotonic_ms();

                if (left <= 0 || !wait_for(l, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, left))
                        return false;
                status = PQconnectPoll(l->handle);
        }
        return status == PGRES_POLLING_OK && PQsetnonblocking(l->handle, 1) == 0;
}

static void on_notice(void *data _unused_, const PGresult *result _unused_) {
}

static bool connect_start(struct listener *l) {
        char name[64];
        const char *names[] = { "keepalives_idle",      "keepalives_interval",
                                "keepalives_count",     "tcp_user_timeout",
                                "target_session_attrs", "dbname",
                                "application_name",     NULL };
        const char *values[] = { "1", "1", "3", "4000", "read-write", l->url, name, NULL };

        (void)snprintf(name, sizeof(name), "%s%016" PRIx64, l->cache ? LISTENER_NAME : LISTENER_DEAF, l->id);
        l->handle = PQconnectStartParams(names, values, 1);
        if (!l->handle || PQstatus(l->handle) == CONNECTION_BAD)
                return false;
        (void)PQsetNoticeReceiver(l->handle, on_notice, NULL);
        return connect_finish(l) && ask_to_listen(l);
}

/* Talks and hears until the connection is lost or it is time to end. */
static void converse(struct listener *l) {
        while (!atomic_load(&l->stopping)) {
                int64_t left;
                int flushed;

                if (!l->asking && !ask_anything(l))
                        return;
                flushed = PQflush(l->handle);
                left = l->sent_ms + (l->asking ? SILENCE_MS : LISTENER_BEAT_MS) - clock_monotonic_ms();
                if (flushed < 0 || (l->asking && left <= 0))
                        return;
                if (!l->asking && l->talk)
                        left = MIN_OF(left, l->talk_ms - clock_monotonic_ms());
                if (!wait_for(l, flushed ? POLLIN | POLLOUT : POLLIN, left) || !take_in(l))
                        return;
        }
}

/* Nothing that is kept may be served before a new connection listens. */
static void lose(struct listener *l, bool was_listening) {
        if (l->cache) {
                row_cache_trust(l->cache, 0);
                row_cache_forget_all(l->cache);
        }
        PQfinish(l->handle);
        l->handle = NULL;
        l->asking = l->listening = false;
        l->n_answers = 0;
        tell_hears(l, false);
        announcements_forgot(l);
        if (was_listening && !atomic_load(&l->stopping))
                LOG(LOG_WARNING,
                    "The connection that listens to the database was lost: nothing is kept in memory");
}

static void *listener_main(void *data) {
        struct listener *l = data;

        while (!atomic_load(&l->stopping)) {
                if (connect_start(l))
                        converse(l);
                lose(l, l->listening);
                (void)wait_for(l, 0, l->pause_ms);
                l->pause_ms = MIN_OF(l->pause_ms * 2, (int64_t)PAUSE_MAX_MS);
        }
        return NULL;
}

/* --- start and end --- */

static struct listener *listener_free(struct listener *l) {
        if (l->wake >= 0)
                (void)close(l->wake);
        (void)pthread_cond_destroy(&l->heard);
        (void)pthread_mutex_destroy(&l->lock);
        memory_free_wiped(l->url);
        free(l->concerns);
        free(l);
        return NULL;
}

int listener_start(const char *url, struct row_cache *cache, const struct node_talk *talk,
                   struct listener **ret) {
        pthread_condattr_t monotonic;
        struct listener *l;

        l = calloc(1, sizeof(*l));
        if (!l)
                return -ERR_NO_MEMORY;
        l->cache = cache;
        l->talk = talk;
        l->pause_ms = PAUSE_FIRST_MS;
        (void)pthread_mutex_init(&l->lock, NULL);
        (void)pthread_condattr_init(&monotonic);
        (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&l->heard, &monotonic);
        (void)pthread_condattr_destroy(&monotonic);
        l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        l->url = strdup(url);
        if (l->wake < 0 || !l->url || listener_learn_statements(l) < 0 ||
            random_fill(&random_system, &l->id, sizeof(l->id)) < 0 ||
            pthread_create(&l->thread, NULL, listener_main, l) != 0) {
                (void)listener_free(l);
                return -ERR_NO_MEMORY;
        }
        *ret = l;
        return 0;
}

void listener_await_start(struct listener *l, int64_t ms) {
        int64_t end = clock_monotonic_ms() + ms;
        struct timespec until = { .tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000 };
        int r = 0;

        (void)pthread_mutex_lock(&l->lock);
        while (!l->hears && r != ETIMEDOUT)
                r = pthread_cond_timedwait(&l->heard, &l->lock, &until);
        (void)pthread_mutex_unlock(&l->lock);
}

struct listener *listener_stop(struct listener *l) {
        static const uint64_t one = 1;

        if (!l)
                return NULL;
        atomic_store(&l->stopping, true);
        while (write(l->wake, &one, sizeof(one)) < 0 && errno == EINTR)
                ;
        (void)pthread_join(l->thread, NULL);
        return listener_free(l);
}
