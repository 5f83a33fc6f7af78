/* The Platform's public keys, kept as long as they may be.
 *
 * Keys are good for the max-age that they came with, within JWKS_AGE_MIN and JWKS_AGE_MAX. In the last quarter of that
 * time they are fetched anew behind the requests; after it, requests wait for them. When fetching fails, the keys at hand
 * stay in use. A token of an unknown key has them fetched at once, so that the Platform can change its keys at any time.
 * However many ask, one fetch runs at a time, and JWKS_PAUSE_MS lie between two. */
#pragma once

#include "account/jwt_keys.h"
#include "base/clock.h"
#include "base/strbuf.h"

enum {
        JWKS_AGE_MIN = 60,           /* seconds */
        JWKS_AGE_DEFAULT = 600,      /* seconds, where the answer does not say */
        JWKS_AGE_MAX = 24 * 60 * 60, /* seconds */
        JWKS_PAUSE_MS = 5000,
};

struct jwks;

/* How the set is fetched: jwks_fetch_url(), or a test's own. */
typedef int (*jwks_get_fn)(const char *url, struct str ca_file, struct strbuf *body, int64_t *ret_max_age);

/* Fetches nothing yet. ca_file: see jwks_fetch_url(); clock: one that never goes back; both outlive the set.
 * errors   ERR_NO_MEMORY */
_must_use_ int jwks_new(struct str url, struct str ca_file, jwks_get_fn get, const struct clock *clock,
                        struct jwks **ret);

/* No fetch may be running. Takes NULL; returns NULL. */
struct jwks *jwks_free(struct jwks *jwks);

enum jwks_age {
        JWKS_FRESH,
        JWKS_AGEING, /* good, but to be fetched soon */
        JWKS_OLD,    /* to be fetched first; or there are none yet */
};

/* The keys, held for the caller (jwt_keys_release()); NULL when none were ever fetched.
 *
 * ret_failed   the last fetch failed
 */
struct jwt_keys *jwks_keys(struct jwks *jwks, enum jwks_age *ret_age, bool *ret_failed);

/* Somebody who waits for the end of a fetch, well or not: woken once, on the thread that fetched. */
struct jwks_waiter {
        struct jwks_waiter *next;
        void (*wake)(struct jwks_waiter *waiter);
};

enum jwks_turn {
        JWKS_TOO_SOON, /* no fetch, the last one is too recent: the waiter is not taken */
        JWKS_WAITING,  /* one runs already; the waiter is taken */
        JWKS_YOURS,    /* the caller must see to it that jwks_fetch() runs; the waiter is taken */
};

/* Asks for a fetch. waiter: NULL when nobody waits. */
enum jwks_turn jwks_ask(struct jwks *jwks, struct jwks_waiter *waiter);

/* Fetches, after JWKS_YOURS. Blocks: on the worker pool. */
void jwks_fetch(struct jwks *jwks);

/* In place of jwks_fetch(), when it can't be run: counts as a fetch that failed. */
void jwks_give_up(struct jwks *jwks);
