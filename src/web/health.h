/* What operators and their machines ask: is it alive, is it ready, what has it done. */
#pragma once

#include "http/request.h"
#include "http/response.h"

int handle_healthz(struct request *req, struct response *res); /* the process answers */
int handle_health(struct request *req,
                  struct response *res); /* the Platform's form of it (dialect: Health) */
int handle_readyz(struct request *req,
                  struct response *res); /* the database answers, and the server is not ending */
int handle_metrics(struct request *req, struct response *res); /* Prometheus text */
int handle_static(struct request *req, struct response *res);  /* style sheet, icons */
