/* The store over the API (dialect: Store). */
#pragma once

#include "http/response.h"

/* GET /external-api/v1/store/…: from memory where the same was asked before; else the pool makes it. */
int handle_store_agents(struct request *req, struct response *res);
int handle_store_agent(struct request *req, struct response *res);
int handle_store_creators(struct request *req, struct response *res);
int handle_store_creator(struct request *req, struct response *res);
int handle_store_make(struct request *req, struct response *res);
