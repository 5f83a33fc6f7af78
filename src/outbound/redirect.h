/* Where a redirect leads, and what of a request may go there (RFC 9110 §15.4). */
#pragma once

#include "base/errors.h"
#include "base/str.h"

enum { OUTBOUND_URL_MAX = 8192 }; /* bytes */

/* An http or https address with a host and without user name or password. */
bool outbound_url_valid(const char *url);

enum { OUTBOUND_HOST_MAX = 255 };

/* The host of such an address, as it stands there, without port.
 * errors   ERR_OUTBOUND (no such address, or a longer host) */
_must_use_ int outbound_url_host(const char *url, char ret[OUTBOUND_HOST_MAX + 1]);

/* The address that a Location field names, seen from `url`; absolute, without fragment.
 *
 * ret      to be freed
 * errors   ERR_OUTBOUND (no http or https address), ERR_NO_MEMORY
 */
_must_use_ int redirect_resolve(const char *url, struct str location, char **ret);

/* Whether credentials meant for one address may be sent to another: same scheme, host and port. */
bool redirect_same_origin(const char *a, const char *b);

/* Whether a request with this method is repeated as GET, without its body. */
bool redirect_drops_body(int status, const char *method);
