#include "unit.h"

#include <stdio.h>

#include "account/password.h"
#include "account/word_list.h"
#include "base/errors.h"

static bool allowed(const char *password) {
        struct str problem = STR_NULL;
        int r = password_check_rules(str_of(password), STR("ada.lovelace@example.org"), &problem);

        assert_true(r == 0 || r == -ERR_INVALID_FIELD);
        assert_int_equal(problem.ptr == NULL, r == 0);
        return r == 0;
}

static void length_counts_characters_not_bytes(void **state _unused_) {
        char text[4 * 130 + 1] = "";

        assert_false(allowed("k7#pQ2z"));
        assert_true(allowed("k7#pQ2zL"));
        assert_false(allowed("\u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e4")); /* 7 characters, 14 bytes */
        assert_true(allowed("\u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e4\u00f6"));
        for (size_t i = 0; i < 128; i++)
                memcpy(text + 4 * i, "\U0001F40E", 5);
        assert_true(allowed(text));
        memcpy(text + 4 * 128, "x", 2);
        assert_false(allowed(text));
}

static void any_character_is_welcome(void **state _unused_) {
        assert_true(allowed("  two spaces  "));
        assert_true(allowed("'\"<b>\\{{x}}%00&amp;"));
        assert_true(allowed("tab\there\nand there"));
}

static void common_passwords_are_refused_in_any_case(void **state _unused_) {
        static const char *const common[] = { "password", "Password1",   "QWERTYUIOP", "12345678",
                                              "iloveyou", "password123", "123456789",  "1q2w3e4r" };

        for (size_t i = 0; i < ARRAY_LENGTH(common); i++)
                assert_false(allowed(common[i]));
        assert_true(allowed("password but longer"));
}

static void three_thousand_long_enough_passwords_are_listed(void **state _unused_) {
        assert_int_equal(common_passwords.count, 3000);
        for (unsigned i = 0; i < common_passwords.count; i++) {
                struct str word =
                        str_n(common_passwords.text + common_passwords.offsets[i],
                              (size_t)(common_passwords.offsets[i + 1] - common_passwords.offsets[i]));

                assert_true(word.len >= PASSWORD_MIN);
                assert_true(password_is_common(word));
        }
        assert_false(password_is_common(STR("")));
        assert_false(password_is_common(STR("zzzzzzzzzzzzzzzzz")));
        assert_false(password_is_common(STR("!!!!!!!!!!!!!!!!!")));
}

static void the_own_address_is_refused_in_any_case(void **state _unused_) {
        assert_false(allowed("ada.lovelace@example.org"));
        assert_false(allowed("ADA.Lovelace@example.org"));
        assert_false(allowed("Ada.Lovelace"));
        assert_true(allowed("ada.lovelace2"));
}

static void a_hash_verifies_its_password_alone(void **state _unused_) {
        char hash[PASSWORD_HASH_MAX];

        assert_int_equal(password_hash(&random_system, STR("a long walk"), hash), 0);
        assert_true(str_starts_with(str_of(hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
        assert_int_equal(password_verify(STR("a long walk"), str_of(hash)), 0);
        assert_int_equal(password_verify(STR("a long walk "), str_of(hash)), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_verify(STR("A long walk"), str_of(hash)), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_verify(STR(""), str_of(hash)), -ERR_WRONG_PASSWORD);
}

static void two_hashes_of_one_password_differ(void **state _unused_) {
        char one[PASSWORD_HASH_MAX], two[PASSWORD_HASH_MAX];

        assert_int_equal(password_hash(&random_system, STR("a long walk"), one), 0);
        assert_int_equal(password_hash(&random_system, STR("a long walk"), two), 0);
        assert_string_not_equal(one, two);
}

static void a_missing_account_costs_what_a_wrong_password_costs(void **state _unused_) {
        char hash[PASSWORD_HASH_MAX];
        uint64_t before;

        assert_int_equal(password_hash(&random_system, STR("a long walk"), hash), 0);
        before = password_computations();
        assert_int_equal(password_verify(STR("wrong"), str_of(hash)), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_computations() - before, 1);
        assert_int_equal(password_verify(STR("wrong"), STR_NULL), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_computations() - before, 2);
}

static void the_decoy_has_todays_costs(void **state _unused_) {
        char hash[PASSWORD_HASH_MAX];

        /* what verifies against STR_NULL is made of these costs; a change of one without the other would show in time */
        assert_int_equal(password_hash(&random_system, STR("a long walk"), hash), 0);
        assert_false(password_needs_rehash(str_of(hash)));
        assert_int_equal(PASSWORD_MEMORY / 1024, 19456);
        assert_int_equal(PASSWORD_PASSES, 2);
}

static void other_costs_ask_for_a_new_hash(void **state _unused_) {
        assert_true(password_needs_rehash(STR("$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
        assert_true(password_needs_rehash(STR("nonsense")));
}

static void a_hash_that_is_none_fits_no_password(void **state _unused_) {
        assert_int_equal(password_verify(STR("x"), STR("")), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_verify(STR("x"), STR("$argon2id$nonsense")), -ERR_WRONG_PASSWORD);
}

static int no_random(const struct random *r _unused_, void *out _unused_, size_t n _unused_) {
        return -ERR_RANDOM;
}

static void without_randomness_nothing_is_hashed(void **state _unused_) {
        static const struct random broken = { no_random };
        char hash[PASSWORD_HASH_MAX] = "untouched";

        assert_int_equal(password_hash(&broken, STR("a long walk"), hash), -ERR_RANDOM);
        assert_string_equal(hash, "untouched");
}

static void the_lists_are_searched_byte_for_byte(void **state _unused_) {
        assert_true(word_list_has(&timezones, STR("Europe/Paris")));
        assert_true(word_list_has(&timezones, STR("Africa/Abidjan")));
        assert_true(word_list_has(&timezones, STR("Zulu")));
        assert_false(word_list_has(&timezones, STR("europe/paris")));
        assert_false(word_list_has(&timezones, STR("Europe/Pari")));
        assert_false(word_list_has(&timezones, STR("Europe/Paris ")));
        assert_false(word_list_has(&timezones, STR("Factory")));
        assert_false(word_list_has(&timezones, STR("../../etc/passwd")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(length_counts_characters_not_bytes),
                cmocka_unit_test(any_character_is_welcome),
                cmocka_unit_test(common_passwords_are_refused_in_any_case),
                cmocka_unit_test(three_thousand_long_enough_passwords_are_listed),
                cmocka_unit_test(the_own_address_is_refused_in_any_case),
                cmocka_unit_test(a_hash_verifies_its_password_alone),
                cmocka_unit_test(two_hashes_of_one_password_differ),
                cmocka_unit_test(a_missing_account_costs_what_a_wrong_password_costs),
                cmocka_unit_test(the_decoy_has_todays_costs),
                cmocka_unit_test(other_costs_ask_for_a_new_hash),
                cmocka_unit_test(a_hash_that_is_none_fits_no_password),
                cmocka_unit_test(without_randomness_nothing_is_hashed),
                cmocka_unit_test(the_lists_are_searched_byte_for_byte),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
