/* A credential as a person sends it (dialect: Integrations). */
#pragma once

#include "http/request.h"
#include "integrations/credential.h"
#include "integrations/provider.h"

/* Reads the body of a request that stores a credential of any kind but oauth2.
 *
 * ret          kind, title, host, expires_at are set
 * ret_secret   set; its strings are on the request's arena
 * errors       ERR_INVALID_FIELD, ERR_PROVIDER_KIND, those of request_parse_body()
 */
_must_use_ int credential_read(struct request *req, const struct provider *provider, struct credential *ret,
                               struct credential_secret *ret_secret);

/* The member `title`; STR_NULL when it is absent and may be. */
_must_use_ int credential_read_title(struct request *req, bool required, struct str *ret);
