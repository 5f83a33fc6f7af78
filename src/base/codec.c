#include "base/codec.h"

static const char alphabet_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(struct str bytes, char *out) {
        uint32_t bits = 0;
        int n = 0;

        for (size_t i = 0; i < bytes.len; i++) {
                bits = bits << 8 | str_at(bytes, i);
                for (n += 8; n >= 6; n -= 6)
                        *out++ = alphabet_url[bits >> (n - 6) & 63];
        }
        if (n > 0)
                *out = alphabet_url[bits << (6 - n) & 63];
}

/* A digit's value plus one, by its character; 0 for what is no digit. */
#define LETTERS_AND_DIGITS                                                                                  \
        ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,  \
        26, ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, \
        49, 50, 51, 52, ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62

static const uint8_t values_url[256] = { LETTERS_AND_DIGITS, ['-'] = 63, ['_'] = 64 };
static const uint8_t values_standard[256] = { LETTERS_AND_DIGITS, ['+'] = 63, ['/'] = 64 };

static int decode(struct str text, void *out, size_t capacity, const uint8_t values[256]) {
        size_t n = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
        uint8_t *to = out;
        uint32_t bits = 0;
        int have = 0;

        if (text.len % 4 == 1 || n > capacity || n > INT32_MAX)
                return -1;
        for (size_t i = 0; i < text.len; i++) {
                uint8_t value = values[str_at(text, i)];

                if (value == 0)
                        return -1;
                bits = bits << 6 | (uint32_t)(value - 1);
                have += 6;
                if (have >= 8) {
                        have -= 8;
                        *to++ = (uint8_t)(bits >> have);
                }
        }
        if (bits & ((1u << have) - 1))
                return -1;
        return (int)n;
}

int base64url_decode(struct str text, void *out, size_t capacity) {
        return decode(text, out, capacity, values_url);
}

int base64_decode(struct str text, void *out, size_t capacity) {
        if (text.len % 4 != 0)
                return -1;
        for (int pads = 0; pads < 2 && text.len && text.ptr[text.len - 1] == '='; pads++)
                text.len--;
        return decode(text, out, capacity, values_standard);
}

void hex_encode(struct str bytes, char *out) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < bytes.len; i++) {
                *out++ = digits[str_at(bytes, i) >> 4];
                *out++ = digits[str_at(bytes, i) & 15];
        }
}

int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

int hex_decode(struct str text, void *out, size_t capacity) {
        uint8_t *to = out;

        if (text.len % 2 != 0 || text.len / 2 > capacity || text.len / 2 > INT32_MAX)
                return -1;
        for (size_t i = 0; i < text.len; i += 2) {
                int high = hex_digit(text.ptr[i]), low = hex_digit(text.ptr[i + 1]);

                if (high < 0 || low < 0)
                        return -1;
                *to++ = (uint8_t)(high << 4 | low);
        }
        return (int)(text.len / 2);
}
