#include "oauth/registration.h"

#include <stdio.h>

#include "base/errors.h"
#include "db/statements.h"
#include "oauth/redirect_uri.h"

static const struct str default_grant_types = STR_INIT("authorization_code refresh_token");
static const struct str known_grant_types[] = { STR_INIT("authorization_code"), STR_INIT("refresh_token") };

/* What the person typed is repeated in the problem, cut and without what could move a terminal's cursor. */
struct excerpt {
        char text[96];
};

static struct excerpt excerpt_of(struct str s) {
        struct excerpt e;
        size_t n = 0;

        for (size_t i = 0; i < s.len && n < sizeof(e.text) - 4; i++) {
                uint8_t c = str_at(s, i);

                e.text[n++] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
        }
        if (n < s.len)
                for (int dots = 0; dots < 3; dots++)
                        e.text[n++] = '.';
        e.text[n] = '\0';
        return e;
}

static bool contains(const struct str *list, size_t n, struct str word) {
        for (size_t i = 0; i < n; i++)
                if (str_eq(list[i], word))
                        return true;
        return false;
}

/* Words separated by single spaces, each once. */
static int join(struct arena *arena, const struct str *list, size_t n, struct str *ret) {
        size_t room = 0, len = 0;
        char *text;

        for (size_t i = 0; i < n; i++)
                room += list[i].len + 1;
        text = arena_alloc(arena, room + 1);
        if (!text)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
                if (contains(list, i, list[i]))
                        continue;
                if (len)
                        text[len++] = ' ';
                memcpy(text + len, list[i].ptr, list[i].len);
                len += list[i].len;
        }
        *ret = str_n(text, len);
        return 0;
}

_printf_(3, 4) static int refuse(struct arena *arena, struct sentence **ret_problem, const char *format,
                                 ...) {
        va_list args;

        va_start(args, format);
        *ret_problem = sentence_vprintf(arena, format, args);
        va_end(args);
        return *ret_problem ? -ERR_INVALID_FIELD : -ERR_NO_MEMORY;
}

/* what   names the text, for its maker */
static int check_text(struct str text, const char *what, size_t max, struct arena *arena,
                      struct sentence **ret_problem) {
        if (!str_is_utf8(text) || str_has_control(text))
                return refuse(arena, ret_problem, "The %s must be text of one line in UTF-8", what);
        if (str_utf8_length(text) > max)
                return refuse(arena, ret_problem, "The %s must not be longer than %zu characters", what, max);
        return 0;
}

static int check_redirect_uris(const struct registration_request *request, struct arena *arena,
                               struct sentence **ret_problem) {
        if (request->n_redirect_uris == 0)
                return refuse(arena, ret_problem, "At least one redirect URI is required");
        if (request->n_redirect_uris > APP_REDIRECT_URIS_MAX)
                return refuse(arena, ret_problem, "At most %d redirect URIs can be registered",
                              APP_REDIRECT_URIS_MAX);
        for (size_t i = 0; i < request->n_redirect_uris; i++) {
                struct excerpt uri = excerpt_of(request->redirect_uris[i]);
                const char *reason;

                if (!redirect_uri_check_registrable(request->redirect_uris[i], request->public_client,
                                                    &reason))
                        return refuse(arena, ret_problem, "Invalid redirect URI '" STR_FMT "': it %s",
                                      STR_ARG(str_of(uri.text)), reason);
        }
        return 0;
}

static int check_scopes(const struct registration_request *request, struct arena *arena,
                        struct sentence **ret_problem) {
        scope_set all = 0;

        for (size_t i = 0; i < request->n_scopes; i++) {
                struct excerpt name = excerpt_of(request->scopes[i]);
                struct str unknown;
                scope_set one;

                if (request->scopes[i].len == 0 || str_find(request->scopes[i], ' ') >= 0 ||
                    !scope_parse(request->scopes[i], &one, &unknown))
                        return refuse(arena, ret_problem, "Invalid scope: " STR_FMT,
                                      STR_ARG(str_of(name.text)));
                all |= one;
        }
        return all ? 0 : refuse(arena, ret_problem, "At least one scope is required");
}

static int check_grant_types(const struct registration_request *request, struct arena *arena,
                             struct sentence **ret_problem) {
        for (size_t i = 0; i < request->n_grant_types; i++) {
                struct excerpt name = excerpt_of(request->grant_types[i]);

                if (!contains(known_grant_types, ARRAY_LENGTH(known_grant_types), request->grant_types[i]))
                        return refuse(arena, ret_problem,
                                      "Invalid grant type: " STR_FMT
                                      " (there are authorization_code and refresh_token)",
                                      STR_ARG(str_of(name.text)));
        }
        /* A refresh token comes from nowhere but a code. */
        if (request->n_grant_types &&
            !contains(request->grant_types, request->n_grant_types, known_grant_types[0]))
                return refuse(arena, ret_problem, "The grant type authorization_code is required");
        return 0;
}

static int check_name(const struct registration_request *request, struct arena *arena,
                      struct sentence **ret_problem) {
        struct str name = str_trim(request->name);

        if (name.len == 0)
                return refuse(arena, ret_problem, "The application needs a name");
        return check_text(name, TEXT_LITERAL("name"), APP_NAME_MAX, arena, ret_problem);
}

int registration_check_field(const struct registration_request *request, enum registration_field field,
                             struct arena *arena, struct sentence **ret_problem) {
        switch (field) {
        case REGISTRATION_NAME:
                return check_name(request, arena, ret_problem);
        case REGISTRATION_DESCRIPTION:
                return check_text(str_trim(request->description), TEXT_LITERAL("description"),
                                  APP_DESCRIPTION_MAX, arena, ret_problem);
        case REGISTRATION_REDIRECT_URIS:
                return check_redirect_uris(request, arena, ret_problem);
        case REGISTRATION_SCOPES:
                return check_scopes(request, arena, ret_problem);
        case REGISTRATION_GRANT_TYPES:
                return check_grant_types(request, arena, ret_problem);
        case REGISTRATION_FIELDS:
                break;
        }
        return -ERR_INTERNAL;
}

static scope_set scopes_of(const struct registration_request *request) {
        scope_set all = 0, one;
        struct str unknown;

        for (size_t i = 0; i < request->n_scopes; i++)
                if (scope_parse(request->scopes[i], &one, &unknown))
                        all |= one;
        return all;
}

int registration_check(const struct registration_request *request, struct arena *arena,
                       struct registration *ret, char ret_problem[REGISTRATION_PROBLEM_MAX]) {
        struct registration app = { .owner_id = request->owner_id, .public_client = request->public_client };
        struct sentence *problem;
        int r;

        snprintf(ret_problem, REGISTRATION_PROBLEM_MAX, "Out of memory");
        for (int field = 0; field < REGISTRATION_FIELDS; field++) {
                r = registration_check_field(request, (enum registration_field)field, arena, &problem);
                if (r == -ERR_INVALID_FIELD)
                        snprintf(ret_problem, REGISTRATION_PROBLEM_MAX, STR_FMT, STR_ARG(problem->text));
                if (r < 0)
                        return r;
        }
        app.name = str_trim(request->name);
        app.description = request->description.len ? str_trim(request->description) : STR_NULL;

        app.scopes = scope_text(arena, scopes_of(request));
        if (!app.scopes.ptr)
                return -ERR_NO_MEMORY;
        r = join(arena, request->redirect_uris, request->n_redirect_uris, &app.redirect_uris);
        if (r < 0)
                return r;
        app.grant_types = default_grant_types;
        if (request->n_grant_types)
                r = join(arena, request->grant_types, request->n_grant_types, &app.grant_types);
        if (r < 0)
                return r;
        *ret = app;
        return 0;
}

int registration_credentials(struct registration *app, const struct clock *clock, const struct random *random,
                             struct secret *ret_secret) {
        int r;

        ret_secret->len = 0;
        r = app->id[0] ? 0 : id_uuid(clock, random, app->id);
        if (r < 0)
                return r;
        r = client_id_generate(random, app->client_id);
        if (r < 0 || app->public_client)
                return r;
        r = client_secret_generate(random, ret_secret);
        if (r < 0)
                return r;
        return client_secret_hash(secret_str(ret_secret), random, app->secret_hash, app->secret_salt);
}

int registration_store(struct tx *tx, const struct registration *app, int64_t now) {
        struct str hash = app->public_client ? STR_NULL : str_n(app->secret_hash, sizeof(app->secret_hash));
        struct str salt = app->public_client ? STR_NULL : str_n(app->secret_salt, sizeof(app->secret_salt));
        int r;

        r = db_app_insert(tx, str_n(app->id, sizeof(app->id)), str_n(app->client_id, sizeof(app->client_id)),
                          app->name, app->description, STR_NULL, hash, salt, app->redirect_uris,
                          app->grant_types, app->scopes, app->owner_id, now);
        if (r < 0)
                return r;
        return r == 0 ? -ERR_CONFLICT : 0;
}
