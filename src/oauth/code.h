/* Authorization codes: 10 minutes by default, single use (RFC 6749 §4.1.2). */
#pragma once

#include "account/scope.h"
#include "base/secret.h"
#include "db/statements.h"
#include "http/request.h"
#include "oauth/app.h"

/* Records a person's yes as an authorization and makes its code.
 *
 * user_id          who said yes
 * scopes           to what
 * redirect_uri     where the code goes; the exchange must name the same
 * code_challenge   43 characters of base64url (RFC 7636 §4.2)
 * ret_code         the code's text
 * errors           ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int code_issue(struct request *req, const struct app *app, struct str user_id, scope_set scopes,
                          struct str redirect_uri, struct str code_challenge, struct secret *ret_code);

/* What the app sends to redeem a code. */
struct code_claim {
        struct str code;
        struct str redirect_uri;
        struct str code_verifier; /* STR_NULL: none */
};

/* Consumes a code: at most one caller ever gets its authorization. A second use revokes everything that the
 * first produced (RFC 6749 §4.1.2, RFC 9700 §4.5); a failed claim consumes nothing.
 *
 * ret      the code's row; strings live in the request's arena
 * errors   ERR_CODE_UNKNOWN, ERR_CODE_FOREIGN, ERR_CODE_SPENT, ERR_CODE_EXPIRED, ERR_CODE_REDIRECT_URI,
 *          ERR_CODE_NO_VERIFIER, ERR_CODE_VERIFIER, ERR_USER_DISABLED, ERR_STORAGE
 */
_must_use_ int code_consume(struct request *req, const struct app *app, const struct code_claim *claim,
                            struct code_row *ret);
