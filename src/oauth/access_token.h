/* Access tokens: whether one is good, and what it allows. */
#pragma once

#include "account/scope.h"
#include "base/context.h"
#include "db/statements.h"

struct access_token {
        int64_t id; /* 0 of an imported one */
        scope_set scopes;
        struct access_token_row row; /* strings live on the arena */
};

/* Looks an access token up. It is good while it is unexpired and unrevoked, its authorization is unrevoked, its app is
 * active and its user is active.
 *
 * text     as presented
 * errors   ERR_TOKEN_UNKNOWN, ERR_TOKEN_REVOKED, ERR_TOKEN_EXPIRED, ERR_TOKEN_APP_DISABLED, ERR_INTERNAL, ERR_STORAGE
 */
_must_use_ int access_token_find(struct tx *tx, struct arena *arena, const struct context *context,
                                 struct str text, struct access_token *ret);
