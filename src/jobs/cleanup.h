/* Removes what nobody can use any more: expired codes, tokens, sessions, authorizations, links and spent
 * throttles. In small batches, so that requests are served in between (contract §1.4: a job removes expired
 * rows). */
#pragma once

#include "base/context.h"
#include "db/database.h"

/* How long rows stay after their end: a code or refresh token that is presented again long after still finds
 * its family and revokes it, instead of being merely unknown. */
#define CLEANUP_KEEP_MS INT64_C(86400000)

enum { CLEANUP_BATCH = 500 /* rows a transaction */ };

enum cleanup_kind {
        CLEANUP_CODES,
        CLEANUP_ACCESS_TOKENS,
        CLEANUP_REFRESH_TOKENS,
        CLEANUP_AUTHORIZATIONS,
        CLEANUP_SESSIONS,
        CLEANUP_LINKS,
        CLEANUP_THROTTLES,
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

        /* Called after each batch; false stops the round. May be NULL. */
        bool (*go_on)(void *data, enum cleanup_kind kind, const struct cleanup_counts *so_far);
        void *data;
};

/* One round over everything.
 *
 * ret      counted up to where it came, also on failure
 * returns  1 when all is done, 0 when go_on stopped it
 * errors   ERR_STORAGE
 */
_must_use_ int cleanup_run(const struct cleanup *cleanup, struct cleanup_counts *ret);
