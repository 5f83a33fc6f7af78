#include "account/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>

#include "account/word_list.h"
#include "base/errors.h"
#include "base/secret.h"
#include "pages/text.h"

enum { SALT_SIZE = 16, OUTPUT_SIZE = 32 };

_Static_assert(PASSWORD_HASH_MAX == crypto_pwhash_STRBYTES, "libsodium reads hashes of this size");
_Static_assert((size_t)PASSWORD_BYTES_MAX <= (size_t)SECRET_MAX, "a password fits a secret");
_Static_assert(SALT_SIZE == crypto_pwhash_SALTBYTES, "libsodium's salt");

/* Today's costs with a salt and an output of zeros: no password is known to have it. */
static const struct str decoy = STR_INIT(
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

static _Atomic uint64_t computations;

uint64_t password_computations(void) {
        return atomic_load_explicit(&computations, memory_order_relaxed);
}

static void lower_copy(struct str s, char *out) {
        for (size_t i = 0; i < s.len; i++)
                out[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]);
}

bool password_is_common(struct str password) {
        char lower[PASSWORD_BYTES_MAX];
        bool found;

        if (password.len > sizeof(lower))
                return false;
        lower_copy(password, lower);
        found = word_list_has(&common_passwords, str_n(lower, password.len));
        memory_wipe(lower, sizeof(lower));
        return found;
}

static bool is_address(struct str password, struct str email) {
        ptrdiff_t at = str_find(email, '@');

        return email.len && (str_eq_ignore_case(password, email) ||
                             (at > 0 && str_eq_ignore_case(password, str_first(email, (size_t)at))));
}

int password_check_rules(struct str password, struct str email, struct str *ret_problem) {
        size_t length = str_utf8_length(password);

        if (length < PASSWORD_MIN)
                *ret_problem = TEXT("Choose a password of at least 8 characters");
        else if (length > PASSWORD_MAX)
                *ret_problem = TEXT("Choose a password of at most 128 characters");
        else if (is_address(password, email))
                *ret_problem = TEXT("Choose a password that is not your e-mail address");
        else if (password_is_common(password))
                *ret_problem = TEXT(
                        "This password is one of the most common ones and easily guessed: choose another");
        else
                return 0;
        return -ERR_INVALID_FIELD;
}

int password_hash(const struct random *random, struct str password, char ret_hash[PASSWORD_HASH_MAX]) {
        char salt_text[sodium_base64_ENCODED_LEN(SALT_SIZE, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
        char output_text[sodium_base64_ENCODED_LEN(OUTPUT_SIZE, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
        uint8_t salt[SALT_SIZE], output[OUTPUT_SIZE];
        int r;

        r = random_fill(random, salt, sizeof(salt));
        if (r < 0)
                return r;
        atomic_fetch_add_explicit(&computations, 1, memory_order_relaxed);
        if (crypto_pwhash(output, sizeof(output), password.ptr, password.len, salt, PASSWORD_PASSES,
                          PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
                return -ERR_NO_MEMORY;

        sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt),
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        sodium_bin2base64(output_text, sizeof(output_text), output, sizeof(output),
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        memset(ret_hash, 0, PASSWORD_HASH_MAX);
        snprintf(ret_hash, PASSWORD_HASH_MAX, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", PASSWORD_MEMORY / 1024,
                 PASSWORD_PASSES, salt_text, output_text);
        memory_wipe(output, sizeof(output));
        memory_wipe(output_text, sizeof(output_text));
        return 0;
}

/* libsodium wants text that ends in NUL. */
static void terminated_copy(struct str stored, char out[PASSWORD_HASH_MAX]) {
        size_t n = MIN_OF(stored.len, (size_t)PASSWORD_HASH_MAX - 1);

        memset(out, 0, PASSWORD_HASH_MAX);
        memcpy(out, stored.ptr, n);
}

int password_verify(struct str password, struct str stored) {
        char text[PASSWORD_HASH_MAX];
        int r;

        terminated_copy(stored.len ? stored : decoy, text);
        atomic_fetch_add_explicit(&computations, 1, memory_order_relaxed);
        errno = 0;
        r = crypto_pwhash_str_verify(text, password.ptr, password.len);
        memory_wipe(text, sizeof(text));
        if (r == 0)
                return stored.len ? 0 : -ERR_WRONG_PASSWORD;
        return errno == ENOMEM ? -ERR_NO_MEMORY : -ERR_WRONG_PASSWORD;
}

bool password_needs_rehash(struct str stored) {
        char text[PASSWORD_HASH_MAX];
        int r;

        terminated_copy(stored, text);
        r = crypto_pwhash_str_needs_rehash(text, PASSWORD_PASSES, PASSWORD_MEMORY);
        memory_wipe(text, sizeof(text));
        return r != 0;
}
