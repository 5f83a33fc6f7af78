/* The threads that agents run on: blocks, each of which may wait for a network or compute for long. They are apart from the
 * HTTP server's pool, so that no agent holds up a sign-in.
 *
 * Owned by `serve`. Tasks are the caller's, as http_loop_work()'s are. */
#pragma once

#include <stdatomic.h>

#include "http/server.h"

struct crew;

enum {
        CREW_STACK_BYTES = 1024 * 1024, /* of a thread: JSON and templates nest, within their stated depths */
        /* One person's submitted tasks get one in so many of the threads, and of the room to wait; one at least. */
        CREW_SHARE = 4,
};

/* Starts the threads.
 *
 * threads    at least 1
 * queue_max  tasks of crew_submit() that may wait for a thread
 * errors     ERR_NO_MEMORY
 */
_must_use_ int crew_new(unsigned threads, size_t queue_max, struct crew **ret);

/* Runs what waits still, then ends the threads. Takes NULL; returns NULL. */
struct crew *crew_free(struct crew *crew);

/* Hands over a task; never blocks. From any thread. Each person's are begun in their order, but wait while as many of
 * theirs run as may: others' pass them by.
 *
 * person   whom it is for: an id; STR_NULL for nobody, whose tasks know no shares
 * errors   ERR_BUSY (as many wait as may)
 */
_must_use_ int crew_submit(struct crew *crew, struct http_task *task, struct str person);

/* The same for what has begun already and must go on: it is next, and never refused. Who posts shares out. */
void crew_post(struct crew *crew, struct http_task *task);

/* Asks what runs to end soon: sets the flag that every block looks at. Tasks are still taken and run. */
void crew_stop(struct crew *crew);

/* That flag. */
const atomic_bool *crew_stopping(const struct crew *crew);
