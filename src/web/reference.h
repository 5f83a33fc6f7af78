/* The API reference: Swagger UI on the document of the External API. */
#pragma once

#include "http/request.h"
#include "http/response.h"
#include "oauth/reference_app.h"

int handle_reference(struct request *req, struct response *res);

/* Where its sign-in leads back to: a script hands the answer to the page that asked. */
int handle_reference_return(struct request *req, struct response *res);
