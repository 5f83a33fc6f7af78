#include "account/platform_issuer.h"

#include <stdlib.h>

#include "account/jwks_fetch.h"

int platform_issuer_new(const struct settings *settings, const struct clock *clock,
                        struct platform_issuer **ret) {
        struct platform_issuer *issuer;
        int r = 0;

        *ret = NULL;
        if (settings->platform_jwt_secret.len == 0 && settings->platform_jwks_url.len == 0)
                return 0;
        issuer = calloc(1, sizeof(*issuer));
        if (!issuer)
                return -ERR_NO_MEMORY;
        if (settings->platform_jwt_secret.len > 0)
                r = jwt_keys_from_secret(settings->platform_jwt_secret, &issuer->secret);
        if (r >= 0 && settings->platform_jwks_url.len > 0)
                r = jwks_fetch_setup();
        if (r >= 0 && settings->platform_jwks_url.len > 0)
                r = jwks_new(settings->platform_jwks_url, settings->ca_file, jwks_fetch_url, clock,
                             &issuer->jwks);
        if (r < 0) {
                platform_issuer_free(issuer);
                return r;
        }
        *ret = issuer;
        return 0;
}

struct platform_issuer *platform_issuer_free(struct platform_issuer *issuer) {
        if (!issuer)
                return NULL;
        jwt_keys_release(issuer->secret);
        jwks_free(issuer->jwks);
        free(issuer);
        return NULL;
}

/* 1, or 0 when there is no such person. */
static int find(struct tx *tx, struct arena *arena, struct str id, struct user_row *ret) {
        int r = db_user_by_id(tx, arena, id, ret);

        if (r <= 0)
                return r;
        return ret->is_active ? 1 : -ERR_JWT_USER_DISABLED;
}

/* Without a password: who was made by the Platform signs in there. */
static int store(const struct context *context, struct tx *tx, struct arena *arena,
                 const struct platform_person *person) {
        struct str email, name = STR_NULL;
        int r;

        if (!person->email.ptr)
                return -ERR_JWT_NO_EMAIL;
        r = email_normalise(arena, person->email, &email);
        if (r < 0)
                return r == -ERR_INVALID_FIELD ? -ERR_JWT_NO_EMAIL : r;
        if (person->name.ptr && user_name_check(person->name, &name) < 0)
                name = STR_NULL; /* a name that we would not take is no reason to keep its bearer out */
        return db_user_insert_claimed(tx, person->id, email, name, clock_now(context->clock));
}

/* Why somebody was not stored. */
static int refusal(struct tx *tx, struct arena *arena, struct str id) {
        struct deleted_user_row deleted;
        int r = db_deleted_user(tx, arena, id, &deleted);

        if (r < 0)
                return r;
        return r > 0 ? -ERR_ACCOUNT_DELETED : -ERR_EMAIL_TAKEN;
}

int platform_person_row(const struct context *context, struct tx *tx, struct arena *arena,
                        const struct platform_person *person, struct user_row *ret, bool *ret_created) {
        int r, stored;

        *ret_created = false;
        r = find(tx, arena, person->id, ret);
        if (r != 0 || !tx->writable)
                return r;
        stored = store(context, tx, arena, person);
        if (stored < 0)
                return stored;
        /* None was stored when a request beside this one was faster, when the address is another's, or so soon after the account
         * was deleted. */
        r = find(tx, arena, person->id, ret);
        *ret_created = r > 0 && stored > 0;
        return r == 0 ? refusal(tx, arena, person->id) : r;
}
