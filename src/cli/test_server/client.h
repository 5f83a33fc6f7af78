/* The test client: an HTTP application of its own, with the pages that walk through a sign-in (dialect: oauth-tool). */
#pragma once

#include "cli/test_server/fetch.h"
#include "cli/test_server/flow.h"
#include "cli/test_server/test_app.h"
#include "http/server.h"
#include "pages/page.h"

struct test_client {
        const struct test_app *app;
        const struct page_theme *theme;
        const struct random *random;
        struct str
                platform_url; /* where the browser goes to sign in, without a slash at its end; the expected issuer */
        struct str backend_url; /* where tokens are fetched, likewise */
        unsigned port;
        struct flow_table flows;
};

/* What the HTTP server calls; `client` is borrowed until that has ended. Its port is set before the server starts. */
struct http_application test_client_application(struct test_client *client);

/* --- within the test client --- */

/* What the sign-in asks for (dialect: oauth-tool), and IDENTITY for /me. */
#define TEST_CLIENT_SCOPES "IDENTITY EXECUTE_GRAPH READ_GRAPH READ_BLOCK"

/* The request of a step, in two forms: as it is sent, and as text for the person, with secrets cut in their middle. */
struct step_request {
        struct fetch_request fetch;
        struct strbuf url, body, bearer; /* what fetch borrows */
};

/* Whether the step can be made now: it has the code or the token that it needs. */
bool step_possible(const struct flow *flow, enum flow_step step);

/* errors   ERR_BAD_REQUEST (not possible now), ERR_NO_MEMORY; step_request_done() in any case */
_must_use_ int step_request_make(const struct test_client *client, const struct flow *flow,
                                 enum flow_step step, struct step_request *ret);
void step_request_done(struct step_request *request);

/* Keeps what came of a step: its record, and the tokens of a good answer.
 *
 * result   NULL-terminated problem instead of an answer when fetch_r is negative
 * errors   ERR_NO_MEMORY */
_must_use_ int step_finish(struct flow *flow, enum flow_step step, const struct step_request *request,
                           const struct fetch_result *result, int fetch_r);

/* The address at which the sign-in begins. */
void step_authorize_url(const struct test_client *client, const struct flow *flow, struct strbuf *out);

/* Takes what the browser brought back from the sign-in: checks state and iss. errors: those of request_parse_query() */
_must_use_ int step_callback(const struct test_client *client, struct flow *flow, struct request *req);

/* Appends text in which tokens, codes and secrets are cut in their middle. */
void append_shortened(struct strbuf *out, struct str text);

/* The page. errors: those of page_respond() */
_must_use_ int test_client_page(const struct test_client *client, const struct flow *flow,
                                struct response *res);

/* POST /proxy/token and GET /proxy/{path}?token=…: makes the request to the backend.
 * errors   ERR_NOT_FOUND, ERR_BAD_REQUEST, ERR_NO_MEMORY; step_request_done() in any case */
_must_use_ int proxy_request_make(const struct test_client *client, struct request *req,
                                  struct step_request *ret);

/* Answers with what the backend answered, or with 500 and the problem as `detail`. */
void proxy_respond(struct response *res, const struct fetch_result *result, int fetch_r);
