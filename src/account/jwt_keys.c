#include "account/jwt_keys.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/json_depth.h"

enum {
        RSA_BYTES_MIN = 2048 / 8,
        RSA_BYTES_MAX = 4096 / 8, /* a key of any length would let its owner keep us computing */
        RSA_EXPONENT_MAX = 4,     /* bytes */
        P256_BYTES = 32,
};

static void json_free(json_t **value) {
        json_decref(*value);
}

enum jwt_algorithm jwt_algorithm_of(struct str name) {
        static const struct str names[JWT_ALGORITHMS] = { STR_INIT("HS256"), STR_INIT("RS256"),
                                                          STR_INIT("ES256") };
        enum jwt_algorithm a = 0;

        while (a < JWT_ALGORITHMS && !str_eq(name, names[a]))
                a++;
        return a;
}

struct json_t *jwt_json_object(struct str text) {
        json_t *value = json_deeper_than(text, JWT_JSON_DEPTH_MAX)
                                ? NULL
                                : json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);

        if (json_is_object(value))
                return value;
        json_decref(value);
        return NULL;
}

static struct jwt_keys *keys_new(void) {
        struct jwt_keys *keys = calloc(1, sizeof(*keys));

        if (keys)
                atomic_init(&keys->holders, 1);
        return keys;
}

int jwt_keys_from_secret(struct str secret, struct jwt_keys **ret) {
        struct jwt_keys *keys = keys_new();

        if (!keys)
                return -ERR_NO_MEMORY;
        keys->list[0].algorithm = JWT_HS256;
        keys->list[0].jwk = cjose_jwk_create_oct_spec((const uint8_t *)secret.ptr, secret.len, NULL);
        keys->n = 1;
        if (!keys->list[0].jwk) {
                keys->n = 0;
                jwt_keys_release(keys);
                return -ERR_NO_MEMORY;
        }
        *ret = keys;
        return 0;
}

static struct str text_of(const json_t *object, const char *name) {
        const json_t *value = json_object_get(object, name);

        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

/* Bytes of a base64url number without leading zeros; -1 when it is none. */
static int number_size(struct str text) {
        uint8_t bytes[RSA_BYTES_MAX + 1];
        int n = text.ptr ? base64url_decode(text, bytes, sizeof(bytes)) : -1;

        return n > 0 && bytes[0] != 0 ? n : -1;
}

static bool is_for_signatures(const json_t *jwk) {
        const json_t *operations = json_object_get(jwk, "key_ops"), *operation;
        struct str use = text_of(jwk, "use");
        size_t i;

        if (use.ptr && !str_eq(use, STR("sig")))
                return false;
        if (!operations)
                return true;
        json_array_foreach(operations, i, operation) {
                if (json_is_string(operation) && strcmp(json_string_value(operation), "verify") == 0)
                        return true;
        }
        return false;
}

/* The public half alone, and what it is for; NULL when it is for nothing of ours. */
static json_t *public_half(const json_t *jwk, enum jwt_algorithm *ret_algorithm) {
        struct str kty = text_of(jwk, "kty"), alg = text_of(jwk, "alg");
        bool rsa = str_eq(kty, STR("RSA"));
        const char *first = rsa ? "n" : "x", *second = rsa ? "e" : "y";
        uint8_t bytes[P256_BYTES];
        json_t *half;

        *ret_algorithm = rsa ? JWT_RS256 : JWT_ES256;
        if (alg.ptr && jwt_algorithm_of(alg) != *ret_algorithm)
                return NULL;
        if (rsa) {
                int n = number_size(text_of(jwk, "n")), e = number_size(text_of(jwk, "e"));

                if (n < RSA_BYTES_MIN || n > RSA_BYTES_MAX || e < 1 || e > RSA_EXPONENT_MAX)
                        return NULL;
        } else {
                struct str x = text_of(jwk, "x"), y = text_of(jwk, "y");

                if (!str_eq(kty, STR("EC")) || !str_eq(text_of(jwk, "crv"), STR("P-256")) || !x.ptr ||
                    !y.ptr || base64url_decode(x, bytes, sizeof(bytes)) != P256_BYTES ||
                    base64url_decode(y, bytes, sizeof(bytes)) != P256_BYTES)
                        return NULL;
        }
        half = json_pack("{s:O, s:O, s:O}", "kty", json_object_get(jwk, "kty"), first,
                         json_object_get(jwk, first), second, json_object_get(jwk, second));
        if (half && !rsa)
                json_object_set_new(half, "crv", json_string("P-256"));
        return half;
}

static void take_key(struct jwt_keys *keys, const json_t *jwk) {
        struct jwt_key *key = &keys->list[keys->n];
        _cleanup_(json_free) json_t *half = NULL;
        struct str kid = text_of(jwk, "kid");

        if (!json_is_object(jwk) || kid.len == 0 || kid.len > JWT_KID_MAX || !is_for_signatures(jwk))
                return;
        half = public_half(jwk, &key->algorithm);
        if (!half)
                return;
        key->jwk = cjose_jwk_import_json((cjose_header_t *)half, NULL);
        if (!key->jwk)
                return;
        memcpy(key->kid, kid.ptr, kid.len);
        key->kid_length = kid.len;
        keys->n++;
}

int jwt_keys_from_jwks(struct str json, struct jwt_keys **ret) {
        _cleanup_(json_free) json_t *set = json.len <= JWKS_SIZE_MAX ? jwt_json_object(json) : NULL;
        const json_t *list = json_object_get(set, "keys"), *jwk;
        struct jwt_keys *keys;
        size_t i;

        if (!json_is_array(list))
                return -ERR_BAD_JSON;
        keys = keys_new();
        if (!keys)
                return -ERR_NO_MEMORY;
        json_array_foreach(list, i, jwk) {
                if (keys->n < JWT_KEYS_MAX)
                        take_key(keys, jwk);
        }
        *ret = keys;
        return 0;
}

const cjose_jwk_t *jwt_keys_find(const struct jwt_keys *keys, enum jwt_algorithm algorithm, struct str kid) {
        for (size_t i = 0; keys && i < keys->n; i++) {
                const struct jwt_key *key = &keys->list[i];

                if (key->algorithm == algorithm &&
                    (algorithm == JWT_HS256 || str_eq(kid, str_n(key->kid, key->kid_length))))
                        return key->jwk;
        }
        return NULL;
}

struct jwt_keys *jwt_keys_hold(struct jwt_keys *keys) {
        if (keys)
                atomic_fetch_add(&keys->holders, 1);
        return keys;
}

struct jwt_keys *jwt_keys_release(struct jwt_keys *keys) {
        if (!keys || atomic_fetch_sub(&keys->holders, 1) != 1)
                return NULL;
        for (size_t i = 0; i < keys->n; i++)
                cjose_jwk_release(keys->list[i].jwk);
        free(keys);
        return NULL;
}
