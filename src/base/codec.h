/* base64url without padding (RFC 4648 §5), base64 with padding (§4), and lower-case hex. Decoders are strict:
 * one text for each value, so non-zero trailing bits, padding where there should be none and foreign
 * characters fail. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

/* Characters that n bytes take. */
static inline size_t base64url_length(size_t n) {
        return (n * 4 + 2) / 3;
}

/* Writes base64url_length(bytes.len) characters and no NUL. */
void base64url_encode(struct str bytes, char *out);

/* Decodes into `out`, room for `capacity` bytes. Returns the number of bytes, or -1. */
_must_use_ int base64url_decode(struct str text, void *out, size_t capacity);

/* Characters that n bytes take in padded base64. */
static inline size_t base64_length(size_t n) {
        return (n + 2) / 3 * 4;
}

/* Writes base64_length(bytes.len) characters and no NUL. */
void base64_encode(struct str bytes, char *out);

/* Decodes padded base64, as HTTP Basic has it. Returns the number of bytes, or -1. */
_must_use_ int base64_decode(struct str text, void *out, size_t capacity);

/* Writes 2 * bytes.len characters and no NUL. */
void hex_encode(struct str bytes, char *out);

/* Either case. Returns the number of bytes, or -1. */
_must_use_ int hex_decode(struct str text, void *out, size_t capacity);

/* 0 to 15, or -1. */
int hex_digit(char c);
