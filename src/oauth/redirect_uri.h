/* Redirect URIs: which may be registered, and which presented one is a registered one (RFC 8252 §7, RFC 9700
 * §2.1 and §4.1). */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum { REDIRECT_URI_MAX = 2048 }; /* bytes */

/* Whether an app may register this URI: https to any host, http to localhost, 127.0.0.1 or [::1] alone, and a
 * private-use scheme with a dot (com.example.app:/callback) for apps without a secret. Neither fragment nor
 * user information.
 *
 * public_client   the app has no secret
 * ret_reason      on failure, a constant sentence for the app's maker
 */
_must_use_ bool redirect_uri_check_registrable(struct str uri, bool public_client, const char **ret_reason);

/* Whether the presented URI is the registered one: the same bytes; of an http URI to a loopback host the port
 * may differ, for native apps listen where there is room (RFC 8252 §7.3). */
_must_use_ bool redirect_uri_matches(struct str registered, struct str presented);
