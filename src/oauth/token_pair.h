/* The access and refresh token that a grant gives, and the answer that carries them. */
#pragma once

#include "account/scope.h"
#include "base/context.h"
#include "base/secret.h"
#include "db/tx.h"
#include "http/response.h"

struct token_pair {
        struct secret access_token;
        struct secret refresh_token; /* empty if the app has no refresh grant */
        int64_t access_expires_at;   /* milliseconds since 1970 */
        int64_t refresh_expires_at;
        scope_set scopes; /* of the access token */
};

/* Zeroes the tokens. */
void token_pair_done(struct token_pair *pair);

/* Makes and stores a fresh pair for an authorization.
 *
 * authorization         its id
 * authorization_end     no token outlives it; milliseconds since 1970
 * with_refresh          whether the app may refresh
 * errors                ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int token_pair_issue(struct request *req, int64_t authorization, int64_t authorization_end,
                                scope_set scopes, bool with_refresh, struct token_pair *ret);

/* The token that replaces a spent refresh token: derived from it, so that a replay within the grace window
 * finds the very same one. Only who has the spent token and the server's key can derive it.
 *
 * presented   the spent token's text
 * prefix      of the new token: its kind
 * id          of the new token, as stored with the spent one
 */
void token_derive(const struct context *context, struct str presented, struct str prefix, int64_t id,
                  struct secret *ret);

/* Stores tokens whose text is known.
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int access_token_store(struct request *req, int64_t id, struct str token, int64_t authorization,
                                  scope_set scopes, int64_t expires_at);
_must_use_ int refresh_token_store(struct request *req, int64_t id, struct str token, int64_t authorization,
                                   int64_t expires_at);

/* When tokens that are issued now end; milliseconds since 1970. */
int64_t access_token_end(const struct context *context, int64_t authorization_end);
int64_t refresh_token_end(const struct context *context, int64_t authorization_end);

/* 200 with the members of both dialects (RFC 6749 §5.1, dialect: Token), no-store. */
int token_pair_respond(struct request *req, struct response *res, const struct token_pair *pair);
