/* What has to hold before an execution is queued: the graph is there, and takes these inputs (dialect: Graph execution). */
#pragma once

#include "agents/graph/graph.h"
#include "http/request.h"

/* Refuses the request for a graph that is not the person's. Returns -ERR_GRAPH_NOT_FOUND. */
int execution_refuse_graph(struct request *req, struct str graph_id);

/* Holds inputs, and the credentials of the nodes, against a graph.
 *
 * inputs       JSON text of an object
 * credentials  likewise: what is given in place of the nodes' own (graph_credentials_place()); empty for nothing
 * errors       ERR_GRAPH with what is wrong, ERR_INVALID_FIELD (`credentials` that the graph doesn't ask for), ERR_NO_MEMORY
 */
_must_use_ int execution_check_graph(struct request *req, const struct graph *graph, struct str inputs,
                                     struct str credentials);

/* The same for a graph in storage, which it takes from there: for threads that may take their time.
 *
 * version  0 for the active one
 * ret      the version's number
 * errors   also ERR_GRAPH_NOT_FOUND, ERR_STORAGE
 */
_must_use_ int execution_check(struct request *req, struct str graph_id, int64_t version, struct str inputs,
                               struct str credentials, int64_t *ret);
