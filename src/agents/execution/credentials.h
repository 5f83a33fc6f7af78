/* Whether a graph's credentials are the runner's own. */
#pragma once

#include "agents/graph/graph.h"
#include "http/request.h"

/* Holds the credentials that the graph's nodes name against those of the person who asks. An object without an `id` names none:
 * the block picks one when it runs.
 *
 * given      credentials in place of the nodes' own, as graph_credentials_place() has them; NULL for none
 * problems   what is wrong is added
 * errors     ERR_STORAGE, ERR_BUSY, ERR_NO_MEMORY
 */
_must_use_ int execution_check_credentials(struct request *req, const struct graph *graph,
                                           const json_t *given, struct graph_problems *problems);

/* Whether a person still has all credentials that were given for an execution.
 *
 * given    JSON text of an object, or empty
 * returns  1, or 0
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int execution_credentials_held(struct tx *tx, struct arena *arena, struct str user_id,
                                          struct str given);
