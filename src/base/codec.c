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

/* The value of a digit whose last two characters of the alphabet are `c62` and `c63`, or -1. */
static int base64_digit(char c, char c62, char c63) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        if (c == c62)
                return 62;
        return c == c63 ? 63 : -1;
}

static int decode(struct str text, void *out, size_t capacity, char c62, char c63) {
        size_t n = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
        uint8_t *to = out;
        uint32_t bits = 0;
        int have = 0;

        if (text.len % 4 == 1 || n > capacity || n > INT32_MAX)
                return -1;
        for (size_t i = 0; i < text.len; i++) {
                int digit = base64_digit(text.ptr[i], c62, c63);

                if (digit < 0)
                        return -1;
                bits = bits << 6 | (uint32_t)digit;
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
        return decode(text, out, capacity, '-', '_');
}

int base64_decode(struct str text, void *out, size_t capacity) {
        if (text.len % 4 != 0)
                return -1;
        for (int pads = 0; pads < 2 && text.len && text.ptr[text.len - 1] == '='; pads++)
                text.len--;
        return decode(text, out, capacity, '+', '/');
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
