#include "oauth/client_secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/errors.h"

/* Made with another implementation of scrypt (N = 16384, r = 8, p = 1) and of SHA-256. */
static const struct str known_secret = STR_INIT("agpt_secret_test-vector-of-a-client-secret-1234567890a");
static const struct str known_hash =
        STR_INIT("e97ed79183d95a4211e5ea8df880fe6c738129113e4d2b9b87bbac686406ea34");
static const struct str known_salt =
        STR_INIT("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
static const struct str known_sha256 =
        STR_INIT("a06668e846313d7a463667ef9eec660c0e1275062fa2483968d57c2b35809d62");

static int fill_counting(const struct random *r, void *out, size_t n) {
        for (size_t i = 0; i < n; i++)
                ((uint8_t *)out)[i] = (uint8_t)i;
        return 0;
}

static int fill_failing(const struct random *r, void *out, size_t n) {
        return -ERR_RANDOM;
}

static const struct random counting = { fill_counting };
static const struct random failing = { fill_failing };

static void a_hash_is_the_platforms_own_format(void **state) {
        char hash[CLIENT_SECRET_HEX_LENGTH], salt[CLIENT_SECRET_HEX_LENGTH];

        assert_int_equal(client_secret_hash(known_secret, &counting, hash, salt), 0);
        assert_memory_equal(hash, known_hash.ptr, sizeof(hash));
        assert_memory_equal(salt, known_salt.ptr, sizeof(salt));
}

static void the_right_secret_is_accepted(void **state) {
        assert_true(client_secret_verify(known_secret, known_hash, known_salt));
}

static void every_other_secret_is_refused(void **state) {
        char changed[64] = "";
        struct str s = str_n(changed, known_secret.len);

        assert_false(client_secret_verify(STR("agpt_secret_"), known_hash, known_salt));
        assert_false(
                client_secret_verify(str_first(known_secret, known_secret.len - 1), known_hash, known_salt));
        memcpy(changed, known_secret.ptr, known_secret.len);
        changed[20] ^= 1;
        assert_false(client_secret_verify(s, known_hash, known_salt));
}

static void a_secret_without_the_prefix_is_refused(void **state) {
        char hash[CLIENT_SECRET_HEX_LENGTH], salt[CLIENT_SECRET_HEX_LENGTH];

        assert_int_equal(client_secret_hash(STR("secret"), &random_system, hash, salt), 0);
        assert_false(client_secret_verify(STR("secret"), str_n(hash, 64), str_n(salt, 64)));
        assert_false(client_secret_verify(STR(""), str_n(hash, 64), str_n(salt, 64)));
        assert_false(client_secret_verify(STR_NULL, str_n(hash, 64), str_n(salt, 64)));
}

static void a_null_salt_means_sha256(void **state) {
        assert_true(client_secret_verify(known_secret, known_sha256, STR_NULL));
        assert_false(client_secret_verify(STR("agpt_wrong"), known_sha256, STR_NULL));
        assert_false(client_secret_verify(known_secret, known_sha256, known_salt));
}

static void nothing_matches_where_no_hash_is_stored(void **state) {
        assert_false(client_secret_verify(known_secret, STR_NULL, STR_NULL));
        assert_false(client_secret_verify(known_secret, STR(""), STR_NULL));
        assert_false(client_secret_verify(known_secret, STR("zz"), known_salt));
        assert_false(client_secret_verify(known_secret, known_hash, STR("00")));
}

static void generated_credentials_have_the_platforms_form(void **state) {
        struct secret one = SECRET_EMPTY, two = SECRET_EMPTY;
        char id[CLIENT_ID_LENGTH], other[CLIENT_ID_LENGTH];

        assert_int_equal(client_secret_generate(&random_system, &one), 0);
        assert_int_equal(client_secret_generate(&random_system, &two), 0);
        assert_int_equal(one.len, 12 + 43);
        assert_true(str_starts_with(secret_str(&one), STR("agpt_secret_")));
        assert_false(str_eq(secret_str(&one), secret_str(&two)));

        assert_int_equal(client_id_generate(&random_system, id), 0);
        assert_int_equal(client_id_generate(&random_system, other), 0);
        assert_true(str_starts_with(str_n(id, sizeof(id)), STR("agpt_client_")));
        assert_memory_not_equal(id, other, sizeof(id));

        assert_int_equal(client_id_generate(&counting, id), 0);
        assert_memory_equal(id, "agpt_client_AAECAwQFBgcICQoLDA0ODw", sizeof(id));
}

static void without_randomness_nothing_is_made(void **state) {
        char a[CLIENT_SECRET_HEX_LENGTH], b[CLIENT_SECRET_HEX_LENGTH];
        struct secret s = SECRET_EMPTY;

        assert_int_equal(client_secret_generate(&failing, &s), -ERR_RANDOM);
        assert_int_equal(s.len, 0);
        assert_int_equal(client_id_generate(&failing, a), -ERR_RANDOM);
        assert_int_equal(client_secret_hash(known_secret, &failing, a, b), -ERR_RANDOM);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_hash_is_the_platforms_own_format),
                cmocka_unit_test(the_right_secret_is_accepted),
                cmocka_unit_test(every_other_secret_is_refused),
                cmocka_unit_test(a_secret_without_the_prefix_is_refused),
                cmocka_unit_test(a_null_salt_means_sha256),
                cmocka_unit_test(nothing_matches_where_no_hash_is_stored),
                cmocka_unit_test(generated_credentials_have_the_platforms_form),
                cmocka_unit_test(without_randomness_nothing_is_made),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
