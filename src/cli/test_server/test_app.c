#include "cli/test_server/test_app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "account/user.h"
#include "base/errors.h"
#include "cli/app_input.h"
#include "db/statements.h"

enum { STALE_APPS_MAX = 100, HOST_MAX = 64, ARENA_MAX = 512 * 1024, TEXT_MAX = 200 };

#define STALE_MS INT64_C(86400000)

/* Begins the description of such an app; behind it stand process and machine, so that leftovers are known as such. */
static const struct str marker = STR_INIT("Temporary app of oauth-tool test-server, process ");

/* This machine's name, of characters that a description may hold. */
static struct str host_name(char out[HOST_MAX + 1]) {
        if (gethostname(out, HOST_MAX) < 0 || *out == '\0')
                snprintf(out, HOST_MAX, "localhost");
        out[HOST_MAX] = '\0';
        for (char *c = out; *c; c++)
                if (*c <= ' ' || *c >= 0x7f)
                        *c = '-';
        return str_of(out);
}

struct storing {
        struct arena *arena;
        struct registration *app;
        struct str owner_id, owner_email;
        int64_t now;
};

static int store(struct tx *tx, void *data) {
        struct storing *s = data;
        struct user_row owner;
        int r = 1;

        s->app->owner_id = STR_NULL;
        if (s->owner_id.ptr)
                r = db_user_by_id(tx, s->arena, s->owner_id, &owner);
        else if (s->owner_email.ptr)
                r = db_user_by_email(tx, s->arena, s->owner_email, &owner);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_NOT_FOUND;
        if (s->owner_id.ptr || s->owner_email.ptr)
                s->app->owner_id = owner.id;
        return registration_store(tx, s->app, s->now);
}

int test_app_register(struct database *db, struct arena *arena, unsigned port, struct str owner_id,
                      struct str owner_email, struct test_app *ret,
                      char ret_problem[REGISTRATION_PROBLEM_MAX]) {
        struct str scopes[SCOPE_BITS], uri, description;
        struct registration_request request = { .name = STR(TEST_APP_NAME),
                                                .redirect_uris = &uri,
                                                .n_redirect_uris = 1 };
        struct storing s = { arena, &ret->app, owner_id, STR_NULL, clock_now(&clock_system) };
        char host[HOST_MAX + 1];
        int r = 0;

        uri = arena_printf(arena, "http://localhost:%u/callback", port);
        description = arena_printf(arena, STR_FMT "%ld on " STR_FMT, STR_ARG(marker), (long)getpid(),
                                   STR_ARG(host_name(host)));
        scopes[0] = STR("IDENTITY");
        for (size_t i = 0; i < app_menu_scopes_count; i++)
                scopes[1 + i] = app_menu_scopes[i];
        request.description = description;
        request.scopes = scopes;
        request.n_scopes = 1 + app_menu_scopes_count;

        if (owner_email.ptr && email_normalise(arena, owner_email, &s.owner_email) < 0) {
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX, "--owner is not an e-mail address");
                return -ERR_INVALID_FIELD;
        }
        r = registration_check(&request, arena, &ret->app, ret_problem);
        if (r < 0)
                return r;
        r = registration_credentials(&ret->app, &clock_system, &random_system, &ret->secret);
        if (r >= 0)
                r = database_write_now(db, store, &s);
        ret->created_at = s.now;
        if (r == -ERR_NOT_FOUND)
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX,
                         "Nobody has this account; `gatehouse user create` makes one, and without an owner "
                         "it works too");
        else if (r < 0)
                snprintf(ret_problem, REGISTRATION_PROBLEM_MAX, STR_FMT, STR_ARG(error_row(r)->text));
        return r;
}

/* Rows of the token tables are found by the families, so families go last. */
static int remove_app(struct tx *tx, struct str id, int64_t created_at) {
        int64_t since = id_at(created_at - STALE_MS); /* clocks may have been set back since */
        int r;

        r = db_codes_delete_of_app(tx, id, since);
        if (r >= 0)
                r = db_access_tokens_delete_of_app(tx, id, since);
        if (r >= 0)
                r = db_refresh_tokens_delete_of_app(tx, id, since);
        if (r >= 0)
                r = db_authorizations_delete_of_app(tx, id);
        if (r >= 0)
                r = db_consents_delete_of_app(tx, id);
        if (r >= 0)
                r = db_app_logo_delete(tx, id);
        if (r >= 0)
                r = db_app_delete(tx, id);
        return r;
}

static int remove_one(struct tx *tx, void *data) {
        const struct test_app *app = data;

        return remove_app(tx, str_n(app->app.id, sizeof(app->app.id)), app->created_at);
}

int test_app_remove(struct database *db, const struct test_app *app) {
        struct test_app copy = { .created_at = app->created_at };

        memcpy(copy.app.id, app->app.id, sizeof(copy.app.id));
        return database_write_now(db, remove_one, &copy);
}

/* Whether the description says that the app belongs to a process that is gone. What it doesn't say clearly counts as alive:
 * the app's age decides then. */
static bool process_is_gone(struct str description) {
        char host[HOST_MAX + 1];
        struct str rest = str_from(description, marker.len), pid_text, machine;
        uint64_t pid;

        if (!str_next(&rest, ' ', &pid_text) || !str_starts_with(rest, STR("on ")))
                return false;
        machine = str_from(rest, 3);
        if (!str_to_uint(pid_text, INT32_MAX, &pid) || pid == 0 || !str_eq(machine, host_name(host)))
                return false;
        return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

struct sweeping {
        int64_t now;
};

static int remove_stale(struct tx *tx, void *data) {
        const struct sweeping *s = data;
        struct app_row *apps;
        struct arena arena;
        size_t n = 0;
        int r, removed = 0;

        arena_init(&arena, ARENA_MAX);
        r = db_test_apps(tx, &arena, STR(TEST_APP_NAME), STALE_APPS_MAX, &apps, &n);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                if (!str_starts_with(apps[i].description, marker) ||
                    (apps[i].created_at > s->now - STALE_MS && !process_is_gone(apps[i].description)))
                        continue;
                r = remove_app(tx, apps[i].id, apps[i].created_at);
                removed++;
        }
        arena_done(&arena);
        return r < 0 ? r : removed;
}

int test_app_remove_stale(struct database *db, int64_t now) {
        struct sweeping s = { now };

        return database_write_now(db, remove_stale, &s);
}
