/* The answer to one request: status, header fields and a body, built by a handler, written by the seam, which
 * adds Date, Content-Length, Connection and X-Request-Id. Owned by the seam; memory comes from the request's
 * arena, but for the body, whose builder is reused by the connection. */
#pragma once

#include "base/strbuf.h"
#include "http/request.h"

enum {
        RESPONSE_HEADERS_MAX = 32,
        RESPONSE_BODY_MAX = 8 * 1024 * 1024, /* bytes */
        COOKIE_VALUE_MAX = 512,
};

struct response {
        struct request *request;
        int status; /* 0 until set */
        struct http_header headers[RESPONSE_HEADERS_MAX];
        size_t n_headers;
        struct str
                fixed_fields; /* constant lines, each with its CR LF: what answers of a kind have in common */
        struct str server_fields; /* and what all answers of the server have; set by the seam */
        struct str limit_fields;  /* lines likewise, of this answer: what limits leave */
        struct strbuf body;
        struct str
                static_body; /* used in place of `body` when set: constant bytes that outlive the response */
        bool close;          /* end the connection after this answer */
        bool failed;         /* a field was refused: the seam answers 500 in its place */
};

/* Forgets what was built so far: an error answers in place of a half-made page. */
void response_reset(struct response *res);

/* Adds a field. Name and value are borrowed until the response is written; a value with a control character,
 * a field that the seam itself writes, or one field too many makes the response fail with 500. */
void response_header(struct response *res, struct str name, struct str value);

/* The same for what stands in the program's own text, which needs no check. */
void response_constant(struct response *res, struct str name, struct str value);

/* Sets status and Content-Type, which is meant (nosniff); the caller then writes to res->body. JSON gets what protects
 * an answer that nobody should see as a page (dialect: Headers): no content of its own, in no frame, no Referer. */
void response_begin(struct response *res, int status, struct str content_type);

/* 303 See Other, never 307 or 308: a form's body is not sent on. Where the browser came from is
 * not told either: addresses carry codes and states. `location` is copied.
 * errors   ERR_NO_MEMORY */
_must_use_ int response_redirect(struct response *res, struct str location);

/* Set-Cookie with Path=/, HttpOnly, SameSite=Lax, and Secure when `secure`; the caller names it `__Host-…`
 * then.
 *
 * max_age   seconds; 0 deletes the cookie; negative for one that ends with the browser
 * errors    ERR_NO_MEMORY; ERR_INTERNAL when name or value has a character that no cookie may have, or is too
 * long
 */
_must_use_ int response_cookie(struct response *res, struct str name, struct str value, int64_t max_age,
                               bool secure);

/* Cache-Control: no-store and Pragma: no-cache, for every answer that carries a credential. */
void response_no_store(struct response *res);

extern const struct str CONTENT_TYPE_JSON; /* application/json; charset=utf-8 */
extern const struct str CONTENT_TYPE_HTML; /* text/html; charset=utf-8 */
extern const struct str CONTENT_TYPE_TEXT; /* text/plain; charset=utf-8 */
