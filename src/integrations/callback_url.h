/* Where a provider may lead a person back to. */
#pragma once

#include "http/request.h"

enum { CALLBACK_URL_MAX = 2048 };

/* Holds an app's address against EXTERNAL_OAUTH_CALLBACK_ORIGINS: its origin must be one of them; with one on localhost,
 * any port there passes (dialect: Integrations, initiate).
 *
 * ret      the address, ending in NUL, on the arena
 * errors   ERR_CALLBACK_ORIGIN with `detail` as the Platform has it: a list of one text; ERR_NO_MEMORY
 */
_must_use_ int callback_url_check(struct request *req, struct str url, struct str *ret);

/* The address of this server's own page, "…/auth/integrations/oauth_callback". STR_NULL when memory runs out. */
struct str callback_url_own(struct request *req);
