/* Graphs over the External API (dialect: Graphs). */
#pragma once

#include "agents/graph/graph.h"
#include "http/response.h"

int handle_graphs(struct request *req, struct response *res);         /* GET /external-api/v1/graphs */
int handle_graph(struct request *req, struct response *res);          /* GET …/graphs/{graph_id} */
int handle_graph_versions(struct request *req, struct response *res); /* GET …/graphs/{graph_id}/versions */
int handle_graph_delete(struct request *req, struct response *res);   /* DELETE …/graphs/{graph_id} */

/* POST …/graphs and PUT …/graphs/{graph_id} admit the body, make a draft of it on the crew, and store that. */
int handle_graph_admit(struct request *req, struct response *res);
int handle_graph_admit_version(struct request *req, struct response *res);
int handle_graph_prepare(struct request *req, struct response *res);
int handle_graph_create(struct request *req, struct response *res);
int handle_graph_replace(struct request *req, struct response *res);
