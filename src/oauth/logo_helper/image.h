/* Pixels in memory. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct image {
        int width, height;
        uint8_t *
                rgba; /* 4 bytes a pixel, not premultiplied; from malloc(), also after a failure; the caller frees it */
};

/* Decoders: false for what is no such image, is damaged, or is larger than LOGO_SIDE_MAX. */
_Bool image_read_png(const uint8_t *bytes, size_t n, struct image *ret);
_Bool image_read_jpeg(const uint8_t *bytes, size_t n, struct image *ret);
_Bool image_read_webp(const uint8_t *bytes, size_t n, struct image *ret);

/* Scales to LOGO_SIDE and encodes as WebP.
 *
 * ret_bytes   from malloc(), also after a failure when set; the caller frees it */
_Bool image_write(const struct image *image, uint8_t **ret_bytes, size_t *ret_n);
