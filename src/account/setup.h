/* The first administrator. A server without one prints a set-up link when it starts: it works once, within a
 * day, and makes its visitor the administrator. There are no default accounts. */
#pragma once

#include "account/token.h"
#include "account/user.h"

#define SETUP_LIFETIME_MS INT64_C(86400000) /* a day: until the one who installs it opens the link */

/* Makes a set-up link; earlier ones stop working.
 *
 * tx          writable
 * ret_token   for PUBLIC_URL/setup?token=…; the caller wipes it
 * returns     1, or 0 when an administrator exists: no link is needed then
 * errors      ERR_RANDOM, ERR_STORAGE
 */
_must_use_ int setup_link_create(const struct context *context, struct tx *tx, struct secret *ret_token);

/* Whether the link works still.
 * errors   ERR_SETUP_LINK (unknown, altered, used, older than a day, or an administrator exists), ERR_STORAGE
 */
_must_use_ int setup_link_check(const struct context *context, struct tx *tx, struct arena *arena,
                                struct str token);

/* Spends the link and stores its visitor as the administrator; both or neither, if an error undoes the
 * transaction.
 *
 * user     is_admin is taken as true
 * errors   ERR_EMAIL_TAKEN (nothing was written), ERR_SETUP_LINK, and the others of user_create()
 */
_must_use_ int setup_link_consume(const struct context *context, struct tx *tx, struct arena *arena,
                                  struct str token, const struct user_new *user, struct user_row *ret);
