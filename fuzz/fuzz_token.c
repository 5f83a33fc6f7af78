/* Tokens: what is read as one kind is the one text of its bytes, is read as no other kind, and every text beside it is
 * refused or is another token. */
#include "account/token.h"
#include "base/codec.h"
#include "fuzz.h"

static const struct str prefixes[] = { STR_INIT("gh_s_"),    STR_INIT("gh_l_"),    STR_INIT("gh_d_"),
                                       STR_INIT("agpt_xt_"), STR_INIT("agpt_rt_"), STR_INIT("") };

enum { ID_SIZE = 8 };

/* Composed anew from its parts it is the same text. */
static void check_composed(struct str text, struct str prefix, int64_t id) {
        uint8_t bytes[ID_SIZE + TOKEN_SECRET_SIZE];
        struct secret again = SECRET_EMPTY;

        HOLDS(base64url_decode(str_from(text, prefix.len), bytes, sizeof(bytes)) == sizeof(bytes));
        token_compose(prefix, id, bytes + ID_SIZE, &again);
        HOLDS(str_eq(secret_str(&again), text));
        secret_done(&again);
}

static void check_neighbours(struct str text, struct str prefix, int64_t id, const struct hash *hash) {
        char changed[TOKEN_TEXT_MAX + 1];
        struct hash other;
        int64_t other_id;

        for (size_t n = 0; n < text.len; n++)
                HOLDS(!token_parse(str_first(text, n), prefix, &other_id, &other));
        memcpy(changed, text.ptr, text.len);
        changed[text.len] = 'A';
        HOLDS(!token_parse(str_n(changed, text.len + 1), prefix, &other_id, &other));
        for (size_t bit = 0; bit < text.len * 8; bit++) {
                changed[bit / 8] ^= (char)(1 << bit % 8);
                if (token_parse(str_n(changed, text.len), prefix, &other_id, &other))
                        HOLDS(memcmp(&other, hash, sizeof(other)) != 0 &&
                              (other_id != id || bit / 8 >= prefix.len + ID_SIZE));
                changed[bit / 8] ^= (char)(1 << bit % 8);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n(data, size);
        unsigned kinds = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
                struct hash hash, wanted = hash_sha256(text);
                int64_t id = -1;

                if (!token_parse(text, prefixes[i], &id, &hash)) {
                        HOLDS(id == -1);
                        continue;
                }
                kinds++;
                HOLDS(id >= 0 && size == prefixes[i].len + TOKEN_BODY_LENGTH && size <= TOKEN_TEXT_MAX);
                HOLDS(memcmp(&hash, &wanted, sizeof(hash)) == 0);
                check_composed(text, prefixes[i], id);
                check_neighbours(text, prefixes[i], id, &hash);
        }
        HOLDS(kinds <= 1);
        return 0;
}
