/* Whether a graph's credentials are the runner's own. */
#pragma once

#include "agents/graph/graph.h"
#include "http/request.h"

/* Holds the credentials that the graph's nodes name against those of the person who asks. An object without an `id` names none:
 * the block picks one when it runs.
 *
 * problems   what is wrong is added
 * errors     ERR_STORAGE, ERR_BUSY, ERR_NO_MEMORY
 */
_must_use_ int execution_check_credentials(struct request *req, const struct graph *graph,
                                           struct graph_problems *problems);
