#include "account/platform_jwt.h"

#include <cjose/jws.h>
#include <jansson.h>

#include "base/codec.h"

#define AUDIENCE   STR("authenticated")
#define ROLE_ADMIN STR("admin")

enum { HS256_SIZE = 32, ES256_SIZE = 64 }; /* bytes of a signature (RFC 7518 §3.2, §3.4) */

/* Beyond it a number of seconds stands for no day that a calendar has. */
#define SECONDS_MAX 1e12

static void jws_free(cjose_jws_t **jws) {
        if (*jws)
                cjose_jws_release(*jws);
}

struct token {
        struct str text;
        json_t *header, *claims;
        enum jwt_algorithm algorithm;
        int signature_size; /* bytes */
        const char *reason;
};

static void token_done(struct token *token) {
        json_decref(token->header);
        json_decref(token->claims);
}

static int invalid(struct token *token, const char *reason) {
        token->reason = reason;
        return -ERR_JWT_INVALID;
}

static struct str text_of(const json_t *object, const char *name) {
        const json_t *value = json_object_get(object, name);

        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

/* Decodes a part of the token that is a JSON object. */
static int read_part(struct arena *arena, struct str part, json_t **ret) {
        char *bytes = arena_alloc(arena, part.len + 1);
        int n;

        if (!bytes)
                return -ERR_NO_MEMORY;
        n = base64url_decode(part, bytes, part.len);
        *ret = n > 0 ? jwt_json_object(str_n(bytes, (size_t)n)) : NULL;
        return *ret ? 0 : -ERR_JWT_INVALID;
}

/* Takes the three parts apart; each has one text only for what it says, so a token can't be sent in two forms. */
static int read_parts(struct token *token, struct arena *arena) {
        uint8_t signature[PLATFORM_JWT_SIGNATURE_MAX];
        struct str rest = token->text, header, claims, last;
        int r;

        if (token->text.len > PLATFORM_JWT_MAX)
                return invalid(token, "Token is too long");
        if (!str_next(&rest, '.', &header) || !str_next(&rest, '.', &claims) || !str_next(&rest, '.', &last))
                return invalid(token, "Not enough segments");
        if (rest.ptr)
                return invalid(token, "Too many segments");
        token->signature_size = base64url_decode(last, signature, sizeof(signature));
        if (token->signature_size <= 0)
                return invalid(token, "Invalid crypto padding");
        r = read_part(arena, header, &token->header);
        if (r < 0)
                return r == -ERR_NO_MEMORY ? r : invalid(token, "Invalid header string");
        r = read_part(arena, claims, &token->claims);
        if (r < 0)
                return r == -ERR_NO_MEMORY ? r : invalid(token, "Invalid payload string");
        return 0;
}

/* What the header may say (RFC 7515 §4.1). Keys and addresses of keys in it are never looked at. */
static int check_header(struct token *token) {
        const json_t *type = json_object_get(token->header, "typ");
        struct str algorithm = text_of(token->header, "alg");

        token->algorithm = algorithm.ptr ? jwt_algorithm_of(algorithm) : JWT_ALGORITHMS;
        if (token->algorithm == JWT_ALGORITHMS)
                return invalid(token, "The specified alg value is not allowed");
        if (json_object_get(token->header, "crit") || json_object_get(token->header, "b64"))
                return invalid(token, "The token has a critical extension that is not understood");
        if (type && !str_eq_ignore_case(text_of(token->header, "typ"), STR("JWT")))
                return invalid(token, "The specified typ value is not allowed");
        return 0;
}

/* The key comes from the configuration: what the token says only chooses among those of its own algorithm. */
static int find_key(struct token *token, const struct platform_jwt_check *check, const cjose_jwk_t **ret) {
        struct str kid = text_of(token->header, "kid");

        if (token->algorithm == JWT_HS256) {
                *ret = jwt_keys_find(check->secret, JWT_HS256, kid);
                return *ret ? 0 : invalid(token, "The specified alg value is not allowed");
        }
        if (!check->public_configured)
                return invalid(token, "The specified alg value is not allowed");
        if (kid.len == 0 || kid.len > JWT_KID_MAX)
                return invalid(token, "The token does not name its signing key");
        *ret = jwt_keys_find(check->public, token->algorithm, kid);
        return *ret ? 0 : -ERR_JWKS;
}

/* The library halves an ES256 signature of any length, and so would take one with a byte more. */
static bool signature_size_fits(const struct token *token) {
        return token->algorithm == JWT_HS256   ? token->signature_size == HS256_SIZE
               : token->algorithm == JWT_ES256 ? token->signature_size == ES256_SIZE
                                               : true;
}

static int check_signature(struct token *token, const cjose_jwk_t *key) {
        _cleanup_(jws_free) cjose_jws_t *jws = cjose_jws_import(token->text.ptr, token->text.len, NULL);

        if (!jws || !signature_size_fits(token) || !cjose_jws_verify(jws, key, NULL))
                return invalid(token, "Signature verification failed");
        return 0;
}

/* The claim is `authenticated`, or a list of texts with it (RFC 7519 §4.1.3). */
static bool is_for_us(const json_t *audience) {
        const json_t *item;
        bool found = false;
        size_t i;

        if (json_is_string(audience))
                return str_eq(str_n(json_string_value(audience), json_string_length(audience)), AUDIENCE);
        json_array_foreach(audience, i, item) {
                if (!json_is_string(item))
                        return false;
                found |= str_eq(str_n(json_string_value(item), json_string_length(item)), AUDIENCE);
        }
        return found;
}

/* A NumericDate (RFC 7519 §2). Returns 1, 0 when there is none, or -1 when it is none. */
static int seconds_of(const json_t *claims, const char *name, double *ret) {
        const json_t *value = json_object_get(claims, name);

        if (!value)
                return 0;
        if (!json_is_number(value))
                return -1;
        *ret = json_number_value(value);
        return *ret >= 0 && *ret <= SECONDS_MAX ? 1 : -1;
}

static int check_times(struct token *token, int64_t now_ms) {
        double now = (double)now_ms / 1000, at;
        int r;

        r = seconds_of(token->claims, "iat", &at);
        if (r < 0)
                return invalid(token, "Issued At claim (iat) must be a number");
        if (r > 0 && at > now + PLATFORM_JWT_LEEWAY)
                return invalid(token, "The token is not yet valid (iat)");
        r = seconds_of(token->claims, "nbf", &at);
        if (r < 0)
                return invalid(token, "Not Before claim (nbf) must be a number");
        if (r > 0 && at > now + PLATFORM_JWT_LEEWAY)
                return invalid(token, "The token is not yet valid (nbf)");
        r = seconds_of(token->claims, "exp", &at);
        if (r == 0)
                return invalid(token, "Token is missing the \"exp\" claim");
        if (r < 0)
                return invalid(token, "Expiration Time claim (exp) must be a number");
        return at + PLATFORM_JWT_LEEWAY <= now ? -ERR_JWT_EXPIRED : 0;
}

static int check_claims(struct token *token, int64_t now) {
        const json_t *audience = json_object_get(token->claims, "aud");

        if (!audience)
                return invalid(token, "Token is missing the \"aud\" claim");
        if (!is_for_us(audience))
                return invalid(token, "Audience doesn't match");
        return check_times(token, now);
}

static bool is_user_id(struct str id) {
        if (id.len == 0 || id.len > PLATFORM_USER_ID_MAX)
                return false;
        for (size_t i = 0; i < id.len; i++)
                if (str_at(id, i) <= 0x20 || str_at(id, i) >= 0x7f)
                        return false;
        return true;
}

static int copy_person(const struct token *token, struct arena *arena, struct platform_person *ret) {
        struct str id = text_of(token->claims, "sub"), email = text_of(token->claims, "email");
        struct str name = text_of(json_object_get(token->claims, "user_metadata"), "name");
        struct platform_person person = { .is_admin = str_eq(text_of(token->claims, "role"), ROLE_ADMIN),
                                          .by_secret = token->algorithm == JWT_HS256 };

        if (!is_user_id(id))
                return -ERR_JWT_NO_USER;
        person.id = arena_copy(arena, id);
        if (email.len > 0 && email.len <= PLATFORM_EMAIL_MAX)
                person.email = arena_copy(arena, email);
        if (name.len > 0)
                person.name = arena_copy(arena, name);
        if (!person.id.ptr)
                return -ERR_NO_MEMORY;
        *ret = person;
        return 0;
}

int platform_jwt_verify(const struct platform_jwt_check *check, struct arena *arena, struct str text,
                        struct platform_person *ret, const char **ret_reason) {
        _cleanup_(token_done) struct token token = { .text = text };
        const cjose_jwk_t *key = NULL;
        int r;

        r = read_parts(&token, arena);
        if (r >= 0)
                r = check_header(&token);
        if (r >= 0)
                r = find_key(&token, check, &key);
        if (r >= 0)
                r = check_signature(&token, key);
        if (r >= 0)
                r = check_claims(&token, check->now);
        if (r >= 0)
                r = copy_person(&token, arena, ret);
        if (r == -ERR_JWT_INVALID)
                *ret_reason = token.reason;
        return r;
}
