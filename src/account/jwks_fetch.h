/* Fetching the Platform's JWK Set. Blocks: never on an event loop. */
#pragma once

#include "base/errors.h"
#include "base/strbuf.h"

enum { JWKS_CONNECT_MS = 3000, JWKS_TOTAL_MS = 5000 };

/* Once, before threads start. errors   ERR_NO_MEMORY */
_must_use_ int jwks_fetch_setup(void);

/* One GET: no redirect, only a 200 counts, at most JWKS_SIZE_MAX bytes and JWKS_TOTAL_MS. `https` with a certificate that
 * the system or `ca_file` trusts; `http` reaches addresses of this computer alone, whatever its name resolves to.
 *
 * url           ends in NUL
 * ca_file       authorities to trust beside the system's; empty for none
 * body          the answer; initialised by the caller
 * ret_max_age   seconds that the answer may be kept by its Cache-Control (RFC 9111 §5.2.2.1); -1 when it doesn't say
 * errors        ERR_JWKS; the reason goes to the log
 */
_must_use_ int jwks_fetch_url(const char *url, struct str ca_file, struct strbuf *body, int64_t *ret_max_age);

/* max-age of a Cache-Control field; 0 for no-store and no-cache, -1 when it says nothing of it. */
int64_t jwks_max_age(struct str cache_control);
