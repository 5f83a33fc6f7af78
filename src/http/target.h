/* The request target: its forms, and the path in it. */
#pragma once

#include "http/guard.h"
#include "http/request.h"

/* Takes a target apart (RFC 9112 §3.2) into the request's target, path and query: origin-form, absolute-form with http
 * or https, and `*` for OPTIONS only. The path is percent-decoded once; refused are paths in which a decoded byte is a
 * slash, which would make segments that the sender did not write, or a control character, and paths that are not UTF-8.
 * Dot segments are left as they are: no route has one.
 *
 * target          has passed guard_target() or is "*"
 * ret_authority   of absolute-form: host and port, which take the place of the Host field (§3.2.2); else STR_NULL */
_must_use_ const struct refusal *target_take(struct request *req, struct str target,
                                             struct str *ret_authority);
