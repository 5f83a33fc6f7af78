#include "oauth/pkce.h"

#include "base/codec.h"
#include "base/hash.h"
#include "base/secret.h"

enum { VERIFIER_MIN = 43, VERIFIER_MAX = 128 };

bool pkce_challenge_valid(struct str code_challenge) {
        struct hash h;

        return code_challenge.len == PKCE_CHALLENGE_LENGTH &&
               base64url_decode(code_challenge, h.bytes, sizeof(h.bytes)) == HASH_SIZE;
}

static bool verifier_valid(struct str verifier) {
        if (verifier.len < VERIFIER_MIN || verifier.len > VERIFIER_MAX)
                return false;
        for (size_t i = 0; i < verifier.len; i++) {
                char c = verifier.ptr[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_' || c == '~'))
                        return false;
        }
        return true;
}

void pkce_challenge_of(struct str code_verifier, char out[PKCE_CHALLENGE_LENGTH]) {
        struct hash h = hash_sha256(code_verifier);

        base64url_encode(hash_str(&h), out);
}

bool pkce_verify(struct str code_verifier, struct str code_challenge) {
        char challenge[PKCE_CHALLENGE_LENGTH];

        if (!verifier_valid(code_verifier))
                return false;
        pkce_challenge_of(code_verifier, challenge);
        return secret_equal(str_n(challenge, sizeof(challenge)), code_challenge);
}
