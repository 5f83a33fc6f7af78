/* Removes what nobody can use any more: expired codes, tokens, sessions and links, authorizations that are over, and
 * throttles that no longer hold anything back, graphs that were deleted, what people left who deleted their accounts, the audit
 * trail of long ago (dialect: Formats: a job removes expired rows).
 *
 * In small batches, each a transaction of its own, with pauses in between: requests go first. Several nodes may start a
 * round at the same time; each batch takes a lock that only one of them gets, and the others end their rounds. */
#pragma once

#include "base/context.h"
#include "db/database.h"

/* How long tokens and their families stay after their end. Two things hang on rows that are over:
 *
 * - A code or refresh token that was spent and comes back revokes its family. While it could still have been used, had
 *   it not been spent, that must work, so its row stays to its own end at least; the family may go on for a year. Behind
 *   that end a copy is worth nothing to whoever holds it, and its coming back only tells of a leak long past: that
 *   it is recognised for a day more is a courtesy, and covers clocks that stand apart.
 * - A refresh token that is replayed within the grace finds its successors' rows, the access token's too, which may
 *   live for a second only. The grace is minutes at most. */
#define CLEANUP_KEEP_MS INT64_C(86400000)

/* A batch looks at this many rows at first, and at more or fewer according to how long the one before it took. */
enum { CLEANUP_BATCH_MIN = 50, CLEANUP_BATCH = 500, CLEANUP_BATCH_MAX = 2000 };

enum cleanup_kind {
        CLEANUP_CODES,
        CLEANUP_ACCESS_TOKENS,
        CLEANUP_REFRESH_TOKENS,
        CLEANUP_AUTHORIZATIONS,
        CLEANUP_SESSIONS,
        CLEANUP_LINKS,
        CLEANUP_DELETED_ACCOUNTS,
        CLEANUP_DELETED_APPS,
        CLEANUP_IMPORTED_TOKENS,
        CLEANUP_IMPORTED_FAMILIES,
        CLEANUP_THROTTLES,
        CLEANUP_CONNECTION_STATES,
        CLEANUP_GRAPH_VERSIONS,
        CLEANUP_GRAPHS,
        CLEANUP_EXECUTIONS,
        CLEANUP_AUDIT,
        CLEANUP_KINDS
};

struct cleanup_counts {
        int64_t removed[CLEANUP_KINDS]; /* rows */
};

/* "codes", "access_tokens", …: for messages and JSON. */
extern const char *const cleanup_names[CLEANUP_KINDS];

struct cleanup {
        const struct settings *settings;
        const struct clock *clock;

        struct database *database;

        /* The server's, for the audit trail, of which nothing is removed where it is NULL. */
        const struct mac_key *key;
        size_t n_old_keys; /* that stand behind it: the server's before */

        /* Called after each batch; false stops the round. May be NULL. */
        bool (*go_on)(void *data, enum cleanup_kind kind, const struct cleanup_counts *so_far);

        /* Waits between two batches, in milliseconds. NULL: one follows the other. */
        void (*pause)(void *data, int64_t ms);
        void *data;
};

enum cleanup_end {
        CLEANUP_STOPPED,   /* by go_on */
        CLEANUP_DONE,      /* all was looked at */
        CLEANUP_ELSEWHERE, /* another node is at it */
};

/* One round over everything.
 *
 * ret      counted up to where it came, also on failure
 * returns  an enum cleanup_end
 * errors   ERR_STORAGE, ERR_BUSY (requests left no room for a long time)
 */
_must_use_ int cleanup_run(const struct cleanup *cleanup, struct cleanup_counts *ret);

/* How many rows the next batch looks at, after one of `size` rows whose statements took `took_us` microseconds. */
unsigned cleanup_next_size(unsigned size, int64_t took_us);

/* Milliseconds to wait after a batch that took `took_us` microseconds, waiting and commit included: the job has a fifth of
 * the time at most, and less where requests are many. */
int64_t cleanup_pause_ms(int64_t took_us);

/* Milliseconds until the next round: the interval of the settings, or about a minute after the start, so that servers that
 * are restarted daily clean up too. Drawn by lot around that, so that nodes that were started together don't meet. */
int64_t cleanup_delay_ms(const struct settings *settings, const struct random *random, bool first);
