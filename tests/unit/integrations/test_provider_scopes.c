#include "integrations/provider_scopes.h"

#include "unit.h"

#include "base/errors.h"

static struct arena arena;

static const struct str initial[] = { STR_INIT("base"), STR_INIT("read") };

static struct provider acme(int mode) {
        struct provider p = { .title = STR("Acme") };

        p.oauth.scopes.mode = mode;
        p.oauth.scopes.initial = (struct provider_names){ initial, 2 };
        p.oauth.scopes.separator = STR(" ");
        p.oauth.scopes.separators = STR(" ");
        return p;
}

/* What is asked for when the caller writes `a` and `b`. */
static struct str request(const struct provider *p, const char *a, const char *b) {
        const struct str asked[] = { str_of(a), str_of(b) };
        struct str got = STR_NULL;

        assert_int_equal(scopes_to_request(p, &arena, asked, 2, &got), 0);
        return got;
}

static void each_mode_asks_for_its_own(void **state) {
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);

        assert_str(request(&p, "read", "write"), "read write");
        assert_str(request(&p, "", ""), "base read");
        p = acme(PROVIDER_SCOPES_UNION);
        assert_str(request(&p, "read", "write"), "read write base");
        p = acme(PROVIDER_SCOPES_FIXED);
        assert_str(request(&p, "write", ""), "base read");
        p = acme(PROVIDER_SCOPES_NONE);
        assert_str(request(&p, "write", ""), "");
}

static void an_item_may_hold_several_once_each(void **state) {
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);

        assert_str(request(&p, " a  b a ", "b c"), "a b c");
}

static void short_names_become_full_ones(void **state) {
        static const struct provider_pair names[] = { { STR_INIT("openid"), STR_INIT("openid") } };
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);

        p.oauth.scopes.prefix = STR("https://x.example/");
        p.oauth.scopes.names = (struct provider_pairs){ names, 1 };
        assert_str(request(&p, "mail openid", "https://x.example/mail"), "https://x.example/mail openid");
}

static void no_scope_breaks_out(void **state) {
        static const char *const odd[] = { "a\"b", "a\\b", "a\nb", "a\tb", "\x7f", "\u00fc" };
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);
        struct str got;

        for (size_t i = 0; i < ARRAY_LENGTH(odd); i++)
                assert_int_equal(
                        scopes_to_request(&p, &arena, &(const struct str){ odd[i], strlen(odd[i]) }, 1, &got),
                        -ERR_INVALID_SCOPE);
}

static void there_is_a_limit(void **state) {
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);
        char names[PROVIDER_SCOPES_MAX + 1][8];
        struct str asked[PROVIDER_SCOPES_MAX + 1], got;

        for (size_t i = 0; i <= PROVIDER_SCOPES_MAX; i++) {
                (void)snprintf(names[i], sizeof(names[i]), "s%zu", i);
                asked[i] = str_of(names[i]);
        }
        assert_int_equal(scopes_to_request(&p, &arena, asked, PROVIDER_SCOPES_MAX, &got), 0);
        assert_int_equal(scopes_to_request(&p, &arena, asked, PROVIDER_SCOPES_MAX + 1, &got),
                         -ERR_INVALID_SCOPE);
}

static void a_list_is_written_as_the_provider_wants_it(void **state) {
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);
        struct str got;

        p.oauth.scopes.separator = STR(",");
        assert_int_equal(scopes_for_provider(&p, &arena, STR("a b c"), &got), 0);
        assert_str(got, "a,b,c");
        assert_int_equal(scopes_for_provider(&p, &arena, STR(""), &got), 0);
        assert_int_equal(got.len, 0);
}

/* What was granted, by an answer's JSON. */
static int granted(const struct provider *p, const char *text, struct str *ret) {
        json_auto_t *said = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

        assert_non_null(said);
        return scopes_granted(p, &arena, said, STR("asked"), ret);
}

static void answers_are_understood(void **state) {
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);
        struct str got;

        p.oauth.scopes.separators = STR(", ");
        p.oauth.token.granted_all = STR("*");
        assert_int_equal(granted(&p, "\"a, b,c,,a\"", &got), 0);
        assert_str(got, "a b c");
        assert_int_equal(granted(&p, "[\"a\",\"b c\"]", &got), 0);
        assert_str(got, "a b c");
        assert_int_equal(granted(&p, "\"\"", &got), 0);
        assert_int_equal(got.len, 0);
        assert_int_equal(granted(&p, "\"*\"", &got), 0);
        assert_str(got, "asked");
        assert_int_equal(granted(&p, "null", &got), 0);
        assert_str(got, "asked");
        assert_int_equal(scopes_granted(&p, &arena, NULL, STR("asked"), &got), 0);
        assert_str(got, "asked");
        p = acme(PROVIDER_SCOPES_NONE);
        assert_int_equal(granted(&p, "7", &got), 0);
        assert_str(got, "asked");
}

static void odd_answers_are_refused(void **state) {
        static const char *const odd[] = { "7",          "{}",  "[1]", "[[\"a\"]]", "\"a\\u0000b\"",
                                           "\"a\\\"b\"", "true" };
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);
        struct str got;

        for (size_t i = 0; i < ARRAY_LENGTH(odd); i++)
                assert_int_equal(granted(&p, odd[i], &got), -ERR_OUTBOUND);
}

static void lists_are_compared_and_joined(void **state) {
        struct str got;

        assert_int_equal(scopes_missing(&arena, STR("a ab b"), STR("b a"), &got), 0);
        assert_str(got, "ab");
        assert_int_equal(scopes_missing(&arena, STR("a"), STR("a"), &got), 0);
        assert_int_equal(got.len, 0);
        assert_int_equal(scopes_missing(&arena, STR("a b"), STR(""), &got), 0);
        assert_str(got, "a b");
        assert_int_equal(scopes_join(&arena, STR("a b"), STR("b c"), &got), 0);
        assert_str(got, "a b c");
}

static void scopes_have_words(void **state) {
        static const struct provider_pair words[] = { { STR_INIT("read"), STR_INIT("Read it") } };
        struct provider p = acme(PROVIDER_SCOPES_REQUESTED);

        p.oauth.scopes.words = (struct provider_pairs){ words, 1 };
        assert_str(scope_words(&p, STR("read")), "Read it");
        assert_str(scope_words(&p, STR("other")), "other");
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
                cmocka_unit_test(each_mode_asks_for_its_own),
                cmocka_unit_test(an_item_may_hold_several_once_each),
                cmocka_unit_test(short_names_become_full_ones),
                cmocka_unit_test(no_scope_breaks_out),
                cmocka_unit_test(there_is_a_limit),
                cmocka_unit_test(a_list_is_written_as_the_provider_wants_it),
                cmocka_unit_test(answers_are_understood),
                cmocka_unit_test(odd_answers_are_refused),
                cmocka_unit_test(lists_are_compared_and_joined),
                cmocka_unit_test(scopes_have_words),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
