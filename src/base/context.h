/* What a running server hands to every handler: settings, time, randomness, ids and keys. Made by `serve`,
 * constant while it runs; tests make their own. */
#pragma once

#include <stdatomic.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/random.h"
#include "base/settings.h"

struct page_theme;
struct audit_gather;
struct secret_memo;
struct platform_issuer;
struct providers;
struct crew;
struct graph_cache;
struct vault;
struct store_cache;
struct engine;
struct database;
struct rate_limits;

struct context {
        const struct settings *settings;
        const struct clock *clock;
        const struct random *random;
        struct id_source *ids;
        struct mac_key
                server_key; /* from the key file; the same on every node: successors, CSRF, device cookies */
        struct mac_key process_key; /* random, of this process alone: remembers verified client secrets */
        const struct page_theme *theme;
        const atomic_bool *draining;        /* the server is about to end: /readyz says so */
        struct secret_memo *client_secrets; /* those that verified once; see oauth/secret_memo.h */
        struct audit_gather *audit; /* refusals; see account/audit_gather.h. NULL: they are not kept */
        const struct platform_issuer *platform; /* whose user JWTs count as sessions; NULL for nobody's */
        const struct providers *providers;      /* whom people connect; see integrations/provider.h */

        struct rate_limits *rates; /* how often who may ask; NULL: as often as they like */

        /* for what runs agents: outside of any request's transaction */
        const atomic_bool *stopping; /* set when what takes long must end soon */
        struct crew *crew;           /* the threads that blocks run on; see agents/crew.h */
        struct engine *engine;       /* runs agents; see agents/execution/engine.h */
        struct database *database;   /* transactions by database_write_now() */
        struct graph_cache *graphs;  /* those that were loaded lately; see agents/graph/cache.h */
        struct store_cache *store;   /* answers that were made lately; see agents/store/cache.h */

        struct vault *vault; /* the keys that stored credentials are sealed under; see integrations/vault.h */
};
