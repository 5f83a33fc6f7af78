#include "oauth/access_token.h"

#include "account/token.h"
#include "oauth/imported_token.h"

/* returns   1 found, 0 not, negative on error */
static int find_row(struct tx *tx, struct arena *arena, struct str text, struct access_token *token) {
        struct hash hash;
        int r;

        if (token_parse(text, TOKEN_PREFIX_ACCESS, &token->id, &hash)) {
                r = db_access_token_live(tx, arena, token->id, &token->row);
                if (r < 0 || (r == 1 && hash_equal(&hash, token->row.hash)))
                        return r;
        }
        if (!imported_token_parse(text, TOKEN_PREFIX_ACCESS, &hash))
                return 0;
        token->id = 0;
        return db_imported_access_token(tx, arena, hash_str(&hash), &token->row);
}

int access_token_find(struct tx *tx, struct arena *arena, const struct context *context, struct str text,
                      struct access_token *ret) {
        struct access_token token;
        const struct access_token_row *row = &token.row;
        struct str unknown;
        int r;

        r = find_row(tx, arena, text, &token);
        if (r <= 0)
                return r < 0 ? r : -ERR_TOKEN_UNKNOWN;
        *ret = token;
        if (row->revoked_at != 0 || row->authorization_revoked_at != 0 || !row->user_is_active)
                return -ERR_TOKEN_REVOKED;
        if (row->expires_at <= clock_now(context->clock))
                return -ERR_TOKEN_EXPIRED;
        if (!row->app_is_active)
                return -ERR_TOKEN_APP_DISABLED;
        return scope_parse(row->scopes, &ret->scopes, &unknown) ? 0 : -ERR_INTERNAL;
}
