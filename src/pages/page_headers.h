/* Which header fields a page bears. */
#pragma once

#include "http/response.h"

/* The protective fields (OWASP ASVS 5.0, 3.4) and no-store, with the policy that fits the page.
 *
 * name   of the template: tells where its forms may lead */
void page_headers(struct response *res, struct str name);

/* The same without no-store, for pages that are the same for everybody and may be kept. */
void page_kept_headers(struct response *res, struct str name);
