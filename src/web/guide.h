/* The guides of docs/ (pages/guides.h). */
#pragma once

#include "http/request.h"
#include "http/response.h"

int handle_guides(struct request *req, struct response *res); /* GET /docs */
int handle_guide(struct request *req, struct response *res);  /* GET /docs/{name} */
int handle_style(struct request *req,
                 struct response *res); /* GET /docs/style: the parts that pages are made of */
