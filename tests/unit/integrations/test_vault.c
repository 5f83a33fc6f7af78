#include "integrations/vault_keys.h"

#include "unit.h"

#include "base/errors.h"
#include "base/log.h"

/* Without a database nothing is sealed; proofs are, by the same code. */
static const struct settings one = { .encryption_key =
                                             STR_INIT("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
                                     .database_url = STR_INIT("sqlite:/nowhere/g.db") };

static struct vault *open_vault(const struct settings *settings) {
        char problem[VAULT_PROBLEM_MAX] = "";
        struct vault *vault = NULL;

        if (vault_new(settings, &random_system, &vault, problem) < 0)
                fail_msg("%s", problem);
        return vault;
}

static void a_key_is_the_same_in_every_form(void **state) {
        static const struct str forms[] = {
                STR_INIT("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                STR_INIT("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                STR_INIT("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
        };
        struct vault *vault = open_vault(&one);

        for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
                struct settings s = one;
                struct vault *other;

                s.encryption_key = forms[i];
                other = open_vault(&s);
                assert_true(str_eq(vault_newest(vault), vault_newest(other)));
                vault_free(other);
        }
        vault_free(vault);
}

static void former_keys_are_at_hand_and_not_the_newest(void **state) {
        struct vault *vault = open_vault(&one), *both;
        struct settings s = one;

        s.encryption_key = STR("__________________________________________8=");
        s.encryption_keys_old = STR(" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= ,,");
        both = open_vault(&s);
        assert_false(str_eq(vault_newest(both), vault_newest(vault)));
        assert_true(vault_holds(both, vault_newest(vault)));
        assert_false(vault_holds(vault, vault_newest(both)));
        vault_free(both);
        vault_free(vault);
}

static void two_seals_of_the_same_differ(void **state) {
        struct vault *vault = open_vault(&one);
        struct str a, b;
        struct arena arena;

        arena_init(&arena, 4096);
        assert_int_equal(vault_make_proof(vault, &arena, vault_newest(vault), &a), 0);
        assert_int_equal(vault_make_proof(vault, &arena, vault_newest(vault), &b), 0);
        assert_false(str_eq(a, b));
        assert_int_equal(vault_make_proof(vault, &arena, STR("0123456789abcdef"), &a), -ERR_VAULT);
        arena_done(&arena);
        vault_free(vault);
}

static int fill_failing(const struct random *r _unused_, void *out _unused_, size_t n _unused_) {
        return -ERR_RANDOM;
}

static void without_randomness_nothing_is_sealed(void **state) {
        static const struct random failing = { fill_failing };
        char problem[VAULT_PROBLEM_MAX];
        struct vault *vault = NULL;
        struct arena arena;
        struct str proof;

        arena_init(&arena, 4096);
        assert_int_equal(vault_new(&one, &failing, &vault, problem), 0);
        assert_int_equal(vault_make_proof(vault, &arena, vault_newest(vault), &proof), -ERR_RANDOM);
        arena_done(&arena);
        vault_free(vault);
}

static void every_changed_bit_and_every_other_binding_is_refused(void **state) {
        struct vault *vault = open_vault(&one);
        const struct context context = { .vault = vault, .random = &random_system };
        struct vault_binding proof = { .purpose = STR_INIT("proof") }, other;
        static char plain[VAULT_PLAIN_MAX];
        struct vault_sealed sealed = { .key_id = vault_newest(vault) };
        struct arena arena;
        size_t len;
        char *bytes;

        arena_init(&arena, 4096);
        assert_int_equal(vault_make_proof(vault, &arena, sealed.key_id, &sealed.bytes), 0);
        assert_int_equal(vault_open(&context, &proof, &sealed, plain, &len), 0);
        bytes = (char *)(uintptr_t)sealed.bytes.ptr;
        for (size_t bit = 0; bit < sealed.bytes.len * 8; bit++) {
                bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
                assert_int_equal(vault_open(&context, &proof, &sealed, plain, &len), -ERR_VAULT);
                bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        }
        for (size_t n = 0; n < sealed.bytes.len; n++) {
                const struct vault_sealed cut = { sealed.key_id, str_first(sealed.bytes, n) };

                assert_int_equal(vault_open(&context, &proof, &cut, plain, &len), -ERR_VAULT);
        }
        other = proof;
        other.user_id = STR("x");
        assert_int_equal(vault_open(&context, &other, &sealed, plain, &len), -ERR_VAULT);
        other = proof;
        other.host = STR("x");
        assert_int_equal(vault_open(&context, &other, &sealed, plain, &len), -ERR_VAULT);
        other = (struct vault_binding){ .row_id = STR_INIT("proof") };
        assert_int_equal(vault_open(&context, &other, &sealed, plain, &len), -ERR_VAULT);
        arena_done(&arena);
        vault_free(vault);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_key_is_the_same_in_every_form),
                cmocka_unit_test(former_keys_are_at_hand_and_not_the_newest),
                cmocka_unit_test(two_seals_of_the_same_differ),
                cmocka_unit_test(without_randomness_nothing_is_sealed),
                cmocka_unit_test(every_changed_bit_and_every_other_binding_is_refused),
        };

        log_setup(LOG_ERROR + 1, LOG_LOGFMT); /* hundreds of refusals */
        return cmocka_run_group_tests(tests, NULL, NULL);
}
