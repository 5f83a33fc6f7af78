/* A node number: what keeps the ids of one process apart from those of every other (base/id.h). It is leased
 * from the database and must be renewed; a process that lost its lease must make no more ids.
 *
 * Times are milliseconds of the application's clock. */
#pragma once

#include "base/random.h"
#include "db/tx.h"

enum {
        NODE_OWNER_LENGTH = 32, /* hex digits */
        NODE_LEASE_MS = 10 * 60 * 1000,
        /* How often to renew: several attempts may fail, and the clock's mark shall not be old. */
        NODE_RENEW_MS = 60 * 1000,
        /* A holder stops this much before its lease ends, for clocks that differ and for a process that was
           held up. */
        NODE_MARGIN_MS = 2 * 60 * 1000,
        /* A mark that is further ahead than this is no clock's fault that goes away by itself: nobody starts. */
        NODE_MARK_MAX_MS = 24 * 60 * 60 * 1000,
        /* A node that runs follows others whose clocks are ahead by so much. */
        NODE_FOLLOW_MS = 5 * 60 * 1000,
};

struct node {
        uint32_t number; /* 0 to ID_NODE_MAX */
        int64_t leased_until;
        char owner[NODE_OWNER_LENGTH + 1];
};

/* Leases a number for NODE_LEASE_MS, in a write transaction: one whose lease has run out, else a new one. However many do
 * so at once, each waits for its turn and gets one.
 * errors   ERR_RANDOM, ERR_STORAGE, ERR_BUSY (all numbers are taken), ERR_CONFLICT (a holder renewed at this moment a lease
 *          that had run out: try again) */
_must_use_ int node_lease(struct tx *tx, struct arena *arena, const struct random *random, int64_t now,
                          struct node *ret);

/* Prolongs the lease to NODE_LEASE_MS from now; node->leased_until must be written by the caller only after
 * the commit. errors   ERR_STORAGE, ERR_CONFLICT (the lease was lost: make no more ids) */
_must_use_ int node_renew(struct tx *tx, const struct node *node, int64_t now, int64_t *ret_leased_until);

/* Gives the number back, at the end of the process: when no more ids will be made. errors: ERR_STORAGE */
_must_use_ int node_release(struct tx *tx, const struct node *node);

/* False once ids made under this lease might meet another process's. */
static inline bool node_holds(const struct node *node, int64_t now) {
        return now < node->leased_until - NODE_MARGIN_MS;
}

/* The clock's mark: the greatest time that any node's clock told, written with each lease and renewal; 0 if there is none.
 * What had expired by then would be valid again for a server that starts with its clock behind it, so none begins
 * earlier. Up to NODE_RENEW_MS of the time before a crash are not in it. errors: ERR_STORAGE */
_must_use_ int node_clock_mark(struct tx *tx, struct arena *arena, int64_t *ret);

/* The greatest time-ordered id in the database: the floor of id_source_init(), so that ids grow although the
 * clock was set back between two runs. 0 if there is none. errors: ERR_STORAGE */
_must_use_ int node_id_floor(struct tx *tx, struct arena *arena, int64_t *ret);
