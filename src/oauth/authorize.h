/* The authorization endpoint (RFC 6749 §4.1.1, dialect: Authorize, The authorize page): one request, judged by one pipeline
 * of checks, whichever way it came: the page's query, the page's form, or the Platform's JSON. */
#pragma once

#include "account/audit.h"
#include "http/response.h"
#include "oauth/app.h"

enum { STATE_MAX = 2048, CHALLENGE_MAX = 256 }; /* bytes */

enum authorize_source { AUTHORIZE_QUERY, AUTHORIZE_FORM, AUTHORIZE_JSON };

/* An authorization request, and what the checks found out about it. Strings live as long as the HTTP request.
 */
struct authorize {
        struct request *req;
        enum authorize_source source;

        /* as sent; STR_NULL when absent */
        struct str client_id;
        struct str redirect_uri;
        struct str response_type;
        struct str scope; /* names separated by spaces */
        struct str state;
        struct str code_challenge;
        struct str code_challenge_method;
        struct str prompt;
        struct str issuer_wanted; /* our own: carried by the consent form */
        struct str scope_item; /* of JSON's list `scopes`: one that holds a space, and so can't be a name */

        /* found by the checks */
        struct app app;
        struct str issuer; /* what this server calls itself to the app (oauth/issuer.h) */
        bool app_known;
        bool redirectable; /* the redirect URI is the app's: errors may be told there */
        bool silent;       /* prompt=none: no page may be shown */
        bool fresh;        /* prompt=login: the person must sign in for this very request */
        bool ask;          /* the person must be asked */
        scope_set scopes;
        scope_set granted; /* what the person granted this app before */
};

/* One rule. Returns 0, or a negative result that decides the answer; the first that fails does. */
typedef int (*authorize_check)(struct authorize *a);

int check_client_known(struct authorize *a);
int check_redirect_uri_registered(struct authorize *a);
int check_issuer(struct authorize *a);
int check_prompt(struct authorize *a);
int check_parameters_present(struct authorize *a);
int check_response_type(struct authorize *a);
int check_grant_registered(struct authorize *a);
int check_pkce(struct authorize *a);
int check_scope(struct authorize *a);
int check_session(struct authorize *a);
int check_consent(struct authorize *a);

/* Reads the parameters and runs the checks.
 *
 * errors   those of request_parse_query() and request_parse_body(), and of the checks: ERR_UNKNOWN_CLIENT,
 * ERR_APP_INACTIVE, ERR_REDIRECT_URI, ERR_MISSING_PARAMETERS, ERR_RESPONSE_TYPE, ERR_UNAUTHORIZED_CLIENT,
 * ERR_PKCE, ERR_INVALID_SCOPE, ERR_NOT_SIGNED_IN, ERR_LOGIN_REQUIRED, ERR_CONSENT_REQUIRED,
 * ERR_INTERACTION_REQUIRED, ERR_STORAGE
 */
_must_use_ int authorize_check_all(struct request *req, enum authorize_source source, struct authorize *ret);

/* Grants what was asked: remembers the consent, makes a code, and gives the URI that carries it to the app.
 *
 * ret_location   redirect_uri with code, state and iss (RFC 9207), on the request's arena
 * errors         ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int authorize_grant(struct authorize *a, struct str *ret_location);

/* Puts an event of this request on record, with its app and scopes. errors: those of audit() */
_must_use_ int authorize_audit(struct authorize *a, enum audit_event event, const char *reason);

/* The URI that tells the app of an error (RFC 6749 §4.1.2.1); a->redirectable must hold.
 * errors   ERR_NO_MEMORY */
_must_use_ int authorize_error_location(const struct authorize *a, int result, struct str *ret_location);

/* Handlers. */
int handle_authorize_page(struct request *req,
                          struct response *res); /* GET /auth/authorize, GET /api/oauth/authorize; snapshot */
int handle_authorize_silently(struct request *req,
                              struct response *res); /* the same, transaction: consent is there */
int handle_authorize_decision(struct request *req, struct response *res); /* POST /auth/authorize */
int handle_authorize_json(struct request *req, struct response *res);     /* POST /api/oauth/authorize */
