/* The Platform as the one who says who a person is: the keys of its user JWTs, as configured, and the person's row here. */
#pragma once

#include "account/jwks.h"
#include "account/platform_jwt.h"
#include "account/user.h"

struct platform_issuer {
        struct jwt_keys *secret; /* NULL when no secret is configured */
        struct jwks *jwks;       /* NULL when no address of keys is */
};

/* NULL in *ret when nothing is configured: then no JWT counts.
 *
 * clock    of jwks_new()
 * errors   ERR_NO_MEMORY */
_must_use_ int platform_issuer_new(const struct settings *settings, const struct clock *clock,
                                   struct platform_issuer **ret);

/* Takes NULL; returns NULL. */
struct platform_issuer *platform_issuer_free(struct platform_issuer *issuer);

/* The row of a person who came with a token.
 *
 * A person whom nobody knows yet is stored, if the transaction can write. The address must be nobody else's: an account is
 * never taken over because a token claims its address.
 *
 * ret       on the arena
 * returns   1; or 0 when the person is not stored and the transaction only reads
 * errors    ERR_JWT_USER_DISABLED, ERR_JWT_NO_EMAIL (to be stored, but no usable address), ERR_EMAIL_TAKEN,
 *           ERR_ACCOUNT_DELETED (a day ago at most), ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int platform_person_row(const struct context *context, struct tx *tx, struct arena *arena,
                                   const struct platform_person *person, struct user_row *ret,
                                   bool *ret_created);
