#include "base/codec.h"

static const char alphabet_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(struct str bytes, char *out) {
        size_t i = 0, left = bytes.len % 3;
        uint32_t bits;

        for (; i < bytes.len - left; i += 3) {
                bits = (uint32_t)(str_at(bytes, i) << 16 | str_at(bytes, i + 1) << 8 | str_at(bytes, i + 2));
                *out++ = alphabet_url[bits >> 18];
                *out++ = alphabet_url[bits >> 12 & 63];
                *out++ = alphabet_url[bits >> 6 & 63];
                *out++ = alphabet_url[bits & 63];
        }
        if (left == 0)
                return;
        bits = (uint32_t)(str_at(bytes, i) << 16 | (left == 2 ? str_at(bytes, i + 1) << 8 : 0));
        *out++ = alphabet_url[bits >> 18];
        *out++ = alphabet_url[bits >> 12 & 63];
        if (left == 2)
                *out = alphabet_url[bits >> 6 & 63];
}

void base64_encode(struct str bytes, char *out) {
        size_t n = base64url_length(bytes.len);

        base64url_encode(bytes, out);
        for (size_t i = 0; i < n; i++)
                out[i] = out[i] == '-' ? '+' : out[i] == '_' ? '/' : out[i];
        memset(out + n, '=', base64_length(bytes.len) - n);
}

/* A digit's value plus one, by its character; 0 for what is no digit. */
#define LETTERS_AND_DIGITS                                                                                  \
        ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,  \
        26, ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, \
        49, 50, 51, 52, ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62

static const uint8_t values_url[256] = { LETTERS_AND_DIGITS, ['-'] = 63, ['_'] = 64 };
static const uint8_t values_standard[256] = { LETTERS_AND_DIGITS, ['+'] = 63, ['/'] = 64 };

/* Four digits as 24 bits. Negative when one is no digit: it counts as a number of all ones, and so sets the highest bit. */
static int32_t decode_group(const uint8_t *four, const uint8_t values[256]) {
        uint32_t a = values[four[0]] - 1U, b = values[four[1]] - 1U, c = values[four[2]] - 1U,
                 d = values[four[3]] - 1U;

        return (int32_t)(a << 18 | b << 12 | c << 6 | d);
}

static int decode(struct str text, void *out, size_t capacity, const uint8_t values[256]) {
        size_t n = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0), whole = text.len / 4 * 4;
        uint8_t tail[4] = { 'A', 'A', 'A', 'A' }, *to = out;
        int32_t bits;

        if (text.len % 4 == 1 || n > capacity || n > INT32_MAX)
                return -1;
        for (size_t i = 0; i < whole; i += 4) {
                bits = decode_group((const uint8_t *)text.ptr + i, values);
                if (bits < 0)
                        return -1;
                *to++ = (uint8_t)(bits >> 16);
                *to++ = (uint8_t)(bits >> 8);
                *to++ = (uint8_t)bits;
        }
        if (whole == text.len)
                return (int)n;

        /* Two or three digits are one or two bytes; what is left over of their bits must be zero. */
        memcpy(tail, text.ptr + whole, text.len - whole);
        bits = decode_group(tail, values);
        if (bits < 0 || bits & (text.len - whole == 2 ? 0xffff : 0xff))
                return -1;
        *to++ = (uint8_t)(bits >> 16);
        if (text.len - whole == 3)
                *to = (uint8_t)(bits >> 8);
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
