#include "base/hash.h"

#include "base/codec.h"
#include "unit.h"

static void assert_hash(struct hash h, const char *hex) {
        char text[2 * HASH_SIZE];

        hex_encode(hash_str(&h), text);
        assert_memory_equal(text, hex, sizeof(text));
}

static void sha256_matches_the_standard(void **state) {
        /* FIPS 180-4 examples */
        assert_hash(hash_sha256(STR("abc")),
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_hash(hash_sha256(STR_NULL),
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_mac_matches_another_implementation(void **state) {
        /* python3: hmac.new(key, …, 'sha256') over the parts, each after its length as 8 bytes, big end first */
        const struct str parts[] = { STR("a"), STR("bc"), STR_NULL };
        struct mac_key key;

        mac_key_set(&key, (uint8_t[HASH_SIZE]){ 1, 2, 3 });
        assert_hash(hash_mac(&key, STR("purpose"), parts, 3),
                    "babfcd4bf03f11a7f608c150b414a9647faa751cc5d2ac62986464022d0fcbbf");
}

static void no_two_lists_of_parts_are_the_same(void **state) {
        const struct str ab_c[] = { STR("ab"), STR("c") }, a_bc[] = { STR("a"), STR("bc") };
        struct mac_key key, other_key;
        struct hash h, other;

        mac_key_set(&key, (uint8_t[HASH_SIZE]){ 1 });
        mac_key_set(&other_key, (uint8_t[HASH_SIZE]){ 2 });
        h = hash_mac(&key, STR("p"), ab_c, 2);
        other = hash_mac(&key, STR("p"), a_bc, 2);
        assert_false(hash_equal(&h, hash_str(&other)));
        other = hash_mac(&key, STR("pa"), ab_c, 2);
        assert_false(hash_equal(&h, hash_str(&other)));
        other = hash_mac(&key, STR("p"), ab_c, 1);
        assert_false(hash_equal(&h, hash_str(&other)));
        other = hash_mac(&other_key, STR("p"), ab_c, 2);
        assert_false(hash_equal(&h, hash_str(&other)));
        other = hash_mac(&key, STR("p"), ab_c, 2);
        assert_true(hash_equal(&h, hash_str(&other)));
}

static void only_the_whole_hash_is_equal(void **state) {
        struct hash h = hash_sha256(STR("x")), other = h;

        assert_false(hash_equal(&h, str_first(hash_str(&h), HASH_SIZE - 1)));
        assert_false(hash_equal(&h, STR_NULL));
        for (size_t bit = 0; bit < 8 * HASH_SIZE; bit++) {
                other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
                assert_false(hash_equal(&h, hash_str(&other)));
                other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sha256_matches_the_standard),
                cmocka_unit_test(a_mac_matches_another_implementation),
                cmocka_unit_test(no_two_lists_of_parts_are_the_same),
                cmocka_unit_test(only_the_whole_hash_is_equal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
