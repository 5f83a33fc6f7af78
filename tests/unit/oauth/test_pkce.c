#include "oauth/pkce.h"

#include "unit.h"

/* RFC 7636, appendix B */
static const struct str verifier = STR_INIT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
static const struct str challenge = STR_INIT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

static void the_rfcs_example_verifies(void **state) {
        assert_true(pkce_verify(verifier, challenge));
}

static void every_changed_character_of_the_verifier_fails(void **state) {
        char text[64];

        for (size_t i = 0; i < verifier.len; i++) {
                memcpy(text, verifier.ptr, verifier.len);
                text[i] = text[i] == 'A' ? 'B' : 'A';
                assert_false(pkce_verify(str_n(text, verifier.len), challenge));
        }
}

static void verifiers_have_43_to_128_unreserved_characters(void **state) {
        char text[130];
        char hashed[43];

        memset(text, 'a', sizeof(text));
        pkce_challenge_of(str_n(text, 43), hashed);
        assert_true(pkce_verify(str_n(text, 43), str_n(hashed, 43)));
        pkce_challenge_of(str_n(text, 128), hashed);
        assert_true(pkce_verify(str_n(text, 128), str_n(hashed, 43)));

        pkce_challenge_of(str_n(text, 42), hashed);
        assert_false(pkce_verify(str_n(text, 42), str_n(hashed, 43)));
        pkce_challenge_of(str_n(text, 129), hashed);
        assert_false(pkce_verify(str_n(text, 129), str_n(hashed, 43)));
        text[7] = '+';
        pkce_challenge_of(str_n(text, 43), hashed);
        assert_false(pkce_verify(str_n(text, 43), str_n(hashed, 43)));
        text[7] = (char)0xc3;
        assert_false(pkce_verify(str_n(text, 43), str_n(hashed, 43)));
        assert_false(pkce_verify(STR(""), challenge));
}

static void challenges_are_the_base64url_of_32_bytes(void **state) {
        assert_true(pkce_challenge_valid(challenge));
        assert_false(pkce_challenge_valid(STR("")));
        assert_false(pkce_challenge_valid(str_first(challenge, 42)));
        assert_false(pkce_challenge_valid(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA")));
        /* a last character whose two low bits are not zero encodes no 32 bytes */
        assert_false(pkce_challenge_valid(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")));
        assert_false(pkce_challenge_valid(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw=cM")));
        assert_false(pkce_challenge_valid(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")));
}

static void the_verifier_itself_is_no_challenge(void **state) {
        assert_false(pkce_verify(verifier, verifier)); /* method plain */
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_rfcs_example_verifies),
                cmocka_unit_test(every_changed_character_of_the_verifier_fails),
                cmocka_unit_test(verifiers_have_43_to_128_unreserved_characters),
                cmocka_unit_test(challenges_are_the_base64url_of_32_bytes),
                cmocka_unit_test(the_verifier_itself_is_no_challenge),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
