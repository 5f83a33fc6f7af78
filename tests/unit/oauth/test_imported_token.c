#include "oauth/imported_token.h"

#include "unit.h"

static bool parses(const char *text, struct str prefix) {
        struct hash hash;

        return imported_token_parse(str_of(text), prefix, &hash);
}

static void a_platform_token_is_known_by_its_form(void **state) {
        assert_true(parses("agpt_xt_0123456789012345678901234567890123456789-_a", TOKEN_PREFIX_ACCESS));
        assert_true(parses("agpt_rt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", TOKEN_PREFIX_REFRESH));
}

static void its_hash_is_that_of_the_whole_text(void **state) {
        struct str text = STR("agpt_xt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
        struct hash whole = hash_sha256(text), hash;

        assert_true(imported_token_parse(text, TOKEN_PREFIX_ACCESS, &hash));
        assert_true(hash_equal(&whole, hash_str(&hash)));
}

static void anything_else_is_none(void **state) {
        assert_false(parses("", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_xt_", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_rt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_xt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_xt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_xt_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz=", TOKEN_PREFIX_ACCESS));
        assert_false(parses("agpt_xt_zzzzzzzzzzzzzzzzzzzz zzzzzzzzzzzzzzzzzzzzzz", TOKEN_PREFIX_ACCESS));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_platform_token_is_known_by_its_form),
                cmocka_unit_test(its_hash_is_that_of_the_whole_text),
                cmocka_unit_test(anything_else_is_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
