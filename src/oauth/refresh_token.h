/* Refresh tokens: finding one, our own or imported. Whether it is good is for the caller to judge. */
#pragma once

#include "base/hash.h"
#include "db/statements.h"

struct refresh_token {
        int64_t id;       /* 0 of an imported one */
        struct hash hash; /* of its text */
        bool imported;
        struct refresh_token_row row; /* strings live on the arena */
};

/* Looks a refresh token up.
 *
 * text      as presented
 * returns   1 found, 0 not, negative on error
 * errors    ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int refresh_token_find(struct tx *tx, struct arena *arena, struct str text,
                                  struct refresh_token *ret);

/* Spends it and notes what replaces it.
 *
 * now       milliseconds since 1970
 * returns   1 for at most one caller, 0 for every other, negative on error
 * errors    ERR_STORAGE
 */
_must_use_ int refresh_token_spend(struct tx *tx, const struct refresh_token *token, int64_t now,
                                   int64_t successor_id, int64_t successor_access_id);
