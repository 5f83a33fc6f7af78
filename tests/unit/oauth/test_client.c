#include "oauth/client.h"

#include <stdio.h>

#include "oauth/client_secret.h"
#include "oauth/secret_memo.h"
#include "oauth_fixture.h"

#define VAULT  "agpt_client_vault" /* the one app here that has a secret */
#define SECRET "agpt_secret_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define WRONG  "agpt_secret_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define NOBODY "agpt_client_nobody"

static char hash_hex[CLIENT_SECRET_HEX_LENGTH], salt_hex[CLIENT_SECRET_HEX_LENGTH];

static int insert_vault(struct tx *tx, void *data _unused_) {
        return db_app_insert(tx, STR("vault-id"), STR(VAULT), STR("Vault"), STR_NULL, STR_NULL,
                             str_n(hash_hex, sizeof(hash_hex)), str_n(salt_hex, sizeof(salt_hex)),
                             STR(CALLBACK), STR("authorization_code"), STR("IDENTITY"), STR_NULL,
                             FIXTURE_START);
}

static int setup(void **state) {
        static struct oauth_fixture o;

        oauth_fixture_init(&o);
        assert_int_equal(client_secret_hash(STR(SECRET), &random_system, hash_hex, salt_hex), 0);
        assert_int_equal(fixture_write(&o.f, insert_vault, NULL), 1);
        o.f.context.client_secrets = secret_memo_new();
        assert_non_null(o.f.context.client_secrets);
        *state = &o;
        return 0;
}

static int teardown(void **state) {
        struct oauth_fixture *o = *state;

        secret_memo_free(o->f.context.client_secrets);
        oauth_fixture_done(o);
        return 0;
}

static int with_form(struct oauth_fixture *o, const char *form) {
        fixture_post_form(&o->f, form);
        return fixture_read(&o->f, client_identify);
}

static int with_header(struct oauth_fixture *o, const char *value, const char *form) {
        fixture_post_form(&o->f, form);
        o->f.req.headers[o->f.req.n_headers++] = (struct http_header){ STR("Authorization"), str_of(value) };
        return fixture_read(&o->f, client_identify);
}

static int with_basic(struct oauth_fixture *o, const char *credentials, const char *form) {
        char text[512] = "Basic ";
        size_t length = strlen(credentials);
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char *at = text + 6;

        for (size_t i = 0; i < length; i += 3) {
                unsigned bits = 0;

                for (size_t j = 0; j < 3; j++)
                        bits = bits << 8 | (i + j < length ? (uint8_t)credentials[i + j] : 0);
                for (size_t j = 0; j < 4; j++)
                        *at++ = i + j <= length ? digits[bits >> (18 - 6 * j) & 63] : '=';
        }
        *at = 0;
        return with_header(o, text, form);
}

static int verify(struct oauth_fixture *o) {
        return fixture_worker(&o->f, client_verify);
}

static void whoever_tries_a_secret_goes_the_same_way(void **state) {
        static const char *const tries[] = { "client_id=" VAULT "&client_secret=" WRONG,
                                             "client_id=" NOBODY "&client_secret=" WRONG,
                                             "client_id=" APP "&client_secret=" WRONG,
                                             "client_id=" VAULT "&client_secret=short",
                                             "client_id=" NOBODY "&client_secret=short" };
        struct oauth_fixture *o = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(tries); i++) {
                assert_int_equal(with_form(o, tries[i]), STEP_NEXT);
                assert_int_equal(verify(o), -ERR_INVALID_CLIENT);
                assert_null(o->f.req.error_detail.ptr);
        }
}

static void whoever_has_no_secret_is_refused_alike(void **state) {
        struct oauth_fixture *o = *state;

        assert_int_equal(with_form(o, "client_id=" VAULT), -ERR_INVALID_CLIENT);
        assert_int_equal(with_form(o, "client_id=" NOBODY), -ERR_INVALID_CLIENT);
        assert_int_equal(with_form(o, "client_id=" VAULT "&client_secret="), -ERR_INVALID_CLIENT);
        assert_int_equal(with_basic(o, VAULT ":", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_basic(o, NOBODY ":", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_form(o, "client_id=" APP), STEP_SKIP);
        assert_int_equal(with_basic(o, APP ":", ""), STEP_SKIP);
}

static void a_secret_is_hashed_once_and_then_remembered(void **state) {
        struct oauth_fixture *o = *state;

        assert_int_equal(with_form(o, "client_id=" VAULT "&client_secret=" SECRET), STEP_NEXT);
        assert_int_equal(verify(o), STEP_NEXT);
        assert_str(client_app(&o->f.req)->row.id, "vault-id");
        assert_int_equal(with_form(o, "client_id=" VAULT "&client_secret=" SECRET), STEP_SKIP);
        assert_int_equal(with_basic(o, VAULT ":" SECRET, ""), STEP_SKIP);
        assert_int_equal(with_form(o, "client_id=" VAULT "&client_secret=" WRONG), STEP_NEXT);
}

static void an_app_that_is_off_is_hashed_and_refused_like_an_unknown_one(void **state) {
        struct oauth_fixture *o = *state;

        oauth_set_active(o, APP, false);
        assert_int_equal(with_form(o, "client_id=" APP), -ERR_INVALID_CLIENT);
        assert_int_equal(with_form(o, "client_id=" APP "&client_secret=" WRONG), STEP_NEXT);
        assert_int_equal(verify(o), -ERR_INVALID_CLIENT);
}

static void basic_is_form_encoded_base64(void **state) {
        struct oauth_fixture *o = *state;

        assert_int_equal(with_basic(o, "agpt%5Fclient%5Fapp:", "client_id=" APP), STEP_SKIP);
        assert_int_equal(with_basic(o, APP, ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_basic(o, APP "%zz:", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_basic(o, APP "%00:", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_basic(o, "\xe9:\xe9", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_header(o, "Basic", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_header(o, "Basic !!!!", ""), -ERR_INVALID_CLIENT);
        assert_int_equal(with_header(o, "Basic ", "client_id=" APP), -ERR_INVALID_CLIENT);
        assert_int_equal(with_header(o, "Bearer x", "client_id=" APP), -ERR_INVALID_CLIENT);
        assert_int_equal(with_header(o, "", "client_id=" APP), -ERR_INVALID_CLIENT);
}

static void two_ways_at_once_are_a_bad_request(void **state) {
        struct oauth_fixture *o = *state;

        assert_int_equal(with_basic(o, APP ":", "client_id=" APP "&client_secret=" SECRET), -ERR_BAD_REQUEST);
        assert_int_equal(with_basic(o, VAULT ":" SECRET, "client_secret=" SECRET), -ERR_BAD_REQUEST);
        assert_int_equal(with_basic(o, APP ":", "client_id=" OTHER), -ERR_BAD_REQUEST);
        assert_int_equal(with_form(o, "client_id=" APP "&client_id=" APP), -ERR_REPEATED_PARAMETER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(whoever_tries_a_secret_goes_the_same_way),
                TEST(whoever_has_no_secret_is_refused_alike),
                TEST(a_secret_is_hashed_once_and_then_remembered),
                TEST(an_app_that_is_off_is_hashed_and_refused_like_an_unknown_one),
                TEST(basic_is_form_encoded_base64),
                TEST(two_ways_at_once_are_a_bad_request),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
