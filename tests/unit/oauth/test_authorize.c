#include "oauth_fixture.h"

#include <stdio.h>

#define ASK     "client_id=" APP "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
#define PROOF   "&code_challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define IDENT   "&scope=IDENTITY"
#define GOOD    ASK PROOF IDENT
#define BAD_APP "client_id=agpt_client_nobody&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
#define BAD_URI "client_id=" APP "&redirect_uri=https%3A%2F%2Fevil.example%2F"

static int setup(void **state) {
        static struct oauth_fixture o;

        oauth_fixture_init(&o);
        *state = &o;
        return 0;
}

static int teardown(void **state) {
        oauth_fixture_done(*state);
        return 0;
}

static void the_first_fault_decides(void **state) {
        static const struct {
                const char *query;
                int result;
        } cases[] = {
                { GOOD, 0 },
                { GOOD "&response_type=code&code_challenge_method=S256&state=x&nonce=y", 0 },
                { GOOD "&response_type=&code_challenge_method=&prompt=", 0 },
                { "", -ERR_MISSING_PARAMETERS },
                { "redirect_uri=x", -ERR_MISSING_PARAMETERS },
                { "client_id=&redirect_uri=x", -ERR_MISSING_PARAMETERS },
                { "client_id=" APP, -ERR_MISSING_PARAMETERS },
                { BAD_APP "&response_type=token", -ERR_UNKNOWN_CLIENT },
                { BAD_URI "&response_type=token&scope=FLY", -ERR_REDIRECT_URI },
                { ASK "&prompt=none+login", -ERR_BAD_REQUEST },
                { ASK "&prompt=login+LOGIN", -ERR_BAD_REQUEST },
                { GOOD "&prompt=login", -ERR_NOT_SIGNED_IN },
                { GOOD "&prompt=consent+select_account", -ERR_NOT_SIGNED_IN },
                { ASK PROOF, -ERR_MISSING_PARAMETERS },
                { ASK IDENT, -ERR_MISSING_PARAMETERS },
                { ASK IDENT "&code_challenge=", -ERR_MISSING_PARAMETERS },
                { GOOD "&response_type=token", -ERR_RESPONSE_TYPE },
                { GOOD "&response_type=CODE", -ERR_RESPONSE_TYPE },
                { GOOD "&code_challenge_method=plain", -ERR_PKCE },
                { GOOD "&code_challenge_method=s256", -ERR_PKCE },
                { ASK IDENT "&code_challenge=short", -ERR_PKCE },
                { ASK PROOF "&scope=FLY", -ERR_INVALID_SCOPE },
                { ASK PROOF "&scope=IDENTITY++READ_GRAPH", -ERR_INVALID_SCOPE },
                { ASK PROOF "&scope=USE_TOOLS", -ERR_INVALID_SCOPE },
                { GOOD "&scope=IDENTITY", -ERR_REPEATED_PARAMETER },
                { GOOD "&x=1&x=2", -ERR_REPEATED_PARAMETER },
                { GOOD "&state=%zz", -ERR_BAD_QUERY },
                { GOOD "&state=%ff", -ERR_BAD_QUERY },
                { GOOD "&prompt=none", -ERR_CONSENT_REQUIRED },
        };
        struct authorize a;

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                int r = oauth_check(*state, cases[i].query, &a);

                if (r != cases[i].result)
                        print_error("%s: %s\n", cases[i].query, error_row(r)->name);
                assert_int_equal(r, cases[i].result);
        }
}

static void nothing_is_told_to_a_uri_that_is_not_the_app_s(void **state) {
        static const char *const queries[] = {
                "",
                BAD_APP,
                BAD_URI,
                BAD_URI "&prompt=none",
                BAD_APP "&prompt=none",
                ASK "&redirect_uri=x",
                ASK "%23",
                GOOD "&state=%zz",
        };
        struct authorize a;

        for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
                assert_true(oauth_check(*state, queries[i], &a) < 0);
                assert_false(a.redirectable);
        }
        assert_int_equal(oauth_check(*state, ASK PROOF "&scope=FLY", &a), -ERR_INVALID_SCOPE);
        assert_true(a.redirectable);
}

static void an_app_that_is_off_is_told_nothing(void **state) {
        struct oauth_fixture *o = *state;
        struct authorize a;

        oauth_set_active(o, APP, false);
        assert_int_equal(oauth_check(o, GOOD, &a), -ERR_APP_INACTIVE);
        assert_false(a.redirectable);
}

static void who_must_not_be_asked_is_known_before_any_other_fault(void **state) {
        static const char *const rest[] = { "", PROOF, PROOF "&scope=FLY", IDENT,
                                            PROOF IDENT "&response_type=x" };
        struct authorize a;
        char query[512];

        for (size_t i = 0; i < ARRAY_LENGTH(rest); i++) {
                snprintf(query, sizeof(query), "%s%s", ASK "&prompt=none", rest[i]);
                assert_true(oauth_check(*state, query, &a) < 0);
                assert_true(a.redirectable);
                assert_true(a.silent);
        }
}

static void who_is_not_signed_in_is_told_apart(void **state) {
        struct oauth_fixture *o = *state;
        struct authorize a;

        o->ada.kind = IDENTITY_NONE;
        assert_int_equal(oauth_check(o, GOOD, &a), -ERR_NOT_SIGNED_IN);
        assert_int_equal(oauth_check(o, GOOD "&prompt=none", &a), -ERR_LOGIN_REQUIRED);
        o->ada.kind = IDENTITY_TOKEN; /* no session: an app may not say yes for its person */
        assert_int_equal(oauth_check(o, GOOD, &a), -ERR_NOT_SIGNED_IN);
}

static struct authorize asked;
static char location[1024];

static int grant(struct request *req, struct response *res _unused_) {
        struct str where;
        int r;

        asked.req = req;
        r = authorize_grant(&asked, &where);
        if (r == 0)
                snprintf(location, sizeof(location), STR_FMT, STR_ARG(where));
        return r;
}

static void say_yes(struct oauth_fixture *o, const char *query) {
        assert_int_equal(oauth_check(o, query, &asked), 0);
        assert_int_equal(fixture_transaction(&o->f, grant), 0);
}

static void a_yes_is_remembered_for_what_it_said(void **state) {
        struct oauth_fixture *o = *state;
        struct authorize a;

        say_yes(o, GOOD);
        assert_int_equal(oauth_check(o, GOOD, &a), 0);
        assert_false(a.ask);
        assert_int_equal(oauth_check(o, GOOD "&prompt=none", &a), 0);
        assert_int_equal(oauth_check(o, GOOD "&prompt=consent", &a), 0);
        assert_true(a.ask);
        assert_int_equal(oauth_check(o, ASK PROOF "&scope=IDENTITY+READ_GRAPH", &a), 0);
        assert_true(a.ask);
        assert_int_equal(a.granted, SCOPE_IDENTITY);

        say_yes(o, ASK PROOF "&scope=READ_GRAPH");
        assert_int_equal(oauth_check(o, ASK PROOF "&scope=IDENTITY+READ_GRAPH", &a), 0);
        assert_false(a.ask);
}

static void what_any_program_could_claim_is_asked_each_time(void **state) {
        const char *query = "client_id=" APP "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4000%2Fcb" PROOF IDENT;
        struct oauth_fixture *o = *state;
        struct authorize a;

        say_yes(o, query);
        assert_int_equal(oauth_check(o, query, &a), 0);
        assert_true(a.ask);
}

static void a_location_keeps_the_query_and_the_state(void **state) {
        struct oauth_fixture *o = *state;

        say_yes(o,
                "client_id=" APP
                "&redirect_uri=https%3A%2F%2Fapp.example%2Fq%3Fx%3D1&state=a%2Bb+%25%22%C3%A9" PROOF IDENT);
        assert_contains(str_of(location), "https://app.example/q?x=1&code=");
        assert_contains(str_of(location), "&state=a%2Bb+%25%22%C3%A9&iss=http%3A%2F%2Flocalhost%3A8006");
        say_yes(o, GOOD);
        assert_contains(str_of(location), CALLBACK "?code=");
        assert_false(str_contains(str_of(location), STR("state")));
}

static void an_error_is_told_in_the_platform_s_order(void **state) {
        struct oauth_fixture *o = *state;
        struct str where;
        struct authorize a;

        assert_int_equal(oauth_check(o, ASK PROOF "&scope=FLY%26x&state=s%26t", &a), -ERR_INVALID_SCOPE);
        assert_int_equal(authorize_error_location(&a, -ERR_INVALID_SCOPE, &where), 0);
        assert_str(where, CALLBACK "?error=invalid_scope&state=s%26t&error_description="
                                   "Invalid+scope%3A+%27FLY%26x%27+is+not+a+valid+APIKeyPermission"
                                   "&iss=http%3A%2F%2Flocalhost%3A8006");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(the_first_fault_decides),
                TEST(nothing_is_told_to_a_uri_that_is_not_the_app_s),
                TEST(an_app_that_is_off_is_told_nothing),
                TEST(who_must_not_be_asked_is_known_before_any_other_fault),
                TEST(who_is_not_signed_in_is_told_apart),
                TEST(a_yes_is_remembered_for_what_it_said),
                TEST(what_any_program_could_claim_is_asked_each_time),
                TEST(a_location_keeps_the_query_and_the_state),
                TEST(an_error_is_told_in_the_platform_s_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
