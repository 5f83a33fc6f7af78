/* The pages of those who make apps, /profile/oauth-apps: what they have in common. */
#pragma once

#include <jansson.h>

#include "http/response.h"
#include "oauth/app.h"
#include "oauth/apps/form.h"

#define APPS_PATH "/profile/oauth-apps"

enum { APPS_OF_OWNER_MAX = 100 };

/* The app that path_params[0] names, if it is the caller's: others' apps are unknown.
 *
 * errors   ERR_APP_NOT_FOUND, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int apps_own(struct request *req, struct app *ret);

/* Whether the caller may register apps here: administrators may, and everyone where the operator allows it. */
bool apps_may_register(const struct request *req);

/* The same before it is done: who may as an administrator alone has entered the password again, as for all that administrators do.
 * errors   ERR_NOT_ADMINISTRATOR, ERR_NOT_ELEVATED, ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int apps_admit_registration(struct request *req);

/* What every page that shows an app says of it: name, initials, logo_url, description, client_id, active, public, redirect_uris,
 * scopes, created, and where its forms lead. */
json_t *apps_json(struct request *req, const struct app_row *app);

/* The page of one app.
 *
 * form     what was typed, in place of what is stored; NULL for that
 * errors   by field: description, redirect_uris, overlap, logo; taken over; NULL for none */
_must_use_ int apps_respond(struct request *req, struct response *res, int status, const struct app_row *app,
                            const struct app_form *form, json_t *errors);

/* Back to the page of the app that path_params[0] names; see frame_done(). */
_must_use_ int apps_done(struct request *req, struct response *res, const char *done);

/* Shows a secret, this once.
 *
 * former   of the app that had one before: until when it is good, 0 when it is ended; -1 for a new app */
_must_use_ int apps_respond_secret(struct request *req, struct response *res, struct str id, struct str name,
                                   struct str client_id, struct str secret, int64_t former);
