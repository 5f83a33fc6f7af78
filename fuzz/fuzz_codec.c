/* base64url, base64 and hex: what decodes is the one text of its bytes; all bytes come back. */
#include <sodium.h>

#include "base/codec.h"
#include "fuzz.h"

enum { INPUT_MAX = 4096, ROOM = 2 * INPUT_MAX };

static void check_decoders(struct str text) {
        char bytes[ROOM], again[ROOM];
        int n;

        n = base64url_decode(text, bytes, sizeof(bytes));
        HOLDS(n >= -1);
        if (n >= 0) {
                HOLDS(base64url_length((size_t)n) == text.len);
                base64url_encode(str_n(bytes, (size_t)n), again);
                HOLDS(str_eq(str_n(again, text.len), text));
        }
        n = base64_decode(text, bytes, sizeof(bytes));
        HOLDS(n >= -1);
        if (n >= 0) {
                sodium_bin2base64(again, sizeof(again), (const uint8_t *)bytes, (size_t)n,
                                  sodium_base64_VARIANT_ORIGINAL);
                HOLDS(str_eq(str_of(again), text));
        }
        n = hex_decode(text, bytes, sizeof(bytes));
        HOLDS(n >= -1);
        if (n >= 0) {
                hex_encode(str_n(bytes, (size_t)n), again);
                HOLDS(str_eq_ignore_case(str_n(again, 2 * (size_t)n), text));
        }
}

static void check_round_trips(struct str bytes) {
        char text[ROOM], back[ROOM];
        int n = (int)bytes.len;

        base64url_encode(bytes, text);
        HOLDS(base64url_decode(str_n(text, base64url_length(bytes.len)), back, bytes.len) == n);
        HOLDS(memcmp(back, bytes.ptr, bytes.len) == 0);
        if (bytes.len) /* room for one byte less is too little */
                HOLDS(base64url_decode(str_n(text, base64url_length(bytes.len)), back, bytes.len - 1) == -1);

        sodium_bin2base64(text, sizeof(text), (const uint8_t *)bytes.ptr, bytes.len,
                          sodium_base64_VARIANT_ORIGINAL);
        HOLDS(base64_decode(str_of(text), back, bytes.len) == n);
        HOLDS(memcmp(back, bytes.ptr, bytes.len) == 0);

        hex_encode(bytes, text);
        HOLDS(hex_decode(str_n(text, 2 * bytes.len), back, bytes.len) == n);
        HOLDS(memcmp(back, bytes.ptr, bytes.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        if (size > INPUT_MAX)
                return 0;
        check_decoders(str_n(data, size));
        check_round_trips(str_n(data, size));
        return 0;
}
