/* Handing agents in, deciding on them, and rating them, over the API (docs/store.md). */
#pragma once

#include "http/response.h"

int handle_store_profile(struct request *req, struct response *res);     /* GET /api/store/profile */
int handle_store_profile_put(struct request *req, struct response *res); /* PUT /api/store/profile */

int handle_submission_create(struct request *req, struct response *res); /* POST /api/store/submissions */
int handle_submissions(struct request *req, struct response *res);       /* GET /api/store/submissions */
int handle_submission(struct request *req, struct response *res);        /* GET …/{id} */
int handle_submission_change(struct request *req, struct response *res); /* PUT …/{id} */
int handle_submission_remove(struct request *req, struct response *res); /* DELETE …/{id} */

/* POST /api/store/agents/{username}/{agent_name}/library */
int handle_store_take(struct request *req, struct response *res);

/* POST and GET /api/store/agents/{username}/{agent_name}/reviews */
int handle_store_review_put(struct request *req, struct response *res);
int handle_store_review(struct request *req, struct response *res);

/* below /api/admin/store */
int handle_admin_submissions(struct request *req, struct response *res); /* GET …/submissions */
int handle_admin_decide(struct request *req, struct response *res); /* POST …/submissions/{id}/review */
int handle_admin_feature(struct request *req,
                         struct response *res); /* PUT …/agents/{username}/{agent_name}/featured */
int handle_admin_feature_creator(struct request *req,
                                 struct response *res); /* PUT …/creators/{username}/featured */

/* /admin/submissions: a list, one of them, and deciding on it */
int handle_admin_submissions_page(struct request *req, struct response *res);
int handle_admin_submission_page(struct request *req, struct response *res);
int handle_admin_submission_form(struct request *req, struct response *res);
