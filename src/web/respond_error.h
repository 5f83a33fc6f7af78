/* A result turned into the answer that its caller understands: a page for people, the Platform's and the
 * RFCs' members for programs, the External API's body with its challenge. The private cause stays in the log.
 */
#pragma once

#include "web/route.h"

/* route    NULL when none was found
 * result   -ERR_…
 */
void respond_error(struct request *req, struct response *res, const struct route *route, int result);

/* The body of a refusal by the HTTP seam, whose status is set already.
 *
 * route   of the request; NULL when none was found, or the request was not understood that far
 */
void respond_refusal(struct request *req, struct response *res, const struct route *route, struct str text);
