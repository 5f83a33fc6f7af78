/* OAuth apps and the tokens that they hold (dialect: Formats). */
#include "base/codec.h"
#include "base/hash.h"
#include "cli/import_platform.h"
#include "db/statements.h"
#include "oauth/app.h"
#include "oauth/registration.h"
#include "pages/page_url.h"

enum { APP_ID_MAX = 64, LOGO_URL_MAX = 2048, ALIKE_MAX = 2 };

const char import_apps_sql[] =
        "SELECT \"clientId\", id, name, description, \"logoUrl\", \"clientSecret\", \"clientSecretSalt\", "
        "to_json(\"redirectUris\"), to_json(\"grantTypes\"), to_json(scopes), \"ownerId\", "
        "\"isActive\", " IMPORT_MS("\"createdAt\"") ", " IMPORT_MS(
                "\"updatedAt\"") " FROM \"OAuthApplication\"";

/* Those that are revoked come too: they may be here from an earlier import. */
#define TOKENS_SQL(table)                                                                   \
        "SELECT left(token, 12), token, " IMPORT_MS(                                        \
                "\"expiresAt\"") ", \"applicationId\", \"userId\", "                        \
                                 "to_json(scopes), \"revokedAt\" IS NOT NULL FROM \"" table \
                                 "\" WHERE \"expiresAt\" > now()"

const char import_access_tokens_sql[] = TOKENS_SQL("OAuthAccessToken");
const char import_refresh_tokens_sql[] = TOKENS_SQL("OAuthRefreshToken");

struct app_read {
        struct str client_id, id, logo_url, secret_hash, secret_salt, owner_id;
        bool is_active;
        int64_t created_at, updated_at;
        struct registration as;
};

/* Holds the lists against the rules for apps that are registered here. */
static int read_registration(struct import *i, int row, struct app_read *a) {
        const struct source *s = i->source;
        struct registration_request request = { .name = source_text(s, row, 2),
                                                .description = source_text(s, row, 3),
                                                .owner_id = a->owner_id };
        int r;

        r = source_words(s, row, 7, &i->arena, &request.redirect_uris, &request.n_redirect_uris);
        if (r == 0)
                r = source_words(s, row, 8, &i->arena, &request.grant_types, &request.n_grant_types);
        if (r == 0)
                r = source_words(s, row, 9, &i->arena, &request.scopes, &request.n_scopes);
        if (r == -ERR_INVALID_FIELD)
                return import_refuse(i, "its redirect URIs, grant types or scopes are no list of words");
        if (r < 0)
                return r;
        r = registration_check(&request, &i->arena, &a->as, i->text);
        return r == -ERR_INVALID_FIELD ? import_refuse(i, i->text) : r;
}

static int read_app(struct import *i, int row, struct app_read *a) {
        const struct source *s = i->source;

        *a = (struct app_read){ .client_id = source_text(s, row, 0),
                                .id = source_text(s, row, 1),
                                .logo_url = source_text(s, row, 4),
                                .secret_hash = source_text(s, row, 5),
                                .secret_salt = source_text(s, row, 6),
                                .owner_id = source_text(s, row, 10),
                                .is_active = source_boolean(s, row, 11),
                                .created_at = source_bigint(s, row, 12),
                                .updated_at = source_bigint(s, row, 13) };
        if (a->id.len == 0 || a->id.len > APP_ID_MAX || a->client_id.len == 0 ||
            a->client_id.len > CLIENT_ID_MAX || str_has_control(a->id) || str_has_control(a->client_id))
                return import_refuse(i, "its id or client id is empty or too long");
        if (!import_is_hash(a->secret_hash) || (a->secret_salt.ptr && !import_is_hash(a->secret_salt)))
                return import_refuse(i, "its secret or salt is not 32 bytes in hex");
        if (a->logo_url.ptr &&
            (a->logo_url.len > LOGO_URL_MAX || !str_starts_with(a->logo_url, STR("https://")) ||
             !page_url_is_safe(a->logo_url)))
                return import_refuse(i, "the address of its logo is not valid: it must begin with https://");
        return read_registration(i, row, a);
}

static int update_app(struct import *i, const struct app_read *a) {
        int disabled = 0, updated;

        if (!a->is_active)
                disabled = db_import_app_disable(i->tx, a->id);
        if (disabled < 0)
                return disabled;
        updated = db_import_app_update(i->tx, a->id, a->as.name, a->as.description, a->logo_url,
                                       a->secret_hash, a->secret_salt, a->as.redirect_uris, a->as.grant_types,
                                       a->as.scopes, a->owner_id, a->updated_at);
        if (updated < 0)
                return updated;
        return disabled ? IMPORT_REVOKED : updated ? IMPORT_UPDATED : IMPORT_UNCHANGED;
}

int import_app(struct import *i, int row) {
        struct import_app_row *alike;
        struct user_row owner;
        struct app_read a;
        size_t n;
        int r;

        r = read_app(i, row, &a);
        if (r != 0)
                return r;
        r = db_user_by_id(i->tx, &i->arena, a.owner_id, &owner);
        if (r < 0)
                return r;
        if (r == 0)
                return import_refuse(i, "its owner is unknown here");
        r = db_import_apps_like(i->tx, &i->arena, a.id, a.client_id, ALIKE_MAX, &alike, &n);
        if (r < 0)
                return r;
        if (n == 1 && str_eq(alike->id, a.id) && str_eq(alike->client_id, a.client_id))
                return update_app(i, &a);
        if (n)
                return import_refuse(i, "another app here has its id or its client id");
        r = db_import_app_insert(i->tx, a.id, a.client_id, a.as.name, a.as.description, a.logo_url,
                                 a.secret_hash, a.secret_salt, a.as.redirect_uris, a.as.grant_types,
                                 a.as.scopes, a.owner_id, a.is_active, a.created_at, a.updated_at);
        return r < 0 ? r : r ? IMPORT_ADDED : -ERR_CONFLICT;
}

struct token_read {
        struct hash hash;
        struct str app_id, user_id, scopes;
        int64_t expires_at;
        bool revoked;
};

static int read_token(struct import *i, int row, struct token_read *t) {
        struct str hex = source_text(i->source, row, 1);

        if (!import_is_hash(hex) || hex_decode(hex, t->hash.bytes, sizeof(t->hash.bytes)) < 0)
                return import_refuse(i, "it is not the SHA-256 of a token");
        t->expires_at = source_bigint(i->source, row, 2);
        t->app_id = source_text(i->source, row, 3);
        t->user_id = source_text(i->source, row, 4);
        t->revoked = source_boolean(i->source, row, 6);
        return import_scopes(i, row, 5, &t->scopes);
}

/* The authorization that the person's tokens of this app and these scopes stand under: a refresh gives all scopes of it,
 * so it may have none that the token has not.
 *
 * returns   0, or IMPORT_REFUSED */
static int find_family(struct import *i, const struct token_read *t, int64_t *ret) {
        struct import_family_row family;
        int64_t id, end;
        int r;

        r = db_import_family_find(i->tx, &i->arena, t->app_id, t->user_id, t->scopes, &family);
        if (r < 0)
                return r;
        if (r == 1 && family.revoked_at != 0)
                return import_refuse(i, "the authorization that it belongs to was revoked here");
        if (r == 1 && family.expires_at > i->now) {
                *ret = family.id;
                return 0;
        }
        id = id_next(&i->ids);
        end = MAX_OF(i->now + i->settings->authorization_lifetime * 1000, t->expires_at);
        r = db_authorization_insert(i->tx, id, t->app_id, t->user_id, t->scopes, end);
        if (r >= 0)
                r = db_import_family_upsert(i->tx, t->app_id, t->user_id, t->scopes, id);
        if (r < 0)
                return r;
        *ret = id;
        return 0;
}

/* One that is here already. Who used a refresh token here that was revoked there has lost it or passed it on: all that
 * came of it ends. */
static int carry_revocation(struct import *i, const struct token_read *t,
                            const struct import_token_row *here) {
        int revoked, ended = 0;

        if (!t->revoked)
                return IMPORT_UNCHANGED;
        revoked = db_imported_token_revoke(i->tx, hash_str(&t->hash), i->now);
        if (revoked > 0 && here->spent_at != 0)
                ended = db_authorization_revoke(i->tx, here->authorization_id, i->now);
        if (revoked < 0 || ended < 0)
                return MIN_OF(revoked, ended);
        return revoked ? IMPORT_REVOKED : IMPORT_UNCHANGED;
}

static int import_token(struct import *i, int row, bool is_refresh) {
        struct import_token_row here;
        struct import_app_row *app;
        int64_t authorization;
        struct user_row user;
        struct token_read t;
        size_t n;
        int r;

        r = read_token(i, row, &t);
        if (r != 0)
                return r;
        r = db_import_token_find(i->tx, &i->arena, hash_str(&t.hash), &here);
        if (r < 0)
                return r;
        if (r == 1)
                return carry_revocation(i, &t, &here);
        if (t.revoked)
                return IMPORT_UNCHANGED;
        r = db_user_by_id(i->tx, &i->arena, t.user_id, &user);
        if (r <= 0)
                return r < 0 ? r : import_refuse(i, "its user is unknown here");
        r = db_import_apps_like(i->tx, &i->arena, t.app_id, STR(""), 1, &app, &n);
        if (r < 0)
                return r;
        if (n == 0)
                return import_refuse(i, "its app is unknown here");
        r = find_family(i, &t, &authorization);
        if (r != 0)
                return r;
        r = db_import_token_insert(i->tx, hash_str(&t.hash), is_refresh, authorization, t.expires_at);
        return r < 0 ? r : r ? IMPORT_ADDED : -ERR_CONFLICT;
}

int import_access_token(struct import *i, int row) {
        return import_token(i, row, false);
}

int import_refresh_token(struct import *i, int row) {
        return import_token(i, row, true);
}
