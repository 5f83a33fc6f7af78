/* Runs schedules when they are due (agents/schedule/schedule.h).
 *
 * A thread of its own asks storage when the next of all is due, one look into an index, and sleeps until then, but no longer than
 * a second: by then another node, or a request, may have made one that is due earlier. What is due is worked off in batches, each
 * a transaction. Several nodes may do so at once: each passes over what another one has at hand. */
#pragma once

#include "base/context.h"

struct scheduler;

/* context is borrowed; its database and its engine must live longer. errors: ERR_NO_MEMORY */
_must_use_ int scheduler_new(const struct context *context, struct scheduler **ret);

/* The database's writer must run. errors: ERR_NO_MEMORY */
_must_use_ int scheduler_start(struct scheduler *scheduler);

/* Begins no further batch. Comes back at once. */
void scheduler_stop(struct scheduler *scheduler);

/* The same, and waits for the batch that is under way. Takes NULL; returns NULL. */
struct scheduler *scheduler_free(struct scheduler *scheduler);
