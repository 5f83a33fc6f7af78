#include "integrations/oauth_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "integrations/oauth_call_int.h"
#include "integrations/provider_scopes.h"

enum {
        WORDS_MAX = 250,                     /* bytes of what a provider says of an error */
        CODE_MAX = 80,                       /* bytes of its code */
        SENT_MIN = 8,                        /* bytes: what is shorter may stand in any sentence */
        LIFETIME_MAX = 10 * 366 * 24 * 3600, /* seconds */
};

static struct str text_of(const json_t *value) {
        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

/* A member by its path, "data.username". */
static const json_t *find(const json_t *object, struct str path) {
        struct str part;

        while (object && str_next(&path, '.', &part))
                object = json_object_getn(object, part.ptr, part.len);
        return object;
}

/* --- refusals --- */

/* RFC 6749 §5.2 has a text; some have a number. */
static struct str error_code(const json_t *answer, char number[24]) {
        const json_t *error = json_object_get(answer, "error");

        if (json_is_integer(error)) {
                (void)snprintf(number, 24, "%lld", (long long)json_integer_value(error));
                return str_of(number);
        }
        if (json_is_object(error))
                error = json_object_get(error, "type");
        return text_of(error);
}

static struct str error_words(const json_t *answer) {
        struct str words = text_of(json_object_get(answer, "error_description"));

        if (!words.ptr)
                words = text_of(json_object_get(answer, "message"));
        if (!words.ptr)
                words = text_of(json_object_get(json_object_get(answer, "error"), "message"));
        return words;
}

static bool has(const struct provider_names *names, struct str name) {
        for (size_t i = 0; i < names->n; i++)
                if (str_eq(names->at[i], name))
                        return true;
        return false;
}

static bool repeats(struct str words, struct str secret) {
        return secret.len && words.ptr && str_contains(words, secret);
}

/* A provider that repeats to us our secret, or the code or token that it was sent, shall not have it shown to others. */
static bool is_indiscreet(const struct provider *p, struct str sent, struct str words) {
        return repeats(words, p->client_secret) || (sent.len >= SENT_MIN && repeats(words, sent));
}

int oauth_answer_refusal(const struct provider *p, const json_t *answer, int status, struct str sent,
                         struct oauth_problem *problem) {
        char number[24];
        struct str code = error_code(answer, number), words = error_words(answer);

        problem->kind = OAUTH_OTHER;
        if (status >= 500 || status == 429 || status == 408)
                problem->kind = OAUTH_UNAVAILABLE;
        else if (code.ptr && (str_eq(code, STR("invalid_grant")) || has(&p->oauth.token.refused, code)))
                problem->kind = OAUTH_REFUSED;
        if (status >= 300 && status < 400)
                return oauth_fail(problem, STR_FMT " answered %d, which leads to another address",
                                  STR_ARG(p->title), status);
        if (!answer)
                return oauth_fail(problem, STR_FMT " answered %d with something that is no JSON object",
                                  STR_ARG(p->title), status);
        if (is_indiscreet(p, sent, words) || is_indiscreet(p, sent, code))
                words = code = STR_NULL;
        if (!code.ptr && !words.ptr)
                return oauth_fail(problem, STR_FMT " answered %d", STR_ARG(p->title), status);
        return oauth_fail(problem, STR_FMT " answered %.*s%s%.*s", STR_ARG(p->title),
                          (int)MIN_OF(code.len, (size_t)CODE_MAX), code.ptr ? code.ptr : "",
                          code.ptr && words.ptr ? ": " : "", (int)MIN_OF(words.len, (size_t)WORDS_MAX),
                          words.ptr ? words.ptr : "");
}

/* --- tokens --- */

static int malformed(const struct provider *p, struct oauth_problem *problem, const char *what) {
        problem->kind = OAUTH_UNAVAILABLE;
        return oauth_fail(problem, "the answer of " STR_FMT " has no usable %s", STR_ARG(p->title), what);
}

/* Visible ASCII (RFC 6749 appendix A.12): it goes into header fields. */
static bool is_token(struct str token) {
        for (size_t i = 0; i < token.len; i++)
                if (str_at(token, i) < 0x20 || str_at(token, i) > 0x7e)
                        return false;
        return token.len > 0 && token.len <= CREDENTIAL_TOKEN_MAX;
}

/* Seconds; some send them as text. 0 for none. */
static int64_t seconds(const json_t *value) {
        uint64_t n = 0;

        if (json_is_integer(value) && json_integer_value(value) > 0)
                n = (uint64_t)json_integer_value(value);
        else if (json_is_real(value) && json_real_value(value) >= 1)
                n = (uint64_t)MIN_OF(json_real_value(value), (double)LIFETIME_MAX);
        else if (json_is_string(value) && !str_to_uint(text_of(value), LIFETIME_MAX, &n))
                n = 0;
        return (int64_t)MIN_OF(n, (uint64_t)LIFETIME_MAX);
}

/* lifetime   milliseconds */
static int64_t instant(const struct context *context, int64_t lifetime) {
        return lifetime > 0 ? clock_now(context->clock) + lifetime : 0;
}

static int copy(struct arena *arena, struct str text, struct str *ret) {
        *ret = text.ptr ? arena_copy(arena, text) : STR_NULL;
        return text.ptr && !ret->ptr ? -ERR_NO_MEMORY : 0;
}

static int read_tokens(const struct context *context, const struct provider *p, struct arena *arena,
                       const json_t *answer, const struct oauth_asked *asked, struct oauth_tokens *t,
                       struct oauth_problem *problem) {
        struct str access = text_of(json_object_get(answer, "access_token")),
                   refresh = text_of(json_object_get(answer, "refresh_token")),
                   type = text_of(json_object_get(answer, "token_type"));
        int64_t lifetime = seconds(json_object_get(answer, "expires_in")) * 1000,
                refresh_lifetime = seconds(json_object_get(answer, "refresh_token_expires_in")) * 1000;
        int r;

        if (!is_token(access))
                return malformed(p, problem, "access_token");
        if (refresh.len > 0 && !is_token(refresh))
                return malformed(p, problem, "refresh_token");
        if (type.ptr && !str_eq_ignore_case(type, STR("bearer")))
                return malformed(p, problem, "token_type");
        if (refresh_lifetime == 0)
                refresh_lifetime = seconds(json_object_get(answer, "refresh_expires_in")) * 1000;
        if (lifetime == 0)
                lifetime = p->oauth.token.expires_in ? p->oauth.token.expires_in * 1000 : asked->lifetime;
        t->expires_at = instant(context, lifetime);
        t->refresh_expires_at = refresh.len ? instant(context, refresh_lifetime) : 0;
        r = copy(arena, access, &t->access_token);
        return r < 0 ? r : copy(arena, refresh.len ? refresh : STR_NULL, &t->refresh_token);
}

/* What the row says to keep of the answer. */
static int read_extras(const struct provider *p, struct arena *arena, const json_t *answer,
                       struct oauth_tokens *t) {
        json_auto_t *kept = json_object();
        struct str title = p->oauth.title.ptr ? text_of(find(answer, p->oauth.title)) : STR_NULL;
        char *text;
        int r;

        if (!p->oauth.user.url.ptr)
                t->username = oauth_answer_user(p, arena, answer);
        if (title.len > 0 && title.len <= CREDENTIAL_TITLE_MAX && !str_has_control(title)) {
                r = copy(arena, title, &t->title);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < p->oauth.metadata.n; i++) {
                const char *name = p->oauth.metadata.at[i].ptr;
                json_t *value = json_object_get(answer, name);

                if (value && json_object_set(kept, name, value) < 0)
                        return -ERR_NO_MEMORY;
        }
        if (json_object_size(kept) == 0)
                return 0;
        text = json_dumps(kept, JSON_COMPACT);
        if (!text)
                return -ERR_NO_MEMORY;
        r = strlen(text) > CREDENTIAL_METADATA_MAX ? 0 : copy(arena, str_of(text), &t->metadata);
        free(text);
        return r;
}

int oauth_answer_tokens(const struct context *context, const struct provider *p, struct arena *arena,
                        const json_t *answer, int status, const struct oauth_asked *asked,
                        struct oauth_tokens *ret, struct oauth_problem *problem) {
        struct oauth_tokens tokens = { 0 };
        int r;

        if (status != 200 && status != 201)
                return oauth_answer_refusal(p, answer, status, asked->sent, problem);
        if (!answer || (json_object_get(answer, "error") && !json_object_get(answer, "access_token")))
                return oauth_answer_refusal(p, answer, status, asked->sent, problem);
        r = read_tokens(context, p, arena, answer, asked, &tokens, problem);
        if (r < 0)
                return r;
        r = scopes_granted(p, arena, json_object_get(answer, "scope"), asked->scopes, &tokens.scopes);
        if (r == -ERR_OUTBOUND && asked->renewal) {
                LOG(LOG_WARNING, "a provider's scopes cannot be read: those that were granted before stand",
                    LOG_STR("provider", p->name));
                r = copy(arena, asked->scopes, &tokens.scopes);
        }
        if (r == -ERR_OUTBOUND)
                return malformed(p, problem, "scope");
        if (r == 0)
                r = read_extras(p, arena, answer, &tokens);
        if (r == 0)
                *ret = tokens;
        return r;
}

int oauth_answer_complete(const struct provider *p, const json_t *answer, struct oauth_problem *problem) {
        for (size_t i = 0; i < p->oauth.token.require.n; i++) {
                const char *name = p->oauth.token.require.at[i].ptr;
                const json_t *value = json_object_get(answer, name);

                if (!value || json_is_null(value))
                        return malformed(p, problem, name);
        }
        return 0;
}

struct str oauth_answer_user(const struct provider *p, struct arena *arena, const json_t *answer) {
        const json_t *value = p->oauth.user.path.ptr ? find(answer, p->oauth.user.path) : NULL;
        struct str name = text_of(value);

        if (json_is_integer(value))
                return arena_printf(arena, "%lld", (long long)json_integer_value(value));
        if (name.len == 0 || name.len > CREDENTIAL_USERNAME_MAX || str_has_control(name))
                return STR_NULL;
        return arena_copy(arena, name);
}
