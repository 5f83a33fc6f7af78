/* Client authentication at the token, introspection and revocation endpoints: HTTP Basic, form members or
 * JSON members; a public client names itself (RFC 6749 §2.3, dialect: Client authentication). Unknown clients, wrong secrets and
 * disabled apps get one answer, and an unknown client costs as much as a wrong secret.
 *
 * An endpoint's steps begin with the two of this file:
 *
 *         { EXECUTOR_READ, client_identify }, { EXECUTOR_WORKER, client_verify }, { …, the endpoint's own }
 *
 * The first finds the app, and skips the second when the secret is remembered: scrypt never runs on an event
 * loop. */
#pragma once

#include "http/response.h"
#include "oauth/app.h"

enum { CLIENT_SECRET_MAX = 256 }; /* bytes */

/* The app that authenticated itself; what client_identify left in req->step_data. */
const struct app *client_app(const struct request *req);

/* The app that a request says it comes from, proved or not; NULL when there is none of that name. */
const struct app *client_claimed(const struct request *req);

/* Notes whose grant a request is about, so that the audit trail can tell of it should it be refused. Of no effect on the answer; without
 * memory for it nothing is noted. */
void client_concerns(struct request *req, struct str user_id, int64_t authorization);

/* errors   ERR_INVALID_CLIENT, ERR_INVALID_FIELD, those of request_parse_body(), ERR_STORAGE
 * returns  STEP_SKIP when done, STEP_NEXT when the secret must be verified */
int client_identify(struct request *req, struct response *res);

/* errors   ERR_INVALID_CLIENT
 * returns  STEP_NEXT */
int client_verify(struct request *req, struct response *res);
