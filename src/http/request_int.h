/* What only the seam does with a request: making it ready for the next message, and the parsers of its
 * parameters. */
#pragma once

#include "http/request.h"

enum { JSON_DEPTH_MAX = 32 };

/* Once in a request's life. */
void request_init(struct request *req);

/* Forgets the last message, field by field: a request is far too large to be zeroed each time. Keeps the
 * arena's standard block. */
void request_reset(struct request *req);

/* Gives up all memory. */
void request_done(struct request *req);

/* Adds a parameter to a list that params_begin() made, with room for as many as are expected, or as may be.
 * errors   ERR_REPEATED_PARAMETER, ERR_TOO_LARGE (more than REQUEST_PARAMS_MAX) */
_must_use_ int params_begin(struct params *params, struct arena *arena, size_t expected);
_must_use_ int params_add(struct params *params, const struct param *param);

/* Decodes application/x-www-form-urlencoded text, which queries share (WHATWG URL §5.1, read strictly).
 *
 * problem   what a malformed text is answered with: ERR_BAD_QUERY or ERR_BAD_FORM
 * errors    problem, those of params_add(), ERR_NO_MEMORY */
_must_use_ int params_parse_form(struct params *params, struct arena *arena, struct str text,
                                 enum error problem);

/* Takes the members of a JSON object (RFC 8259).
 * errors   ERR_BAD_JSON, those of params_add(), ERR_NO_MEMORY */
_must_use_ int params_parse_json(struct params *params, struct arena *arena, struct str text);

/* Takes the parts of multipart/form-data (RFC 7578), 16 at most: files become PARAM_FILE, the rest PARAM_TEXT.
 *
 * content_type   as sent, with the boundary
 * errors         ERR_BAD_FORM, those of params_add(), ERR_NO_MEMORY */
_must_use_ int params_parse_multipart(struct params *params, struct arena *arena, struct str content_type,
                                      struct str body);

/* The kind of a body by its Content-Type, STR_NULL when there is none. */
enum body_kind request_body_kind(struct str content_type);
