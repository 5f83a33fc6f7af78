/* Logos of apps, for the route table. Uploading takes three steps: the database is asked, the image is scanned and decoded where that
 * may take its time, and what became of it is stored. */
#pragma once

#include "http/response.h"
#include "oauth/logo/limits.h"

/* So that what is too large is told so, and not cut off. */
enum { LOGO_BODY_MAX = LOGO_FILE_MAX + 1024 * 1024 };

int handle_logo_admit(struct request *req, struct response *res);
int handle_logo_make(struct request *req, struct response *res);
int handle_logo_store(struct request *req, struct response *res); /* POST /api/oauth/apps/{id}/logo/upload */

int handle_logo_admit_form(struct request *req, struct response *res);
int handle_logo_store_form(struct request *req,
                           struct response *res); /* POST /profile/oauth-apps/{id}/logo */
int handle_logo_remove_form(struct request *req,
                            struct response *res); /* POST /profile/oauth-apps/{id}/logo/remove */

int handle_logo_set(struct request *req,
                    struct response *res); /* PATCH /api/oauth/apps/{id}/logo, in a transaction */
int handle_logo(struct request *req, struct response *res); /* GET /oauth-apps/{id}/logo/{name} */
