#include "oauth/imported_token.h"

static bool is_base64url(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
}

bool imported_token_parse(struct str text, struct str prefix, struct hash *ret) {
        if (text.len != prefix.len + TOKEN_BODY_LENGTH || !str_starts_with(text, prefix))
                return false;
        for (size_t i = prefix.len; i < text.len; i++)
                if (!is_base64url(text.ptr[i]))
                        return false;
        *ret = hash_sha256(text);
        return true;
}
