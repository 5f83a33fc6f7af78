/* What the authorize page shows. */
#pragma once

#include "oauth/authorize.h"

/* The question: app, person, scopes in words with new ones marked, destination, Authorize and Deny.
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int consent_page(struct response *res, struct authorize *a);

/* A card that says what is wrong with the app's request, with no retry, and a way back to the app when its
 * redirect URI is known to be its own.
 *
 * result   the check's
 * errors   ERR_NO_MEMORY
 */
_must_use_ int consent_page_refusal(struct response *res, struct authorize *a, int result);
