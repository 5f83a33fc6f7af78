/* An app (OAuth client): what is registered of it, and how it looks on the wire (dialect: Applications,
 * OAuthApplicationInfo). */
#pragma once

#include "account/scope.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "base/settings.h"
#include "db/statements.h"

enum { CLIENT_ID_MAX = 128 }; /* bytes */

struct app {
        struct app_row row; /* strings live in the request's arena */
        scope_set scopes;   /* those that it may ask for */
};

/* A public client has no secret: PKCE alone binds its codes (RFC 6749 §2.1, RFC 8252 §8.4). */
static inline bool app_is_public(const struct app *app) {
        return !app->row.secret_hash.ptr;
}

/* Finds an app, active or not.
 * errors   ERR_UNKNOWN_CLIENT, ERR_STORAGE */
_must_use_ int app_find(struct tx *tx, struct arena *arena, struct str client_id, struct app *ret);

/* The app as it was before its secret was replaced, while that one is good beside the new one.
 *
 * now       milliseconds since 1970
 * ret       set if there is such a secret */
bool app_with_former_secret(const struct app *app, int64_t now, struct app *ret);

/* Whether the presented URI is one of those registered: exact, but for the port of loopback URIs (RFC 8252
 * §7.3). */
bool app_has_redirect_uri(const struct app *app, struct str redirect_uri);

/* Whether the app is registered for a grant: "authorization_code", "refresh_token". */
bool app_has_grant(const struct app *app, struct str grant_type);

/* The path of a logo that may be shown: one of this server's own, since pages load nothing from elsewhere. Else STR_NULL.
 *
 * logo_url   of the app's row */
struct str app_logo_path(const struct settings *settings, struct str logo_url);

/* Writes OAuthApplicationInfo; the secret is not among its members. */
void app_write_json(const struct app_row *row, struct json_writer *w);
