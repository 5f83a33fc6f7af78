/* Executions in the External API (dialect: Graph execution, Results). Rows for the route table:
 *
 *   POST …/graphs/{graph_id}/execute/{graph_version}        read handle_execute, crew handle_execute_check,
 *                                                           transaction handle_execute_queue, read handle_execute_answer
 *   GET  …/graphs/{graph_id}/executions/{id}/results        read handle_results
 *   GET  …/graphs/{graph_id}/executions/{id}/events         read handle_events, again and again
 *   POST …/graphs/{graph_id}/executions/{id}/stop           transaction handle_stop, read handle_stop_answer
 *   POST …/graphs/{graph_id}/executions/{id}/review/{node}  transaction handle_review, read handle_review_answer
 *
 * The last step of each runs when what the others stored is on disk: only then is the engine told. */
#pragma once

#include "http/request.h"
#include "http/response.h"

enum {
        EXECUTION_BODY_MAX = 256 * 1024, /* bytes of the request that begins an execution */
};

int handle_execute(struct request *req, struct response *res);
int handle_execute_check(struct request *req, struct response *res);
int handle_execute_queue(struct request *req, struct response *res);
int handle_execute_answer(struct request *req, struct response *res);
int handle_results(struct request *req, struct response *res);
int handle_events(struct request *req, struct response *res);
int handle_stop(struct request *req, struct response *res);
int handle_stop_answer(struct request *req, struct response *res);
int handle_review(struct request *req, struct response *res);
int handle_review_answer(struct request *req, struct response *res);

/* What they share: finds an execution of the person's by the path.
 *
 * arena    for its row
 * errors   ERR_EXECUTION_NOT_FOUND, ERR_GRAPH_NOT_FOUND, ERR_STORAGE */
struct execution_row;
struct arena;
_must_use_ int execution_of_path(struct request *req, struct arena *arena, struct execution_row *ret);
