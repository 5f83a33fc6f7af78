/* The temporary app of the test client: registered when it starts, removed with everything that came of it when it stops. */
#pragma once

#include "base/arena.h"
#include "db/database.h"
#include "oauth/registration.h"

#define TEST_APP_NAME "OAuth Test App (CLI)"

struct test_app {
        struct registration app;
        struct secret secret;
        int64_t created_at;
};

/* Registers an app that leads back to http://localhost:PORT/callback and may ask for every scope of the menu, and IDENTITY.
 *
 * owner_id, owner_email   at most one of them; STR_NULL for an app without an owner
 * ret_problem             on failure, a sentence for the person
 * errors                  ERR_NOT_FOUND (no such owner), ERR_STORAGE, …
 */
_must_use_ int test_app_register(struct database *db, struct arena *arena, unsigned port, struct str owner_id,
                                 struct str owner_email, struct test_app *ret,
                                 char ret_problem[REGISTRATION_PROBLEM_MAX]);

/* Removes the app, its codes, tokens, authorizations and consents. errors: ERR_STORAGE */
_must_use_ int test_app_remove(struct database *db, const struct test_app *app);

/* Removes what test clients left behind that were killed: such apps of processes of this machine that are gone, and any that
 * are older than a day. Returns their number. errors: ERR_STORAGE */
_must_use_ int test_app_remove_stale(struct database *db, int64_t now);
