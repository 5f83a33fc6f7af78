/* Whether a request that changes something comes from this site's own pages: what a session cookie opens must
 * not be opened by another site's page (RFC 6265bis; Fetch metadata; OWASP ASVS 3.5). */
#pragma once

#include "web/route.h"

/* Safe methods (but for ROUTE_CHANGES), app-authenticated endpoints, the External API and whoever shows a user JWT pass: cookies open nothing
 * there. Else
 * Sec-Fetch-Site must be `same-origin` or `none`; a browser too old to send it is judged by Origin; a program
 * that sends neither passes, since nobody else's cookies are in it. errors   ERR_CROSS_SITE */
_must_use_ int same_site_check(const struct request *req, const struct route *route);
