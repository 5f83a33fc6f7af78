#include "agents/value/tokens.h"

static bool is_letter(char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_space(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t tokens_estimate(struct str text) {
        size_t tokens = 0, run = 0;

        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (is_letter(c)) {
                        tokens += run % 4 == 0;
                        run++;
                        continue;
                }
                run = 0;
                if (!is_space(c) &&
                    ((uint8_t)c & 0xc0) != 0x80) /* continuation bytes belong to what came before */
                        tokens++;
        }
        return tokens;
}
