#include "db/away.h"

#include "base/clock.h"
#include "base/log.h"

void away_init(struct away *a) {
        *a = (struct away){ .reached_at = -1 };
        (void)pthread_mutex_init(&a->lock, NULL);
}

void away_done(struct away *a) {
        (void)pthread_mutex_destroy(&a->lock);
}

bool away_may_try(struct away *a, int64_t now) {
        bool may;

        (void)pthread_mutex_lock(&a->lock);
        may = a->pause_ms == 0 || (now >= a->try_at && (!a->trying || now - a->tried_at >= AWAY_HANGS_MS));
        if (may && a->pause_ms) {
                a->trying = true;
                a->tried_at = now;
        }
        (void)pthread_mutex_unlock(&a->lock);
        return may;
}

void away_reached(struct away *a, int64_t now) {
        bool was_away;

        (void)pthread_mutex_lock(&a->lock);
        was_away = a->pause_ms != 0;
        a->pause_ms = a->try_at = 0;
        a->trying = false;
        a->reached_at = now;
        atomic_store_explicit(&a->refuse_until, 0, memory_order_relaxed);
        (void)pthread_mutex_unlock(&a->lock);
        if (was_away)
                LOG(LOG_INFO, "The database can be reached again");
}

bool away_failed(struct away *a, int64_t began, int64_t now, const char *problem) {
        bool was_away, counts;

        (void)pthread_mutex_lock(&a->lock);
        was_away = a->pause_ms != 0;
        counts = began > a->reached_at;
        /* Of those who fail together the first one decides. */
        if (counts && now >= a->try_at) {
                a->pause_ms = was_away ? MIN_OF(a->pause_ms * 2, (int64_t)AWAY_MAX_MS) : AWAY_FIRST_MS;
                a->try_at = now + a->pause_ms;
                atomic_store_explicit(&a->refuse_until, a->try_at, memory_order_relaxed);
        }
        if (counts)
                a->trying = false;
        (void)pthread_mutex_unlock(&a->lock);
        if (counts && !was_away)
                LOG(LOG_ERROR, "The database is away", LOG_STR("cause", str_of(problem)));
        return counts;
}

bool away_refuses(const struct away *a) {
        int64_t until = atomic_load_explicit(&a->refuse_until, memory_order_relaxed);

        return until && atomic_load_explicit(&a->connections, memory_order_relaxed) <= 0 &&
               clock_monotonic_ms() < until;
}
