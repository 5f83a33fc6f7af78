#include "oauth/logo/image_header.h"

static uint32_t big(struct str s, size_t at, size_t n) {
        uint32_t value = 0;

        for (size_t i = 0; i < n; i++)
                value = value << 8 | str_at(s, at + i);
        return value;
}

static uint32_t little(struct str s, size_t at, size_t n) {
        uint32_t value = 0;

        for (size_t i = n; i > 0; i--)
                value = value << 8 | str_at(s, at + i - 1);
        return value;
}

static bool has(struct str s, size_t at, struct str what) {
        return at <= s.len && str_starts_with(str_from(s, at), what);
}

/* An animation says so (acTL) before its first image data. */
static bool read_png(struct str s, struct image_header *ret) {
        enum { HEAD = 8, FRAME = 12, IHDR = 13 };
        size_t at = HEAD;

        if (s.len < HEAD + FRAME + IHDR || big(s, HEAD, 4) != IHDR || !has(s, HEAD + 4, STR("IHDR")))
                return false;
        *ret = (struct image_header){ IMAGE_PNG, big(s, HEAD + 8, 4), big(s, HEAD + 12, 4), false };
        while (s.len - at >= FRAME) {
                uint32_t length = big(s, at, 4);

                if (has(s, at + 4, STR("IDAT")))
                        return true;
                if (length > s.len - at - FRAME)
                        return false;
                ret->animated = ret->animated || has(s, at + 4, STR("acTL"));
                at += length + FRAME;
        }
        return false;
}

static bool is_frame_header(uint8_t marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segments follow one another up to the frame header. */
static bool read_jpeg(struct str s, struct image_header *ret) {
        size_t at = 2;

        while (s.len - at >= 4) {
                uint8_t marker;
                uint32_t length;

                if (str_at(s, at) != 0xff)
                        return false;
                marker = str_at(s, at + 1);
                if (marker == 0xff) { /* fill */
                        at++;
                        continue;
                }
                if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda))
                        return false; /* what has no length, and a scan, have no place here */
                length = big(s, at + 2, 2);
                if (length < 2 || length > s.len - at - 2)
                        return false;
                if (is_frame_header(marker)) {
                        if (length < 8)
                                return false;
                        *ret = (struct image_header){ IMAGE_JPEG, big(s, at + 7, 2), big(s, at + 5, 2),
                                                      false };
                        return true;
                }
                at += length + 2;
        }
        return false;
}

static bool read_webp(struct str s, struct image_header *ret) {
        enum { BODY = 20, LEAST = 30 };
        uint32_t bits;

        if (s.len < LEAST)
                return false;
        if (has(s, 12, STR("VP8X"))) {
                *ret = (struct image_header){ IMAGE_WEBP, little(s, BODY + 4, 3) + 1,
                                              little(s, BODY + 7, 3) + 1, (str_at(s, BODY) & 0x02) != 0 };
                return true;
        }
        if (has(s, 12, STR("VP8L")) && str_at(s, BODY) == 0x2f) {
                bits = little(s, BODY + 1, 4);
                *ret = (struct image_header){ IMAGE_WEBP, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1,
                                              false };
                return true;
        }
        if (has(s, 12, STR("VP8 ")) && has(s, BODY + 3, STR("\x9d\x01\x2a"))) {
                *ret = (struct image_header){ IMAGE_WEBP, little(s, BODY + 6, 2) & 0x3fff,
                                              little(s, BODY + 8, 2) & 0x3fff, false };
                return true;
        }
        return false;
}

bool image_header_read(struct str bytes, struct image_header *ret) {
        struct image_header header;
        bool read = false;

        if (has(bytes, 0, STR("\x89PNG\r\n\x1a\n")))
                read = read_png(bytes, &header);
        else if (has(bytes, 0, STR("\xff\xd8")))
                read = read_jpeg(bytes, &header);
        else if (has(bytes, 0, STR("RIFF")) && has(bytes, 8, STR("WEBP")))
                read = read_webp(bytes, &header);
        if (!read || header.width == 0 || header.height == 0)
                return false;
        *ret = header;
        return true;
}
