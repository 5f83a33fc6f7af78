#include "account/token.h"

#include "base/codec.h"
#include "base/errors.h"

enum { ID_SIZE = 8, TOKEN_SIZE = ID_SIZE + TOKEN_SECRET_SIZE };

void token_compose(struct str prefix, int64_t id, const uint8_t secret[TOKEN_SECRET_SIZE],
                   struct secret *ret) {
        uint8_t bytes[TOKEN_SIZE];

        for (size_t i = 0; i < ID_SIZE; i++)
                bytes[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
        memcpy(bytes + ID_SIZE, secret, TOKEN_SECRET_SIZE);

        memcpy(ret->bytes, prefix.ptr, prefix.len);
        base64url_encode(str_n(bytes, sizeof(bytes)), ret->bytes + prefix.len);
        ret->len = prefix.len + TOKEN_BODY_LENGTH;
        memory_wipe(bytes, sizeof(bytes));
}

int token_make(const struct context *context, struct str prefix, struct secret *ret_text, int64_t *ret_id,
               struct hash *ret_hash) {
        uint8_t secret[TOKEN_SECRET_SIZE];
        int64_t id;
        int r;

        r = random_fill(context->random, secret, sizeof(secret));
        if (r < 0)
                return r;
        id = id_next(context->ids);
        token_compose(prefix, id, secret, ret_text);
        memory_wipe(secret, sizeof(secret));

        *ret_id = id;
        *ret_hash = hash_sha256(secret_str(ret_text));
        return 0;
}

bool token_parse(struct str text, struct str prefix, int64_t *ret_id, struct hash *ret_hash) {
        uint8_t bytes[TOKEN_SIZE];
        uint64_t id = 0;
        int n;

        if (text.len != prefix.len + TOKEN_BODY_LENGTH || !str_starts_with(text, prefix))
                return false;
        n = base64url_decode(str_from(text, prefix.len), bytes, sizeof(bytes));
        for (size_t i = 0; n == TOKEN_SIZE && i < ID_SIZE; i++)
                id = id << 8 | bytes[i];
        memory_wipe(bytes, sizeof(bytes));
        if (n != TOKEN_SIZE || id > INT64_MAX)
                return false;

        *ret_id = (int64_t)id;
        *ret_hash = hash_sha256(text);
        return true;
}
