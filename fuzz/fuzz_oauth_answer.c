/* Answers of providers: status and the provider's ways from the first two bytes, the JSON behind them. What is taken can be used
 * and stored; what isn't has words that can be shown. */
#include <string.h>

#include "base/errors.h"
#include "fuzz.h"
#include "integrations/oauth_answer.h"
#include "integrations/provider_scopes.h"

enum { NOW = 1000000000 }; /* milliseconds */

static const int64_t most = INT64_C(10) * 366 * 24 * 3600 * 1000;

static int64_t now(const struct clock *c _unused_) {
        return NOW;
}

static const struct clock standing = { .now_ms = now };
static const struct context context = { .clock = &standing };

static struct provider make(uint8_t ways) {
        static const struct str kept[] = { STR_INIT("bot_id"), STR_INIT("owner") },
                                over[] = { STR_INIT("bad_refresh_token") };
        struct provider p = { .title = STR("Acme"), .client_secret = STR("s3cret") };

        p.oauth.title = STR("title");
        p.oauth.metadata = (struct provider_names){ kept, ARRAY_LENGTH(kept) };
        p.oauth.token.refused = (struct provider_names){ over, ARRAY_LENGTH(over) };
        p.oauth.token.require = (struct provider_names){ kept, ARRAY_LENGTH(kept) };
        p.oauth.token.granted_all = ways & 1 ? STR("*") : STR_NULL;
        p.oauth.scopes.separators = ways & 2 ? STR(", ") : STR(" ");
        p.oauth.scopes.prefix = ways & 4 ? STR("https://x.example/") : STR_NULL;
        p.oauth.scopes.mode = ways >> 3 & 3;
        p.oauth.user.path = STR("owner.name");
        p.oauth.user.url = ways & 32 ? STR("https://x.example/me") : STR_NULL;
        return p;
}

static void check_problem(const struct oauth_problem *problem) {
        struct str text = str_of(problem->text);

        HOLDS(text.len > 0 && str_is_utf8(text) && !str_has_control(text));
        HOLDS(!str_contains(text, STR("s3cret")));
}

static void check_token(struct str token, size_t limit) {
        HOLDS(token.len > 0 && token.len <= limit && !str_has_control(token));
        for (size_t i = 0; i < token.len; i++)
                HOLDS((uint8_t)token.ptr[i] < 0x80);
}

static void check_time(int64_t at) {
        HOLDS(at == 0 || (at > NOW && at <= NOW + most));
}

static void check_tokens(struct arena *arena, const struct oauth_tokens *t) {
        struct str rest = t->scopes, one, missing;
        size_t n = 0;

        check_token(t->access_token, CREDENTIAL_TOKEN_MAX);
        if (t->refresh_token.ptr)
                check_token(t->refresh_token, CREDENTIAL_TOKEN_MAX);
        HOLDS(t->refresh_token.ptr || t->refresh_expires_at == 0);
        check_time(t->expires_at);
        check_time(t->refresh_expires_at);
        HOLDS(t->scopes.ptr && t->scopes.len <= CREDENTIAL_SCOPES_MAX);
        while (rest.len > 0 && str_next(&rest, ' ', &one)) {
                check_token(one, CREDENTIAL_SCOPES_MAX);
                HOLDS(++n <= PROVIDER_SCOPES_MAX);
        }
        HOLDS(scopes_missing(arena, t->scopes, t->scopes, &missing) == 0 && missing.len == 0);
        HOLDS(t->title.len <= CREDENTIAL_TITLE_MAX && !str_has_control(t->title));
        HOLDS(t->username.len <= CREDENTIAL_USERNAME_MAX && !str_has_control(t->username));
        HOLDS(t->metadata.len <= CREDENTIAL_METADATA_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const int statuses[] = { 200, 201, 204, 302, 400, 401, 429, 500 };
        struct oauth_asked asked = { .sent = STR("what was sent"), .scopes = STR("asked for") };
        struct oauth_problem problem = { 0 };
        struct oauth_tokens tokens = { 0 };
        json_auto_t *answer = NULL;
        struct provider p;
        struct arena arena;
        int r;

        if (size < 2)
                return 0;
        p = make(data[1]);
        asked.renewal = data[0] & 0x80;
        answer = json_loadb((const char *)data + 2, size - 2, JSON_ALLOW_NUL, NULL);
        if (!json_is_object(answer)) {
                json_decref(answer);
                answer = NULL;
        }
        arena_init(&arena, 4 * 1024 * 1024);
        r = oauth_answer_tokens(&context, &p, &arena, answer,
                                statuses[(data[0] & 0x7f) % ARRAY_LENGTH(statuses)], &asked, &tokens,
                                &problem);
        HOLDS(r == 0 || r == -ERR_OUTBOUND);
        if (r == 0)
                check_tokens(&arena, &tokens);
        else
                check_problem(&problem);
        if (answer && oauth_answer_complete(&p, answer, &problem) < 0)
                check_problem(&problem);
        arena_done(&arena);
        return 0;
}
