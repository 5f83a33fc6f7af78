/* The pages for those who make apps, for the route table. All are for a person who is signed in; the forms are posts. */
#pragma once

#include "http/response.h"

int handle_oauth_apps_page(struct request *req, struct response *res);   /* GET /profile/oauth-apps */
int handle_oauth_app_enable(struct request *req, struct response *res);  /* POST …/{id}/enable */
int handle_oauth_app_disable(struct request *req, struct response *res); /* POST …/{id}/disable */

int handle_oauth_app_page(struct request *req, struct response *res);   /* GET …/{id} */
int handle_oauth_app_form(struct request *req, struct response *res);   /* POST …/{id} */
int handle_oauth_app_revoke(struct request *req, struct response *res); /* POST …/{id}/revoke-tokens */

/* POST …/{id}/secret: three steps, for hashing takes its time. */
int handle_app_secret_check(struct request *req, struct response *res);
int handle_app_secret_make(struct request *req, struct response *res);
int handle_app_secret_store(struct request *req, struct response *res);
int handle_app_secret_end(struct request *req, struct response *res); /* POST …/{id}/secret/end-former */

int handle_app_new_page(struct request *req, struct response *res); /* GET /profile/oauth-apps/new */
/* POST /profile/oauth-apps/new: three steps likewise. */
int handle_app_new_check(struct request *req, struct response *res);
int handle_app_new_make(struct request *req, struct response *res);
int handle_app_new_store(struct request *req, struct response *res);
