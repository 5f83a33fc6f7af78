/* The engine: takes executions out of the queue, runs them, and stores how far they have come.
 *
 * A thread of its own takes what is next, as long as this process has room, prolongs the leases of what runs, and takes over
 * what other processes left behind. Each execution runs on one of a few threads at a time, a slice after the other, so that
 * none holds up the rest; blocks that wait run on the crew meanwhile. Nothing waits for the disk: a checkpoint is handed to
 * the database, and the execution goes on when it is stored.
 *
 * Owned by `serve`. */
#pragma once

#include "base/context.h"

struct engine;

/* context is borrowed; its crew, its graphs and its database must live longer.
 * errors   ERR_NO_MEMORY, ERR_RANDOM */
_must_use_ int engine_new(const struct context *context, struct engine **ret);

/* Begins to take executions; the database's writer must run. errors: ERR_NO_MEMORY */
_must_use_ int engine_start(struct engine *engine);

/* Something was queued. From any thread. */
void engine_wake(struct engine *engine);

/* Somebody wants this execution stopped, and storage says so. From any thread. */
void engine_stop_execution(struct engine *engine, struct str id);

/* Takes no more, interrupts what runs, stores how far it came, and gives it back to the queue: another process, or this
 * one after its restart, goes on. Comes back at once. */
void engine_stop(struct engine *engine);

/* The same, and waits until all that is done. Takes NULL; returns NULL. */
struct engine *engine_free(struct engine *engine);
