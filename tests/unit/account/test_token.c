#include "support/fixture.h"

#include "account/token.h"

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static void a_token_has_its_prefix_and_43_characters(void **state) {
        struct fixture *f = *state;
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct hash h, parsed_hash;
        int64_t id, parsed;

        assert_int_equal(token_make(&f->context, TOKEN_PREFIX_ACCESS, &text, &id, &h), 0);
        assert_int_equal(text.len, 8 + TOKEN_BODY_LENGTH);
        assert_true(str_starts_with(secret_str(&text), STR("agpt_xt_")));
        assert_true(token_parse(secret_str(&text), TOKEN_PREFIX_ACCESS, &parsed, &parsed_hash));
        assert_int_equal(parsed, id);
        assert_true(hash_equal(&h, hash_str(&parsed_hash)));
        assert_int_equal(id_time_ms(id), f->clock.now);
}

static void a_code_has_no_prefix(void **state) {
        struct fixture *f = *state;
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct hash h;
        int64_t id;

        assert_int_equal(token_make(&f->context, TOKEN_PREFIX_CODE, &text, &id, &h), 0);
        assert_int_equal(text.len, 43);
        assert_true(token_parse(secret_str(&text), TOKEN_PREFIX_CODE, &id, &h));
}

static void a_token_of_one_kind_is_no_token_of_another(void **state) {
        const struct str prefixes[] = { TOKEN_PREFIX_SESSION, TOKEN_PREFIX_LINK,    TOKEN_PREFIX_DEVICE,
                                        TOKEN_PREFIX_ACCESS,  TOKEN_PREFIX_REFRESH, TOKEN_PREFIX_CODE };
        struct fixture *f = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
                _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
                struct hash h;
                int64_t id;

                assert_int_equal(token_make(&f->context, prefixes[i], &text, &id, &h), 0);
                for (size_t j = 0; j < ARRAY_LENGTH(prefixes); j++)
                        assert_int_equal(token_parse(secret_str(&text), prefixes[j], &id, &h), i == j);
        }
}

static void no_prefix_and_no_longer_text_of_a_token_is_a_token(void **state) {
        struct fixture *f = *state;
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        int64_t id, untouched = -7;
        struct hash h;

        assert_int_equal(token_make(&f->context, TOKEN_PREFIX_REFRESH, &text, &id, &h), 0);
        for (size_t n = 0; n < text.len; n++)
                assert_false(
                        token_parse(str_first(secret_str(&text), n), TOKEN_PREFIX_REFRESH, &untouched, &h));
        text.bytes[text.len++] = 'A';
        assert_false(token_parse(secret_str(&text), TOKEN_PREFIX_REFRESH, &untouched, &h));
        assert_false(token_parse(STR_NULL, TOKEN_PREFIX_REFRESH, &untouched, &h));
        assert_int_equal(untouched, -7);
}

static void every_bit_changed_gives_no_token_or_another_hash(void **state) {
        struct fixture *f = *state;
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct hash h, other;
        int64_t id;

        assert_int_equal(token_make(&f->context, TOKEN_PREFIX_SESSION, &text, &id, &h), 0);
        for (size_t bit = 0; bit < text.len * 8; bit++) {
                text.bytes[bit / 8] = (char)(text.bytes[bit / 8] ^ 1 << bit % 8);
                if (token_parse(secret_str(&text), TOKEN_PREFIX_SESSION, &id, &other))
                        assert_false(hash_equal(&h, hash_str(&other)));
                text.bytes[bit / 8] = (char)(text.bytes[bit / 8] ^ 1 << bit % 8);
        }
}

static void the_last_character_has_one_spelling(void **state _unused_) {
        char text[] = "gh_s_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        struct hash h;
        int64_t id;

        assert_true(token_parse(str_of(text), TOKEN_PREFIX_SESSION, &id, &h));
        text[sizeof(text) - 2] = 'B'; /* the same bytes, with a bit set that no byte has */
        assert_false(token_parse(str_of(text), TOKEN_PREFIX_SESSION, &id, &h));
}

static void an_id_below_zero_is_no_token(void **state _unused_) {
        struct hash h;
        int64_t id;

        assert_false(token_parse(STR("gh_s_gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                                 TOKEN_PREFIX_SESSION, &id, &h));
}

static void a_composed_token_has_the_id_and_secret_it_was_given(void **state _unused_) {
        _cleanup_(secret_done) struct secret one = SECRET_EMPTY, two = SECRET_EMPTY;
        uint8_t secret[TOKEN_SECRET_SIZE] = { 1, 2, 3 };
        struct hash h, same;
        int64_t id;

        token_compose(TOKEN_PREFIX_REFRESH, 77, secret, &one);
        token_compose(TOKEN_PREFIX_REFRESH, 77, secret, &two);
        assert_true(secret_equal(secret_str(&one), secret_str(&two)));
        assert_true(token_parse(secret_str(&one), TOKEN_PREFIX_REFRESH, &id, &h));
        assert_int_equal(id, 77);
        same = hash_sha256(secret_str(&one));
        assert_true(hash_equal(&h, hash_str(&same)));
}

static int no_random(const struct random *r _unused_, void *out _unused_, size_t n _unused_) {
        return -ERR_RANDOM;
}

static void without_randomness_there_is_no_token(void **state) {
        static const struct random broken = { no_random };
        struct fixture *f = *state;
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct hash h;
        int64_t id;

        f->context.random = &broken;
        assert_int_equal(token_make(&f->context, TOKEN_PREFIX_SESSION, &text, &id, &h), -ERR_RANDOM);
        assert_int_equal(text.len, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_token_has_its_prefix_and_43_characters, setup, teardown),
                cmocka_unit_test_setup_teardown(a_code_has_no_prefix, setup, teardown),
                cmocka_unit_test_setup_teardown(a_token_of_one_kind_is_no_token_of_another, setup, teardown),
                cmocka_unit_test_setup_teardown(no_prefix_and_no_longer_text_of_a_token_is_a_token, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(every_bit_changed_gives_no_token_or_another_hash, setup,
                                                teardown),
                cmocka_unit_test(the_last_character_has_one_spelling),
                cmocka_unit_test(an_id_below_zero_is_no_token),
                cmocka_unit_test(a_composed_token_has_the_id_and_secret_it_was_given),
                cmocka_unit_test_setup_teardown(without_randomness_there_is_no_token, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
