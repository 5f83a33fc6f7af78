/* The OpenAPI documents of api/ as they are given out. */
#pragma once

#include "http/request.h"
#include "http/response.h"

/* Compact JSON and a newline. */
struct str api_document_external(void);
struct str api_document_main(void);

int handle_api_document(struct request *req, struct response *res); /* GET /external-api/openapi.json */
