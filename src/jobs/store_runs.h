/* Adds the runs of the store's agents to what the store shows. Each run is noted beside its execution, in a row of its own for
 * each person and agent, so that those who run the same agent never wait for one another; now and then these rows are settled.
 * Every run is counted once: a row gives up as many as its listing gets, in one transaction. Several nodes may be at it. */
#pragma once

#include "db/database.h"

/* errors   ERR_STORAGE, ERR_BUSY
 * returns  0 */
_must_use_ int store_runs_settle(struct database *database);
