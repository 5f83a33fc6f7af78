#include "account/jwks.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"

struct jwks {
        pthread_mutex_t lock; /* held for moments only: event loops take it */
        struct str ca_file;
        jwks_get_fn get;
        const struct clock *clock;
        struct jwt_keys *keys;
        struct jwks_waiter *waiters;
        bool fetching, tried, failed;
        int64_t tried_at, ageing_at, old_at;
        char url[];
};

int jwks_new(struct str url, struct str ca_file, jwks_get_fn get, const struct clock *clock,
             struct jwks **ret) {
        struct jwks *jwks = calloc(1, sizeof(*jwks) + url.len + 1);

        if (!jwks)
                return -ERR_NO_MEMORY;
        if (pthread_mutex_init(&jwks->lock, NULL) != 0) {
                free(jwks);
                return -ERR_NO_MEMORY;
        }
        memcpy(jwks->url, url.ptr, url.len);
        jwks->ca_file = ca_file;
        jwks->get = get;
        jwks->clock = clock;
        *ret = jwks;
        return 0;
}

struct jwks *jwks_free(struct jwks *jwks) {
        if (!jwks)
                return NULL;
        jwt_keys_release(jwks->keys);
        (void)pthread_mutex_destroy(&jwks->lock);
        free(jwks);
        return NULL;
}

struct jwt_keys *jwks_keys(struct jwks *jwks, enum jwks_age *ret_age, bool *ret_failed) {
        int64_t now = clock_now(jwks->clock);
        struct jwt_keys *keys;

        (void)pthread_mutex_lock(&jwks->lock);
        keys = jwt_keys_hold(jwks->keys);
        *ret_age = !keys || now >= jwks->old_at ? JWKS_OLD
                   : now >= jwks->ageing_at     ? JWKS_AGEING
                                                : JWKS_FRESH;
        *ret_failed = jwks->failed;
        (void)pthread_mutex_unlock(&jwks->lock);
        return keys;
}

enum jwks_turn jwks_ask(struct jwks *jwks, struct jwks_waiter *waiter) {
        int64_t now = clock_now(jwks->clock);
        enum jwks_turn turn = JWKS_WAITING;

        (void)pthread_mutex_lock(&jwks->lock);
        if (!jwks->fetching) {
                turn = jwks->tried && now - jwks->tried_at < JWKS_PAUSE_MS ? JWKS_TOO_SOON : JWKS_YOURS;
                jwks->fetching = turn == JWKS_YOURS;
        }
        if (turn != JWKS_TOO_SOON && waiter) {
                waiter->next = jwks->waiters;
                jwks->waiters = waiter;
        }
        (void)pthread_mutex_unlock(&jwks->lock);
        return turn;
}

/* Ends the fetch: takes over what it brought, NULL when it failed, and wakes those who wait. */
static void finish(struct jwks *jwks, struct jwt_keys *keys, int64_t max_age) {
        int64_t now = clock_now(jwks->clock), life;
        struct jwks_waiter *waiter;

        if (max_age < 0)
                max_age = JWKS_AGE_DEFAULT;
        life = MAX_OF(MIN_OF(max_age, (int64_t)JWKS_AGE_MAX), (int64_t)JWKS_AGE_MIN) * 1000;

        (void)pthread_mutex_lock(&jwks->lock);
        if (keys) {
                struct jwt_keys *former = jwks->keys;

                jwks->keys = keys;
                keys = former;
                jwks->ageing_at = now + life / 4 * 3;
                jwks->old_at = now + life;
                jwks->failed = false;
        } else {
                jwks->failed = true;
        }
        jwks->tried = true;
        jwks->tried_at = now;
        jwks->fetching = false;
        waiter = TAKE(jwks->waiters);
        (void)pthread_mutex_unlock(&jwks->lock);

        jwt_keys_release(keys);
        while (waiter) {
                struct jwks_waiter *next = waiter->next; /* it may be gone once it is awake */

                waiter->wake(waiter);
                waiter = next;
        }
}

void jwks_fetch(struct jwks *jwks) {
        _cleanup_(strbuf_done) struct strbuf body = STRBUF_INIT(JWKS_SIZE_MAX);
        struct jwt_keys *keys = NULL;
        int64_t max_age = -1;
        int r;

        r = jwks->get(jwks->url, jwks->ca_file, &body, &max_age);
        if (r >= 0) {
                r = jwt_keys_from_jwks(strbuf_str(&body), &keys);
                if (r < 0)
                        LOG(LOG_WARNING, "the Platform's keys are no JWK Set",
                            LOG_INT("bytes", (int64_t)body.len));
        }
        if (r >= 0)
                LOG(LOG_INFO, "the Platform's keys were fetched", LOG_INT("keys", (int64_t)keys->n));
        finish(jwks, r >= 0 ? keys : NULL, max_age);
}

void jwks_give_up(struct jwks *jwks) {
        finish(jwks, NULL, -1);
}
