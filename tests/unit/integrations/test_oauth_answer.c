#include "integrations/oauth_answer.h"

#include "unit.h"

#include "base/errors.h"

enum { NOW = 1000000 }; /* milliseconds */

static int64_t now(const struct clock *c) {
        return NOW;
}

static const struct clock standing = { .now_ms = now };
static const struct context context = { .clock = &standing };
static struct arena arena;
static struct oauth_problem problem;
static struct oauth_tokens tokens;
static struct oauth_asked asked = { .sent = STR_INIT("what was sent"), .scopes = STR_INIT("asked") };

static struct provider acme(void) {
        struct provider p = { .title = STR("Acme"), .client_secret = STR("our secret") };

        p.oauth.scopes.separators = STR(" ");
        return p;
}

/* What comes of an answer; `text` NULL for one that was no JSON object. */
static int ask(const struct provider *p, int status, const char *text) {
        json_auto_t *answer = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;

        assert_true(!text || json_is_object(answer));
        problem = (struct oauth_problem){ 0 };
        tokens = (struct oauth_tokens){ 0 };
        return oauth_answer_tokens(&context, p, &arena, answer, status, &asked, &tokens, &problem);
}

#define GIVES(p, json) assert_int_equal(ask(&(p), 200, json), 0)
#define FAILS(p, status, json, reason, words)                             \
        do {                                                              \
                assert_int_equal(ask(&(p), status, json), -ERR_OUTBOUND); \
                assert_string_equal(problem.text, words);                 \
                assert_int_equal(problem.kind, reason);                   \
                assert_null(tokens.access_token.ptr);                     \
        } while (0)

static void tokens_are_taken(void **state) {
        struct provider p = acme();

        GIVES(p,
              "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"token_type\":\"BEARER\",\"expires_in\":60,"
              "\"refresh_token_expires_in\":\"120\",\"scope\":\"one two\"}");
        assert_str(tokens.access_token, "a");
        assert_str(tokens.refresh_token, "r");
        assert_str(tokens.scopes, "one two");
        assert_int_equal(tokens.expires_at, NOW + 60000);
        assert_int_equal(tokens.refresh_expires_at, NOW + 120000);
}

static void little_is_enough(void **state) {
        struct provider p = acme();

        GIVES(p,
              "{\"access_token\":\"a\",\"refresh_token\":\"\",\"refresh_expires_in\":5,\"error\":\"none\"}");
        assert_null(tokens.refresh_token.ptr);
        assert_str(tokens.scopes, "asked");
        assert_int_equal(tokens.expires_at, 0);
        assert_int_equal(tokens.refresh_expires_at, 0);
        p.oauth.token.expires_in = 7;
        GIVES(p, "{\"access_token\":\"a\",\"expires_in\":null}");
        assert_int_equal(tokens.expires_at, NOW + 7000);
        assert_int_equal(ask(&p, 201, "{\"access_token\":\"a\"}"), 0);
}

static void lifetimes_are_bounded(void **state) {
        static const int64_t most = INT64_C(10) * 366 * 24 * 3600 * 1000;
        struct provider p = acme();

        GIVES(p, "{\"access_token\":\"a\",\"expires_in\":9223372036854775807}");
        assert_int_equal(tokens.expires_at, NOW + most);
        GIVES(p, "{\"access_token\":\"a\",\"expires_in\":1e300}");
        assert_int_equal(tokens.expires_at, NOW + most);
        GIVES(p, "{\"access_token\":\"a\",\"expires_in\":3599.9}");
        assert_int_equal(tokens.expires_at, NOW + 3599000);
        for (size_t i = 0; i < 5; i++) {
                static const char *const odd[] = {
                        "{\"access_token\":\"a\",\"expires_in\":-1}",
                        "{\"access_token\":\"a\",\"expires_in\":\"soon\"}",
                        "{\"access_token\":\"a\",\"expires_in\":\"99999999999999999999\"}",
                        "{\"access_token\":\"a\",\"expires_in\":-1e300}",
                        "{\"access_token\":\"a\",\"expires_in\":[1]}",
                };

                GIVES(p, odd[i]);
                assert_int_equal(tokens.expires_at, 0);
        }
}

static void odd_answers_have_words(void **state) {
        struct provider p = acme();

        FAILS(p, 200, "{}", OAUTH_UNAVAILABLE, "the answer of Acme has no usable access_token");
        FAILS(p, 200, "{\"access_token\":7}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable access_token");
        FAILS(p, 200, "{\"access_token\":\"a\\r\\nX: y\"}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable access_token");
        FAILS(p, 200, "{\"access_token\":\"\u00fc\"}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable access_token");
        FAILS(p, 200, "{\"access_token\":\"a\",\"refresh_token\":\"\\n\"}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable refresh_token");
        FAILS(p, 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable token_type");
        FAILS(p, 200, "{\"access_token\":\"a\",\"scope\":{}}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable scope");
        FAILS(p, 200, NULL, OAUTH_OTHER, "Acme answered 200 with something that is no JSON object");
        FAILS(p, 503, NULL, OAUTH_UNAVAILABLE, "Acme answered 503 with something that is no JSON object");
        FAILS(p, 302, "{\"access_token\":\"a\"}", OAUTH_OTHER,
              "Acme answered 302, which leads to another address");
        FAILS(p, 204, "{\"access_token\":\"a\"}", OAUTH_OTHER, "Acme answered 204");
}

static void refusals_are_told(void **state) {
        static const struct str over[] = { STR_INIT("bad_refresh_token") };
        struct provider p = acme();

        FAILS(p, 400, "{\"error\":\"invalid_grant\"}", OAUTH_REFUSED, "Acme answered invalid_grant");
        FAILS(p, 200, "{\"error\":\"bad_refresh_token\",\"error_description\":\"It is over.\"}", OAUTH_OTHER,
              "Acme answered bad_refresh_token: It is over.");
        p.oauth.token.refused = (struct provider_names){ over, 1 };
        FAILS(p, 200, "{\"error\":\"bad_refresh_token\"}", OAUTH_REFUSED, "Acme answered bad_refresh_token");
        FAILS(p, 500, "{\"error\":\"invalid_grant\"}", OAUTH_UNAVAILABLE, "Acme answered invalid_grant");
        FAILS(p, 429, "{\"error\":\"invalid_grant\"}", OAUTH_UNAVAILABLE, "Acme answered invalid_grant");
        FAILS(p, 401, "{\"error\":\"invalid_client\"}", OAUTH_OTHER, "Acme answered invalid_client");
        FAILS(p, 400, "{\"error\":401,\"message\":\"Bad\"}", OAUTH_OTHER, "Acme answered 401: Bad");
        FAILS(p, 400, "{\"error\":{\"type\":\"x\",\"message\":\"y\"}}", OAUTH_OTHER, "Acme answered x: y");
        FAILS(p, 400, "{\"error\":[],\"message\":{}}", OAUTH_OTHER, "Acme answered 400");
}

static void strangers_words_are_cleaned_and_cut(void **state) {
        struct provider p = acme();
        char text[1200] = "{\"error\":\"";

        FAILS(p, 400, "{\"error\":\"a\\u0007b\\nc\"}", OAUTH_OTHER, "Acme answered a b c");
        FAILS(p, 400, "{\"error\":\"x\",\"error_description\":\"you sent our secret\"}", OAUTH_OTHER,
              "Acme answered 400");
        FAILS(p, 400, "{\"error\":\"our secret\",\"message\":\"no\"}", OAUTH_OTHER, "Acme answered 400");
        for (size_t i = 0; i < 500; i++)
                strcat(text, "\u00fc");
        strcat(text, "\"}");
        assert_int_equal(ask(&p, 400, text), -ERR_OUTBOUND);
        assert_true(str_is_utf8(str_of(problem.text)));
        assert_in_range(strlen(problem.text), 50, 120);
}

static void what_an_answer_must_have(void **state) {
        static const struct str both[] = { STR_INIT("refresh_token"), STR_INIT("expires_in") };
        json_auto_t *some = json_pack("{s:s, s:n}", "refresh_token", "r", "expires_in"),
                    *all = json_pack("{s:s, s:i}", "refresh_token", "r", "expires_in", 1);
        struct provider p = acme();

        assert_int_equal(oauth_answer_complete(&p, some, &problem), 0);
        p.oauth.token.require = (struct provider_names){ both, 2 };
        assert_int_equal(oauth_answer_complete(&p, some, &problem), -ERR_OUTBOUND);
        assert_string_equal(problem.text, "the answer of Acme has no usable expires_in");
        assert_int_equal(oauth_answer_complete(&p, all, &problem), 0);
}

static struct str user(const char *path, const char *text) {
        json_auto_t *answer = json_loads(text, JSON_ALLOW_NUL, NULL);
        struct provider p = acme();

        p.oauth.user.path = path ? str_of(path) : STR_NULL;
        return oauth_answer_user(&p, &arena, answer);
}

static void accounts_have_names(void **state) {
        assert_str(user("login", "{\"login\":\"ada\"}"), "ada");
        assert_str(user("a.b.c", "{\"a\":{\"b\":{\"c\":\"deep\"}}}"), "deep");
        assert_str(user("id", "{\"id\":-42}"), "-42");
        assert_null(user(NULL, "{\"login\":\"ada\"}").ptr);
        assert_null(user("login", "{\"login\":\"\"}").ptr);
        assert_null(user("login", "{\"login\":\"a\\u0000b\"}").ptr);
        assert_null(user("login", "{\"login\":[\"ada\"]}").ptr);
        assert_null(user("a.b", "{\"a\":\"b\"}").ptr);
        assert_null(user("a.b", "{}").ptr);
}

static void what_the_row_keeps_is_kept(void **state) {
        static const struct str kept[] = { STR_INIT("bot_id"), STR_INIT("absent") };
        struct provider p = acme();

        p.oauth.title = STR("workspace");
        p.oauth.user.path = STR("owner.email");
        p.oauth.metadata = (struct provider_names){ kept, 2 };
        GIVES(p,
              "{\"access_token\":\"a\",\"workspace\":\"Mine\",\"owner\":{\"email\":\"a@b\"},\"bot_id\":[1]}");
        assert_str(tokens.title, "Mine");
        assert_str(tokens.username, "a@b");
        assert_str(tokens.metadata, "{\"bot_id\":[1]}");
        GIVES(p, "{\"access_token\":\"a\",\"workspace\":\"two\\nlines\"}");
        assert_true(!tokens.title.ptr && !tokens.username.ptr && !tokens.metadata.ptr);
}

static void a_renewal_changes_only_what_the_answer_tells(void **state) {
        const struct oauth_asked code = asked;
        struct provider p = acme();

        asked.lifetime = 90000;
        GIVES(p, "{\"access_token\":\"a\"}");
        assert_int_equal(tokens.expires_at, NOW + 90000);
        GIVES(p, "{\"access_token\":\"a\",\"expires_in\":5}");
        assert_int_equal(tokens.expires_at, NOW + 5000);
        p.oauth.token.expires_in = 7;
        GIVES(p, "{\"access_token\":\"a\"}");
        assert_int_equal(tokens.expires_at, NOW + 7000);
        FAILS(p, 200, "{\"access_token\":\"a\",\"scope\":{}}", OAUTH_UNAVAILABLE,
              "the answer of Acme has no usable scope");
        asked.renewal = true;
        GIVES(p, "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"scope\":{}}");
        assert_str(tokens.scopes, "asked");
        assert_str(tokens.refresh_token, "r");
        GIVES(p, "{\"access_token\":\"a\",\"scope\":\"\u00e9\"}");
        assert_str(tokens.scopes, "asked");
        asked = code;
}

static int begin(void **state) {
        arena_init(&arena, 1024 * 1024);
        return 0;
}

static int end(void **state) {
        arena_done(&arena);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tokens_are_taken),
                cmocka_unit_test(little_is_enough),
                cmocka_unit_test(lifetimes_are_bounded),
                cmocka_unit_test(odd_answers_have_words),
                cmocka_unit_test(refusals_are_told),
                cmocka_unit_test(strangers_words_are_cleaned_and_cut),
                cmocka_unit_test(what_an_answer_must_have),
                cmocka_unit_test(accounts_have_names),
                cmocka_unit_test(what_the_row_keeps_is_kept),
                cmocka_unit_test(a_renewal_changes_only_what_the_answer_tells),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
