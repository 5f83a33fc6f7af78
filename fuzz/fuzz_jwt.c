/* User JWTs: an input of two lines is a header and claims, signed with the secret. What is accepted keeps the rules, written
 * down here a second time; no neighbour of it is accepted, nor is it without the secret. The same bytes as a token are
 * refused, and as a JWK Set never give a key for HS256. */
#include <jansson.h>
#include <nettle/hmac.h>

#include "account/platform_jwt.h"
#include "base/codec.h"
#include "fuzz.h"

#define SECRET STR("a secret that has a good deal more than 32 characters")

enum { NOW = 1800000000, SIGNATURE = 43 }; /* seconds; characters */

static struct jwt_keys *secret;

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        HOLDS(jwt_keys_from_secret(SECRET, &secret) == 0);
        return 0;
}

/* Room for the token and one more character. */
static struct str sign(struct str header, struct str claims, char *out) {
        size_t h = base64url_length(header.len), n = h + 1 + base64url_length(claims.len);
        struct hmac_sha256_ctx context;
        uint8_t mac[32];

        base64url_encode(header, out);
        out[h] = '.';
        base64url_encode(claims, out + h + 1);
        hmac_sha256_set_key(&context, SECRET.len, (const uint8_t *)SECRET.ptr);
        hmac_sha256_update(&context, n, (const uint8_t *)out);
        hmac_sha256_digest(&context, sizeof(mac), mac);
        out[n] = '.';
        base64url_encode(str_n(mac, sizeof(mac)), out + n + 1);
        return str_n(out, n + 1 + SIGNATURE);
}

static int verify(const struct jwt_keys *key, struct str token, struct platform_person *ret,
                  struct arena *arena) {
        const struct platform_jwt_check check = { .secret = key, .now = INT64_C(1000) * NOW };
        const char *reason = NULL;
        int r;

        r = platform_jwt_verify(&check, arena, token, ret, &reason);
        HOLDS(r == 0 || r == -ERR_JWT_INVALID || r == -ERR_JWT_EXPIRED || r == -ERR_JWT_NO_USER);
        HOLDS((r == -ERR_JWT_INVALID) == (reason != NULL));
        return r;
}

static bool is(const json_t *value, const char *text) {
        return json_is_string(value) && json_string_length(value) == strlen(text) &&
               strcmp(json_string_value(value), text) == 0;
}

static bool has(const json_t *list, const char *text) {
        bool found = false;
        json_t *item;
        size_t i;

        json_array_foreach(list, i, item) found |= is(item, text);
        return found;
}

static void check_accepted(struct str header_text, struct str claims_text,
                           const struct platform_person *person) {
        json_t *header = json_loadb(header_text.ptr, header_text.len, JSON_REJECT_DUPLICATES, NULL);
        json_t *claims = json_loadb(claims_text.ptr, claims_text.len, JSON_REJECT_DUPLICATES, NULL);
        const json_t *sub = json_object_get(claims, "sub"), *aud = json_object_get(claims, "aud");
        const json_t *nbf = json_object_get(claims, "nbf");

        HOLDS(json_is_object(header) && json_is_object(claims));
        HOLDS(is(json_object_get(header, "alg"), "HS256") && !json_object_get(header, "crit"));
        HOLDS(is(aud, "authenticated") || has(aud, "authenticated"));
        HOLDS(json_number_value(json_object_get(claims, "exp")) > NOW - PLATFORM_JWT_LEEWAY);
        HOLDS(!nbf || (json_is_number(nbf) && json_number_value(nbf) <= NOW + PLATFORM_JWT_LEEWAY));
        HOLDS(json_is_string(sub) && str_eq(person->id, str_of(json_string_value(sub))));
        HOLDS(person->id.len > 0 && person->id.len <= PLATFORM_USER_ID_MAX);
        HOLDS(person->is_admin == is(json_object_get(claims, "role"), "admin"));
        HOLDS(!person->name.ptr || str_is_utf8(person->name));
        HOLDS(!person->email.ptr || (str_is_utf8(person->email) && person->email.len <= PLATFORM_EMAIL_MAX));
        json_decref(header);
        json_decref(claims);
}

static void check_neighbours(struct str token, char *text, struct arena *arena) {
        struct platform_person person;

        HOLDS(verify(NULL, token, &person, arena) < 0);
        HOLDS(verify(secret, str_first(token, token.len - 1), &person, arena) < 0);
        text[token.len] = 'A';
        HOLDS(verify(secret, str_n(text, token.len + 1), &person, arena) < 0);
        for (size_t i = 0; i < token.len; i += 5) {
                text[i] ^= 1;
                HOLDS(verify(secret, token, &person, arena) < 0);
                text[i] ^= 1;
                arena_reset(arena);
        }
}

static void check_set(struct str text) {
        struct jwt_keys *keys;

        if (jwt_keys_from_jwks(text, &keys) < 0)
                return;
        HOLDS(keys->n <= JWT_KEYS_MAX && !jwt_keys_find(keys, JWT_HS256, STR("")));
        for (size_t i = 0; i < keys->n; i++)
                HOLDS(keys->list[i].jwk && keys->list[i].kid_length > 0 &&
                      keys->list[i].algorithm != JWT_HS256);
        jwt_keys_release(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static char text[4 * PLATFORM_JWT_MAX];
        struct str rest = str_n(data, size), header, token;
        struct platform_person person;
        struct arena arena;

        if (size > PLATFORM_JWT_MAX)
                return 0;
        arena_init(&arena, 1024 * 1024);
        check_set(rest);
        HOLDS(verify(secret, rest, &person, &arena) < 0);
        header = fuzz_line(&rest);
        token = sign(header, rest, text);
        if (verify(secret, token, &person, &arena) == 0) {
                check_accepted(header, rest, &person);
                check_neighbours(token, text, &arena);
        }
        arena_done(&arena);
        return 0;
}
