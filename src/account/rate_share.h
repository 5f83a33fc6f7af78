/* Has the nodes of one database count their callers together: every RATE_SHARE_MS each tells the others (db/node_talk.h) how
 * much who took from it, and adds what it hears. They name callers alike, since they have the same server key.
 *
 * Each goes on deciding by its own memory, at once. So a caller who asks several nodes at the same instant may get more than the
 * limit: from each other node what it had not told yet, which is less than a grain (base/rate_table.h), and what it let through
 * since it told. What was too much has to come back before the caller is let through again: over time the limit is kept
 * exactly. What was counted while a node could not tell, and before it started, the others or it do not know of.
 *
 * With an embedded database there is one process, and nothing of this. */
#pragma once

#include "account/rate_limit.h"
#include "db/database.h"
#include "db/node_talk.h"

enum { RATE_SHARE_MS = 200 };

struct rate_share {
        struct node_talk talk;
        struct rate_table *table;
        const struct clock *clock;
};

/* Before the database's threads start. All must live until database_close(). errors: ERR_NO_MEMORY */
_must_use_ int rate_share_init(struct rate_share *share, const struct clock *clock,
                               struct rate_limits *limits, struct database *database);
