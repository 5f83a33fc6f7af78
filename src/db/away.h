/* Whether a server can be reached, as all threads that talk to it find out together. While it is away one of them at a time
 * tries to reach it, and whoever asks for it is refused at once; as soon as one reaches it, it is there for all.
 *
 * All functions but _init() and _done() are thread-safe. Times are of the monotonic clock, in milliseconds. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

enum {
        AWAY_FIRST_MS = 50, /* how long it is left alone after it could not be reached, doubled each time … */
        AWAY_MAX_MS = 500, /* … up to here: so long, at most, after its return it is still taken to be away */
        AWAY_HANGS_MS = 1000, /* whoever tries for longer is not waited for */
};

struct away {
        pthread_mutex_t lock;
        int64_t pause_ms; /* 0 while it is there */
        int64_t try_at, tried_at, reached_at;
        bool trying;
        _Atomic int64_t refuse_until; /* 0 while it is there */
        _Atomic int connections;      /* that stand, as far as anybody knows */
};

void away_init(struct away *a);
void away_done(struct away *a);

/* Whether the calling thread may try to connect now. Who is told so tells of the outcome. */
_must_use_ bool away_may_try(struct away *a, int64_t now);

/* It was reached. */
void away_reached(struct away *a, int64_t now);

/* An attempt failed.
 *
 * began     when it began
 * problem   for the log
 * returns   false when that is old news, because somebody has reached it since the attempt began: try again */
bool away_failed(struct away *a, int64_t began, int64_t now, const char *problem);

/* A connection was made or lost: +1, -1. */
static inline void away_count(struct away *a, int delta) {
        (void)atomic_fetch_add_explicit(&a->connections, delta, memory_order_relaxed);
}

/* Whether there is no use in asking for it at the moment: no connection stands and none could be made. Costs next to
 * nothing. */
bool away_refuses(const struct away *a);
