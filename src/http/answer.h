/* The head of an answer, as bytes. */
#pragma once

#include "http/response.h"

enum { ANSWER_DATE_LENGTH = 37 }; /* "Date: Sat, 31 Jan 2026 23:59:59 GMT\r\n" */

/* Room that answer_head() needs at most, in bytes. */
size_t answer_head_room(const struct response *res);

/* In the place of a body's length: it comes in chunks, or ends with the connection. */
#define ANSWER_CHUNKED     SIZE_MAX
#define ANSWER_UNTIL_CLOSE (SIZE_MAX - 1)

/* Writes status line, the response's fields, Date, Content-Length (not on 204 and 304) or Transfer-Encoding, X-Request-Id,
 * `Connection: close` when asked for, and the empty line. Returns the number of bytes.
 *
 * out         with answer_head_room() bytes
 * date_line   ANSWER_DATE_LENGTH bytes
 * body_len    of the body that GET would get (RFC 9110 §8.6) */
size_t answer_head(char *out, const struct response *res, const char *date_line, size_t body_len, bool close);

/* Whether an answer of that status to that method has a body. */
bool answer_has_body(int status, enum http_method method);
