/* Hears from PostgreSQL what changed, so that rows may be kept in memory: a connection and a thread of its own.
 *
 * The database's triggers NOTIFY each change of what kept rows depend on (migrations/0003); every node LISTENs, and forgets
 * what it hears of. A node may serve kept rows only while it knows that it would have heard: for LISTENER_TRUST_MS from the
 * moment at which a question was sent that was answered since. PostgreSQL hands a transaction's messages to all listeners
 * before it confirms the commit, and to each one in order, ahead of the answer to a question that was asked later; so who
 * has such an answer has heard of every change that was confirmed before it asked. It asks every LISTENER_BEAT_MS. When the
 * connection is lost nothing is served, and whatever was kept is forgotten before the next one is trusted.
 *
 * What a request changed holds on every node before it is answered: its transaction ends with a mark, which every
 * node that listens answers once it has forgotten what was told before the mark, and the request's answer waits for
 * these answers. It waits for LISTENER_TRUST_MS at most, by when nobody who did not hear the mark trusts what it keeps. It
 * costs one round trip between the nodes, and only requests that change what is kept: most often well below 1 ms.
 *
 * What remains:
 * - A request that a node began to serve before it forgot may be answered after the one that made it forget: they were
 *   under way at the same time, and either order is right.
 * - A node that begins to listen while a mark is being told is not waited for. What it read before the commit it forgets
 *   as soon as it hears of it: as a rule within a millisecond, within LISTENER_TRUST_MS at most.
 * - Changes that nobody waits for (an operator's psql) hold on every node as soon as the message arrives, within
 *   LISTENER_TRUST_MS at most. Our commands wait as servers do: database_await_nodes().
 * - The bound counts on clocks that run equally fast, to a thousandth or so. That needn't be the same time.
 * - All nodes must connect as the same role, or one that may read pg_stat_activity, and not through a pooler that hands
 *   one connection to several clients in turn (LISTEN belongs to a session). */
#pragma once

#include "db/node_talk.h"
#include "db/row_cache.h"

enum {
        LISTENER_BEAT_MS = 500,
        LISTENER_TRUST_MS = 1000,
        LISTENER_PEERS_MAX = 1024, /* as many as there are node numbers */
};

struct listener;

/* Starts listening; the connection is made, and made again whenever it is lost, in the background.
 *
 * url     as for libpq; copied
 * cache   what to keep true, borrowed; NULL if this node keeps no rows: it then only hears the answers of others
 * talk    what to tell and to hear besides, borrowed; NULL for nothing
 * errors  ERR_NO_MEMORY */
_must_use_ int listener_start(const char *url, struct row_cache *cache, const struct node_talk *talk,
                              struct listener **ret);

/* Waits until it listens, for `ms` at most. Who announces something before that waits for the longest time. */
void listener_await_start(struct listener *listener, int64_t ms);

/* Ends it within moments. Takes NULL; returns NULL. */
struct listener *listener_stop(struct listener *listener);

/* A change that others are to forget rows for. On the stack of the thread that makes it. */
struct announcement {
        struct listener *listener; /* NULL when there is nothing to wait for */
        struct announcement *next;
        uint64_t number;
        unsigned n_peers; /* nodes that have not answered yet */
        uint64_t peers[LISTENER_PEERS_MAX];
};

/* Whether a statement, when it changed a row, changed something that kept rows may depend on. */
bool listener_concerns(const struct listener *listener, unsigned statement);

/* As the last thing in a transaction: has all nodes told, when it commits, to answer. Every announcement that was begun with
 * success must be ended by listener_await() or listener_cancel().
 * errors   those of a statement */
_must_use_ int listener_announce(struct listener *listener, struct tx *tx, struct announcement *ret);

/* After the commit: waits until all have answered, or can't be trusting what they keep. */
void listener_await(struct announcement *a);

/* After a rollback. */
void listener_cancel(struct announcement *a);
