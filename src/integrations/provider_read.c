/* Takes one provider's object apart. A member is one row: its name, how its value is read, and where it goes. */
#include <stdio.h>

#include "integrations/provider_int.h"

enum { PATH_MAX_BYTES = 128 }; /* of "oauth.token.url" */

static int read_members(const struct provider_reading *reading, const struct provider_member *members,
                        const char *path, const json_t *object, struct provider *to);

static int read_object(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        return read_members(reading, m->more, path, value, to);
}

/* --- the members --- */

#define AT(member) offsetof(struct provider, member)

static const char *const kind_words[] = { "oauth2", "api_key", "user_password", "host_scoped", NULL };
static const char *const auth_words[] = { "form", "basic", "bearer", "none", NULL };
static const char *const client_words[] = { "form", "basic", NULL };
static const char *const body_words[] = { "form", "json", "none", NULL };
static const char *const token_body_words[] = { "form", "json", NULL };
static const char *const method_words[] = { "POST", "DELETE", NULL };
static const char *const mode_words[] = { "requested", "union", "fixed", "none", NULL };
static const char *const omit_words[] = { "response_type", "redirect_uri", "scope", NULL };
static const char *const tokens_words[] = { "refresh_token", "access_token", NULL };

static int read_method(const struct provider_reading *reading, const struct provider_member *m,
                       const char *path, const json_t *value, struct provider *to) {
        int word = provider_find_word(reading, path, value, method_words);

        if (word < 0)
                return -ERR_SETTINGS;
        *(struct str *)provider_place(to, m) = str_of(method_words[word]);
        return 0;
}

static const struct provider_member icon_members[] = {
        { "letters", provider_read_text, AT(icon.letters), NULL, true },
        { "colour", provider_read_text, AT(icon.colour), NULL, true },
        { 0 },
};

static const struct provider_member authorize_members[] = {
        { "url", provider_read_url, AT(oauth.authorize.url), NULL, true },
        { "params", provider_read_pairs, AT(oauth.authorize.params), NULL, false },
        { "omit", provider_read_names, AT(oauth.authorize.omit), omit_words, false },
        { 0 },
};

static const struct provider_member token_members[] = {
        { "url", provider_read_url, AT(oauth.token.url), NULL, true },
        { "client", provider_read_word, AT(oauth.token.client), client_words, false },
        { "body", provider_read_word, AT(oauth.token.body), token_body_words, false },
        { "expires_in", provider_read_seconds, AT(oauth.token.expires_in), NULL, false },
        { "granted_all", provider_read_text, AT(oauth.token.granted_all), NULL, false },
        { "require", provider_read_names, AT(oauth.token.require), NULL, false },
        { "refused", provider_read_names, AT(oauth.token.refused), NULL, false },
        { 0 },
};

static const struct provider_member revoke_members[] = {
        { "url", provider_read_url, AT(oauth.revoke.url), NULL, true },
        { "method", read_method, AT(oauth.revoke.method), NULL, false },
        { "auth", provider_read_word, AT(oauth.revoke.auth), auth_words, false },
        { "body", provider_read_word, AT(oauth.revoke.body), body_words, false },
        { "member", provider_read_text, AT(oauth.revoke.member), NULL, false },
        { "tokens", provider_read_names, AT(oauth.revoke.tokens), tokens_words, false },
        { 0 },
};

static const struct provider_member user_members[] = {
        { "url", provider_read_url, AT(oauth.user.url), NULL, false },
        { "path", provider_read_text, AT(oauth.user.path), NULL, true },
        { "fallback", provider_read_text, AT(oauth.user.fallback), NULL, false },
        { 0 },
};

static const struct provider_member scopes_members[] = {
        { "default", provider_read_names, AT(oauth.scopes.initial), NULL, false },
        { "mode", provider_read_word, AT(oauth.scopes.mode), mode_words, false },
        { "separator", provider_read_text, AT(oauth.scopes.separator), NULL, false },
        { "separators", provider_read_text, AT(oauth.scopes.separators), NULL, false },
        { "prefix", provider_read_text, AT(oauth.scopes.prefix), NULL, false },
        { "names", provider_read_pairs, AT(oauth.scopes.names), NULL, false },
        { "words", provider_read_pairs, AT(oauth.scopes.words), NULL, false },
        { 0 },
};

static const struct provider_member oauth_members[] = {
        { "authorize", read_object, 0, authorize_members, true },
        { "token", read_object, 0, token_members, true },
        { "revoke", read_object, 0, revoke_members, false },
        { "user", read_object, 0, user_members, false },
        { "scopes", read_object, 0, scopes_members, false },
        { "pkce", provider_read_bool, AT(oauth.pkce), NULL, false },
        { "headers", provider_read_pairs, AT(oauth.headers), NULL, false },
        { "hosts", provider_read_names, AT(oauth.hosts), NULL, false },
        { "title", provider_read_text, AT(oauth.title), NULL, false },
        { "metadata", provider_read_names, AT(oauth.metadata), NULL, false },
        { 0 },
};

static const struct provider_member provider_members[] = {
        { "title", provider_read_text, AT(title), NULL, true },
        { "icon", read_object, 0, icon_members, false },
        { "kinds", provider_read_bits, AT(kinds), kind_words, true },
        { "oauth", read_object, 0, oauth_members, false },
        { 0 },
};

static const struct provider_member *find_member(const struct provider_member *members, const char *name) {
        for (; members->name; members++)
                if (strcmp(members->name, name) == 0)
                        return members;
        return NULL;
}

static void path_of(char out[PATH_MAX_BYTES], const char *path, const char *name) {
        (void)snprintf(out, PATH_MAX_BYTES, "%s%s%.40s", path, *path ? "." : "", name);
}

static int read_members(const struct provider_reading *reading, const struct provider_member *members,
                        const char *path, const json_t *object, struct provider *to) {
        char inner[PATH_MAX_BYTES];
        json_t *value;
        const char *name;
        int r;

        if (!json_is_object(object))
                return provider_wrong(reading, path, "must be an object");
        json_object_foreach((json_t *)object, name, value) {
                const struct provider_member *m = find_member(members, name);

                path_of(inner, path, name);
                if (!m)
                        return provider_wrong(reading, inner, "is no member that is known");
                r = m->read(reading, m, inner, value, to);
                if (r < 0)
                        return r;
        }
        for (; members->name; members++)
                if (members->required && !json_object_get(object, members->name)) {
                        path_of(inner, path, members->name);
                        return provider_wrong(reading, inner, "is missing");
                }
        return 0;
}

static int check(const struct provider_reading *reading, const struct provider *p) {
        struct str colour = p->icon.colour;

        if ((p->kinds & CREDENTIAL_OAUTH2) && !p->oauth.token.url.ptr)
                return provider_wrong(reading, "oauth", "is missing: \"oauth2\" is one of its kinds");
        if (str_utf8_length(p->icon.letters) > 3)
                return provider_wrong(reading, "icon.letters", "must be at most 3 characters");
        if (colour.len != 7 || colour.ptr[0] != '#')
                return provider_wrong(reading, "icon.colour", "must be a colour as in \"#24292f\"");
        for (size_t i = 1; i < colour.len; i++)
                if (!strchr("0123456789abcdefABCDEF", colour.ptr[i]))
                        return provider_wrong(reading, "icon.colour", "must be a colour as in \"#24292f\"");
        return 0;
}

int provider_read(const struct provider_reading *reading, const json_t *object, struct provider *ret) {
        static const struct str both[] = { STR_INIT("refresh_token"), STR_INIT("access_token") };
        struct provider p = {
                .name = reading->name,
                .icon = { str_first(reading->name, 2), STR_INIT("#475569") },
                .oauth = { .revoke = { .method = STR_INIT("POST"),
                                       .member = STR_INIT("token"),
                                       .tokens = { both, ARRAY_LENGTH(both) } },
                           .scopes = { .separator = STR_INIT(" "), .separators = STR_INIT(" ") } },
        };
        int r;

        r = read_members(reading, provider_members, "", object, &p);
        if (r == 0)
                r = check(reading, &p);
        if (r < 0)
                return r;
        *ret = p;
        return 0;
}
