#include "account/platform_jwt.h"

#include <cjose/jws.h>
#include <jansson.h>
#include <stdio.h>

#include "base/codec.h"
#include "unit.h"

#define SECRET STR("a secret that has a good deal more than 32 characters")

enum { NOW = 1800000000 }; /* seconds */

static struct jwt_keys *secret, *public;
static cjose_jwk_t *hmac, *rsa, *ec;
static struct arena arena;
static char token_text[4096];

static void add_key(json_t *list, cjose_jwk_t *key, const char *kid, bool private) {
        char *text;

        assert_true(cjose_jwk_set_kid(key, kid, strlen(kid), NULL));
        text = cjose_jwk_to_json(key, private, NULL);
        json_array_append_new(list, json_loads(text, 0, NULL));
        free(text);
}

/* Takes the set. */
static int read_set(json_t *set, struct jwt_keys **ret) {
        char *text = json_dumps(set, 0);
        int r = jwt_keys_from_jwks(str_of(text), ret);

        json_decref(set);
        free(text);
        return r;
}

static int make_keys(void **state _unused_) {
        static const uint8_t exponent[] = { 1, 0, 1 };
        json_t *list = json_array();

        hmac = cjose_jwk_create_oct_spec((const uint8_t *)SECRET.ptr, SECRET.len, NULL);
        rsa = cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), NULL);
        ec = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, NULL);
        assert_true(hmac && rsa && ec);
        add_key(list, rsa, "r", false);
        add_key(list, ec, "e", true);
        assert_int_equal(jwt_keys_from_secret(SECRET, &secret), 0);
        assert_int_equal(read_set(json_pack("{s:o}", "keys", list), &public), 0);
        assert_int_equal(public->n, 2);
        arena_init(&arena, 1024 * 1024);
        return 0;
}

static int free_keys(void **state _unused_) {
        jwt_keys_release(secret);
        jwt_keys_release(public);
        cjose_jwk_release(hmac);
        cjose_jwk_release(rsa);
        cjose_jwk_release(ec);
        arena_done(&arena);
        return 0;
}

/* Signs; claims and times as a person of the Platform has them, but for `more`. */
static struct str sign(cjose_jwk_t *key, const char *alg, const char *kid, const char *more) {
        cjose_header_t *header = cjose_header_new(NULL);
        const char *text;
        char claims[1024];
        cjose_jws_t *jws;
        int n;

        n = snprintf(claims, sizeof(claims),
                     "{\"sub\":\"u-1\",\"aud\":\"authenticated\",\"exp\":%d,\"role\":\"authenticated\"%s}",
                     NOW + 3600, more);
        assert_true(cjose_header_set(header, CJOSE_HDR_ALG, alg, NULL));
        if (kid)
                assert_true(cjose_header_set(header, CJOSE_HDR_KID, kid, NULL));
        jws = cjose_jws_sign(key, header, (const uint8_t *)claims, (size_t)n, NULL);
        assert_non_null(jws);
        assert_true(cjose_jws_export(jws, &text, NULL));
        snprintf(token_text, sizeof(token_text), "%s", text);
        cjose_jws_release(jws);
        cjose_header_release(header);
        return str_of(token_text);
}

static struct platform_person person;
static const char *reason;

static int verify_at(struct str token, int64_t now) {
        const struct platform_jwt_check check = { secret, public, true, now };

        reason = NULL;
        arena_reset(&arena);
        return platform_jwt_verify(&check, &arena, token, &person, &reason);
}

static int verify(struct str token) {
        return verify_at(token, (int64_t)NOW * 1000);
}

static void assert_invalid(struct str token, const char *wanted) {
        assert_int_equal(verify(token), -ERR_JWT_INVALID);
        assert_string_equal(reason, wanted);
}

static void a_token_of_each_algorithm_is_its_person(void **state _unused_) {
        assert_int_equal(verify(sign(hmac, "HS256", NULL, ",\"email\":\"A@b.example\"")), 0);
        assert_str(person.id, "u-1");
        assert_str(person.email, "A@b.example");
        assert_true(person.by_secret && !person.is_admin && !person.name.ptr);
        assert_int_equal(verify(sign(rsa, "RS256", "r", ",\"user_metadata\":{\"name\":\"Ada\"}")), 0);
        assert_str(person.name, "Ada");
        assert_false(person.by_secret);
        assert_int_equal(verify(sign(ec, "ES256", "e", "")), 0);
        assert_null(person.email.ptr);
}

/* Signs claims as they are. crit: of the header, JSON; NULL for none. */
static struct str sign_claims(const char *claims, const char *crit) {
        cjose_header_t *header = cjose_header_new(NULL);
        const char *text;
        cjose_jws_t *jws;

        assert_true(cjose_header_set(header, CJOSE_HDR_ALG, "HS256", NULL));
        if (crit)
                assert_true(cjose_header_set_raw(header, "crit", crit, NULL));
        jws = cjose_jws_sign(hmac, header, (const uint8_t *)claims, strlen(claims), NULL);
        assert_true(jws && cjose_jws_export(jws, &text, NULL));
        snprintf(token_text, sizeof(token_text), "%s", text);
        cjose_jws_release(jws);
        cjose_header_release(header);
        return str_of(token_text);
}

static void only_the_role_admin_is_an_administrator(void **state _unused_) {
        assert_int_equal(verify(sign_claims("{\"sub\":\"u\",\"aud\":[\"authenticated\"],\"exp\":1900000000,"
                                            "\"role\":\"admin\"}",
                                            NULL)),
                         0);
        assert_true(person.is_admin);
}

static void a_token_for_others_or_with_an_extension_is_refused(void **state _unused_) {
        assert_invalid(sign_claims("{\"sub\":\"u\",\"aud\":\"anon\",\"exp\":1900000000}", NULL),
                       "Audience doesn't match");
        assert_invalid(sign_claims("{\"sub\":\"u\",\"aud\":[\"anon\"],\"exp\":1900000000}", NULL),
                       "Audience doesn't match");
        assert_invalid(sign_claims("{\"sub\":\"u\",\"exp\":1900000000}", NULL),
                       "Token is missing the \"aud\" claim");
        assert_invalid(
                sign_claims("{\"sub\":\"u\",\"aud\":\"authenticated\",\"exp\":1900000000}", "[\"exp\"]"),
                "The token has a critical extension that is not understood");
}

static void the_algorithm_comes_from_the_key(void **state _unused_) {
        const struct platform_jwt_check only_secret = { secret, NULL, false, (int64_t)NOW * 1000 };
        const struct platform_jwt_check only_public = { NULL, public, true, (int64_t)NOW * 1000 };
        const char *refused = "The specified alg value is not allowed";

        assert_int_equal(
                platform_jwt_verify(&only_public, &arena, sign(hmac, "HS256", "r", ""), &person, &reason),
                -ERR_JWT_INVALID);
        assert_string_equal(reason, refused);
        assert_int_equal(
                platform_jwt_verify(&only_secret, &arena, sign(rsa, "RS256", "r", ""), &person, &reason),
                -ERR_JWT_INVALID);
        assert_string_equal(reason, refused);
        assert_invalid(sign(hmac, "HS512", NULL, ""), refused);
        assert_invalid(sign(rsa, "PS256", "r", ""), refused);
        assert_int_equal(verify(sign(rsa, "RS256", "e", "")), -ERR_JWKS);
        assert_int_equal(verify(sign(ec, "ES256", "r", "")), -ERR_JWKS);
        assert_int_equal(verify(sign(ec, "ES256", "unknown", "")), -ERR_JWKS);
        assert_invalid(sign(ec, "ES256", NULL, ""), "The token does not name its signing key");
}

static void a_token_ends_to_the_millisecond(void **state _unused_) {
        struct str token = sign(hmac, "HS256", NULL, "");
        int64_t end = INT64_C(1000) * (NOW + 3600 + PLATFORM_JWT_LEEWAY);

        assert_int_equal(verify_at(token, end - 1), 0);
        assert_int_equal(verify_at(token, end), -ERR_JWT_EXPIRED);
        token = sign(hmac, "HS256", NULL, ",\"nbf\":1800000060");
        assert_int_equal(verify_at(token, (int64_t)NOW * 1000), 0);
        assert_int_equal(verify_at(token, (int64_t)NOW * 1000 - 1), -ERR_JWT_INVALID);
}

static void no_part_and_no_bit_of_a_token_may_be_missing_or_different(void **state _unused_) {
        cjose_jwk_t *const keys[] = { hmac, ec };
        const char *const names[] = { "HS256", "ES256" };

        for (unsigned k = 0; k < 2; k++) {
                struct str token = sign(keys[k], names[k], "e", "");

                for (size_t n = 0; n < token.len; n++)
                        assert_true(verify(str_first(token, n)) < 0);
                for (size_t bit = 0; bit < token.len * 8; bit++) {
                        token_text[bit / 8] ^= (char)(1 << bit % 8);
                        assert_true(verify(token) < 0);
                        token_text[bit / 8] ^= (char)(1 << bit % 8);
                }
                token_text[token.len] = 'A';
                assert_true(verify(str_n(token_text, token.len + 1)) < 0);
                token_text[token.len] = '.';
                assert_invalid(str_n(token_text, token.len + 1), "Too many segments");
                assert_int_equal(verify(token), 0);
        }
}

static void what_is_said_twice_or_too_deeply_is_refused(void **state _unused_) {
        assert_invalid(sign(hmac, "HS256", NULL, ",\"sub\":\"u-2\""), "Invalid payload string");
        assert_invalid(sign(hmac, "HS256", NULL, ",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"),
                       "Invalid payload string");
        assert_int_equal(verify(sign(hmac, "HS256", NULL, ",\"x\":\"[[[[[[[[[[[[[[[[[[[[\\\"[\"")), 0);
        assert_invalid(sign(hmac, "HS256", NULL, ",\"x\":\"\xff\""), "Invalid payload string");
}

static void a_set_gives_only_keys_for_our_signatures(void **state _unused_) {
        static const uint8_t exponent[] = { 1, 0, 1 };
        cjose_jwk_t *weak = cjose_jwk_create_RSA_random(1024, exponent, sizeof(exponent), NULL);
        cjose_jwk_t *curve = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_384, NULL);
        json_t *list = json_array();
        struct jwt_keys *keys;

        add_key(list, weak, "weak", false);
        add_key(list, curve, "curve", false);
        add_key(list, hmac, "oct", true);
        json_array_append_new(list, json_null());
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "kty", "EC", "crv", "P-256", "kid",
                                              "off", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "kty", "EC", "crv", "P-256", "kid",
                                              "off", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE", "y",
                                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"));
        for (unsigned i = 0; i < JWT_KEYS_MAX + 5; i++)
                add_key(list, ec, "e", false);
        json_object_set_new(json_array_get(list, 6), "use", json_string("enc"));
        json_object_set_new(json_array_get(list, 7), "alg", json_string("ES512"));
        json_object_set_new(json_array_get(list, 8), "key_ops", json_pack("[s]", "sign"));
        json_object_del(json_array_get(list, 9), "kid");
        json_object_set_new(json_array_get(list, 10), "kid", json_string("f"));
        assert_int_equal(read_set(json_pack("{s:o}", "keys", list), &keys), 0);
        assert_int_equal(keys->n, JWT_KEYS_MAX);
        assert_str(str_n(keys->list[0].kid, keys->list[0].kid_length), "f");
        for (size_t i = 0; i < keys->n; i++)
                assert_int_equal(keys->list[i].algorithm, JWT_ES256);
        assert_null(jwt_keys_find(keys, JWT_HS256, STR("oct")));
        assert_null(jwt_keys_find(keys, JWT_RS256, STR("weak")));
        jwt_keys_release(keys);
        cjose_jwk_release(weak);
        cjose_jwk_release(curve);
}

static void of_a_private_key_only_its_public_half_is_kept(void **state _unused_) {
        char *text = cjose_jwk_to_json(jwt_keys_find(public, JWT_ES256, STR("e")), true, NULL);

        assert_null(strstr(text, "\"d\""));
        free(text);
}

static void what_is_no_set_is_told(void **state _unused_) {
        static const char *const texts[] = {
                "", "[]", "{}", "{\"keys\":5}", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[]}x", "{"
        };
        struct jwt_keys *keys = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
                assert_int_equal(jwt_keys_from_jwks(str_of(texts[i]), &keys), -ERR_BAD_JSON);
        assert_null(keys);
        assert_int_equal(jwt_keys_from_jwks(STR("{\"keys\":[]}"), &keys), 0);
        assert_int_equal(keys->n, 0);
        jwt_keys_release(keys);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_token_of_each_algorithm_is_its_person),
                cmocka_unit_test(only_the_role_admin_is_an_administrator),
                cmocka_unit_test(a_token_for_others_or_with_an_extension_is_refused),
                cmocka_unit_test(the_algorithm_comes_from_the_key),
                cmocka_unit_test(a_token_ends_to_the_millisecond),
                cmocka_unit_test(no_part_and_no_bit_of_a_token_may_be_missing_or_different),
                cmocka_unit_test(what_is_said_twice_or_too_deeply_is_refused),
                cmocka_unit_test(a_set_gives_only_keys_for_our_signatures),
                cmocka_unit_test(of_a_private_key_only_its_public_half_is_kept),
                cmocka_unit_test(what_is_no_set_is_told),
        };

        return cmocka_run_group_tests(tests, make_keys, free_keys);
}
