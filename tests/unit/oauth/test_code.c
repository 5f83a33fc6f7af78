#include "oauth_fixture.h"

#include <stdio.h>

#include "oauth/client.h"
#include "oauth/token.h"

enum { MINUTE = 60 * 1000 };
#define HOUR       (INT64_C(60) * MINUTE)
#define PROOF      "&code_verifier=" VERIFIER
#define EVERYTHING (SCOPE_IDENTITY | SCOPE_READ_GRAPH)

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

static void a_code_gives_tokens_once(void **state) {
        struct oauth_fixture *o = *state;
        struct pair pair;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
        pair = oauth_pair(o);
        assert_int_equal(pair.expires_in, 3600);
        assert_int_equal(oauth_access(o, pair.access), 0);
}

static void second_use_of_a_code_revokes_its_tokens(void **state) {
        struct oauth_fixture *o = *state;
        struct pair pair;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
        pair = oauth_pair(o);
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_CODE_SPENT);
        assert_contains(o->f.req.error_detail, "already used at 2026-01-01T00:00:00.000Z");
        assert_int_equal(oauth_access(o, pair.access), -ERR_TOKEN_REVOKED);
        assert_int_equal(oauth_refresh(o, pair.refresh, ""), -ERR_REFRESH_REVOKED);
}

static void a_spent_code_counts_as_reused_even_without_its_verifier(void **state) {
        struct oauth_fixture *o = *state;
        struct pair pair;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
        pair = oauth_pair(o);
        fixture_pass(&o->f, HOUR / 2);
        assert_int_equal(oauth_redeem(o, code, ""), -ERR_CODE_SPENT);
        assert_int_equal(oauth_access(o, pair.access), -ERR_TOKEN_REVOKED);
}

static void a_failed_claim_consumes_nothing(void **state) {
        struct oauth_fixture *o = *state;
        char code[64], form[512];

        oauth_code(o, EVERYTHING, code);
        assert_int_equal(oauth_redeem(o, code, ""), -ERR_CODE_NO_VERIFIER);
        assert_int_equal(oauth_redeem(o, code, "&code_verifier=wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"),
                         -ERR_CODE_VERIFIER);
        assert_int_equal(oauth_redeem(o, code, "&code_verifier=v"), -ERR_CODE_VERIFIER);
        snprintf(form, sizeof(form),
                 "grant_type=authorization_code&client_id=" OTHER "&redirect_uri=" CALLBACK "&code=%s" PROOF,
                 code);
        assert_int_equal(oauth_token(o, form), -ERR_CODE_FOREIGN);
        snprintf(form, sizeof(form),
                 "grant_type=authorization_code&client_id=" APP "&redirect_uri=" LOOPBACK "&code=%s" PROOF,
                 code);
        assert_int_equal(oauth_token(o, form), -ERR_CODE_REDIRECT_URI);
        code[20] = code[20] == 'A' ? 'B' : 'A';
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_CODE_UNKNOWN);
}

static void a_code_ends_with_its_lifetime(void **state) {
        struct oauth_fixture *o = *state;
        char one[64], two[64];

        oauth_code(o, EVERYTHING, one);
        oauth_code(o, EVERYTHING, two);
        fixture_pass(&o->f, 10 * MINUTE - 1);
        assert_int_equal(oauth_redeem(o, one, PROOF), 0);
        fixture_pass(&o->f, 1);
        assert_int_equal(oauth_redeem(o, two, PROOF), -ERR_CODE_EXPIRED);
}

static void a_spent_code_stays_spent_when_the_clock_goes_back(void **state) {
        struct oauth_fixture *o = *state;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
        fixture_pass(&o->f, -HOUR);
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_CODE_SPENT);
}

static void a_code_of_a_disabled_person_gives_nothing(void **state) {
        struct oauth_fixture *o = *state;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        oauth_disable_ada(o);
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_USER_DISABLED);
}

static void an_app_that_is_off_is_no_client(void **state) {
        struct oauth_fixture *o = *state;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        oauth_set_active(o, APP, false);
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_INVALID_CLIENT);
        oauth_set_active(o, APP, true);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
}

static void an_app_that_is_switched_off_while_its_secret_is_checked_gets_nothing(void **state) {
        struct oauth_fixture *o = *state;
        char code[64], form[512];

        oauth_code(o, EVERYTHING, code);
        snprintf(form, sizeof(form),
                 "grant_type=authorization_code&client_id=" APP "&redirect_uri=" CALLBACK "&code=%s" PROOF,
                 code);
        fixture_post_form(&o->f, form);
        assert_int_equal(fixture_read(&o->f, client_identify), STEP_SKIP);
        oauth_set_active(o, APP, false);
        assert_int_equal(fixture_transaction(&o->f, handle_token), -ERR_INVALID_CLIENT);
        oauth_set_active(o, APP, true);
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
}

static int no_random(const struct random *r, void *out, size_t n) {
        return -ERR_RANDOM;
}

static void random_that_fails_gives_no_tokens_and_spends_no_code(void **state) {
        const struct random broken = { .fill = no_random };
        struct oauth_fixture *o = *state;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        o->f.context.random = &broken;
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_RANDOM);
        assert_int_equal(o->f.res.body.len, 0);
        o->f.context.random = &random_system;
        assert_int_equal(oauth_redeem(o, code, PROOF), 0);
}

static void memory_that_runs_out_anywhere_gives_no_tokens_and_spends_no_code(void **state) {
        struct oauth_fixture *o = *state;
        int failed = 0, r = -1;
        char code[64];

        oauth_code(o, EVERYTHING, code);
        for (size_t bytes = 0; r < 0; bytes += 32) {
                oauth_limit_memory(o, bytes);
                r = oauth_redeem(o, code, PROOF);
                if (r == 0)
                        break;
                assert_true(error_row(r)->json_status == 503);
                failed++;
        }
        assert_true(failed > 20);
        oauth_limit_memory(o, SIZE_MAX);
        oauth_pair(o);
        assert_contains(strbuf_str(&o->f.res.body), "\"scope\":\"IDENTITY READ_GRAPH\"");
        assert_int_equal(oauth_redeem(o, code, PROOF), -ERR_CODE_SPENT);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_code_gives_tokens_once, setup, teardown),
                cmocka_unit_test_setup_teardown(second_use_of_a_code_revokes_its_tokens, setup, teardown),
                cmocka_unit_test_setup_teardown(a_spent_code_counts_as_reused_even_without_its_verifier,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(a_failed_claim_consumes_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(a_code_ends_with_its_lifetime, setup, teardown),
                cmocka_unit_test_setup_teardown(a_spent_code_stays_spent_when_the_clock_goes_back, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_code_of_a_disabled_person_gives_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(an_app_that_is_off_is_no_client, setup, teardown),
                cmocka_unit_test_setup_teardown(
                        an_app_that_is_switched_off_while_its_secret_is_checked_gets_nothing, setup,
                        teardown),
                cmocka_unit_test_setup_teardown(
                        memory_that_runs_out_anywhere_gives_no_tokens_and_spends_no_code, setup, teardown),
                cmocka_unit_test_setup_teardown(random_that_fails_gives_no_tokens_and_spends_no_code, setup,
                                                teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
