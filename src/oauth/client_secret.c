#include "oauth/client_secret.h"

#include <sodium.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/hash.h"

enum { SCRYPT_N = 1 << 14, SCRYPT_R = 8, SCRYPT_P = 1, SALT_SIZE = 32, OUTPUT_SIZE = 32 };
enum { CLIENT_ID_BYTES = 16, CLIENT_SECRET_BYTES = 32 };

static const struct str id_prefix = STR_INIT("agpt_client_");
static const struct str secret_prefix = STR_INIT("agpt_secret_");
static const struct str any_prefix = STR_INIT("agpt_");

int client_id_generate(const struct random *random, char *out) {
        uint8_t bytes[CLIENT_ID_BYTES];
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        memcpy(out, id_prefix.ptr, id_prefix.len);
        base64url_encode(str_n(bytes, sizeof(bytes)), out + id_prefix.len);
        return 0;
}

int client_secret_generate(const struct random *random, struct secret *ret) {
        uint8_t bytes[CLIENT_SECRET_BYTES];
        int r;

        ret->len = 0;
        r = random_fill(random, bytes, sizeof(bytes));
        if (r >= 0) {
                memcpy(ret->bytes, secret_prefix.ptr, secret_prefix.len);
                base64url_encode(str_n(bytes, sizeof(bytes)), ret->bytes + secret_prefix.len);
                ret->len = CLIENT_SECRET_LENGTH;
        }
        memory_wipe(bytes, sizeof(bytes));
        return r < 0 ? r : 0;
}

static int scrypt(struct str secret, const uint8_t salt[SALT_SIZE], uint8_t ret[OUTPUT_SIZE]) {
        if (crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)secret.ptr, secret.len, salt, SALT_SIZE,
                                                  SCRYPT_N, SCRYPT_R, SCRYPT_P, ret, OUTPUT_SIZE) != 0)
                return -ERR_NO_MEMORY;
        return 0;
}

int client_secret_hash(struct str secret, const struct random *random,
                       char ret_hash_hex[CLIENT_SECRET_HEX_LENGTH],
                       char ret_salt_hex[CLIENT_SECRET_HEX_LENGTH]) {
        uint8_t salt[SALT_SIZE], output[OUTPUT_SIZE];
        int r;

        r = random_fill(random, salt, sizeof(salt));
        if (r < 0)
                return r;
        r = scrypt(secret, salt, output);
        if (r < 0)
                return r;
        hex_encode(str_n(output, sizeof(output)), ret_hash_hex);
        hex_encode(str_n(salt, sizeof(salt)), ret_salt_hex);
        return 0;
}

void client_secret_verify_nothing(struct str secret) {
        static const uint8_t salt[SALT_SIZE];
        uint8_t output[OUTPUT_SIZE];

        if (str_starts_with(secret, any_prefix) && scrypt(secret, salt, output) == 0)
                memory_wipe(output, sizeof(output));
}

static bool verify_sha256(struct str secret, const uint8_t stored[OUTPUT_SIZE]) {
        struct hash h = hash_sha256(secret);

        if (hash_equal(&h, str_n(stored, OUTPUT_SIZE)))
                return true;
        client_secret_verify_nothing(secret);
        return false;
}

bool client_secret_verify(struct str secret, struct str hash_hex, struct str salt_hex) {
        uint8_t stored[OUTPUT_SIZE], salt[SALT_SIZE], output[OUTPUT_SIZE];

        if (!str_starts_with(secret, any_prefix))
                return false;
        if (!hash_hex.ptr || hex_decode(hash_hex, stored, sizeof(stored)) != OUTPUT_SIZE) {
                client_secret_verify_nothing(secret);
                return false;
        }
        if (!salt_hex.ptr)
                return verify_sha256(secret, stored);
        if (hex_decode(salt_hex, salt, sizeof(salt)) != SALT_SIZE) {
                client_secret_verify_nothing(secret);
                return false;
        }
        return scrypt(secret, salt, output) == 0 &&
               secret_equal(str_n(output, sizeof(output)), str_n(stored, sizeof(stored)));
}
