#include "oauth/refresh_token.h"

#include "account/token.h"
#include "oauth/imported_token.h"

int refresh_token_find(struct tx *tx, struct arena *arena, struct str text, struct refresh_token *ret) {
        struct refresh_token token = { 0 };
        int r;

        if (token_parse(text, TOKEN_PREFIX_REFRESH, &token.id, &token.hash)) {
                r = tx->writable ? db_refresh_token_take(tx, arena, token.id, &token.row)
                                 : db_refresh_token_find(tx, arena, token.id, &token.row);
                if (r < 0)
                        return r;
                if (r == 1 && hash_equal(&token.hash, token.row.hash)) {
                        *ret = token;
                        return 1;
                }
        }
        if (!imported_token_parse(text, TOKEN_PREFIX_REFRESH, &token.hash))
                return 0;
        r = tx->writable ? db_imported_refresh_token_take(tx, arena, hash_str(&token.hash), &token.row)
                         : db_imported_refresh_token(tx, arena, hash_str(&token.hash), &token.row);
        if (r <= 0)
                return r;
        token.id = 0;
        token.imported = true;
        *ret = token;
        return 1;
}

int refresh_token_spend(struct tx *tx, const struct refresh_token *token, int64_t now, int64_t successor_id,
                        int64_t successor_access_id) {
        if (token->imported)
                return db_imported_refresh_token_spend(tx, hash_str(&token->hash), now, successor_id,
                                                       successor_access_id);
        return db_refresh_token_spend(tx, token->id, now, successor_id, successor_access_id);
}
