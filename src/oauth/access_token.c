#include "oauth/access_token.h"

#include "account/token.h"

int access_token_find(struct tx *tx, struct arena *arena, const struct context *context, struct str text,
                      struct access_token *ret) {
        struct access_token token;
        const struct access_token_row *row = &token.row;
        struct str unknown;
        struct hash hash;
        int r;

        if (!token_parse(text, TOKEN_PREFIX_ACCESS, &token.id, &hash))
                return -ERR_TOKEN_UNKNOWN;
        r = db_access_token_live(tx, arena, token.id, &token.row);
        if (r < 0)
                return r;
        if (r == 0 || !hash_equal(&hash, row->hash))
                return -ERR_TOKEN_UNKNOWN;
        if (row->revoked_at != 0 || row->authorization_revoked_at != 0 || !row->user_is_active)
                return -ERR_TOKEN_REVOKED;
        if (row->expires_at <= clock_now(context->clock))
                return -ERR_TOKEN_EXPIRED;
        if (!row->app_is_active)
                return -ERR_TOKEN_APP_DISABLED;
        if (!scope_parse(row->scopes, &token.scopes, &unknown))
                return -ERR_INTERNAL;
        *ret = token;
        return 0;
}
