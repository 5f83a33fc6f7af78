/* Form tokens: base64url(MAC(server key, "csrf", binding)), where the binding is the session cookie's value,
 * or before sign-in the value of a cookie of its own, 32 random bytes that the first page sets. A form that
 * was made for one browser or session is refused from any other, and nothing is stored. */
#pragma once

#include "account/identity.h"
#include "base/context.h"
#include "http/response.h"

enum { CSRF_LENGTH = 43 }; /* characters */

/* `__Host-gatehouse_browser` on https, `gatehouse_browser` on http. */
struct str csrf_cookie_name(const struct settings *settings);

/* Fills identity->csrf. Call it when identity->kind is known: a working session's cookie is the binding,
 * whatever else is sent; else the browser cookie is, which is made and set on the response when there is none
 * of the right form.
 *
 * errors   ERR_RANDOM, ERR_NO_MEMORY
 */
_must_use_ int csrf_prepare(struct request *req, struct response *res, struct identity *identity);

/* Holds the form's field `csrf` against req->identity->csrf, in constant time. For every form post, before
 * its handler.
 *
 * errors   ERR_CSRF, and those of request_parse_body()
 */
_must_use_ int csrf_check(struct request *req);

/* The token of a binding; writes CSRF_LENGTH characters and no NUL. */
void csrf_token(const struct context *context, struct str binding, char *out);
