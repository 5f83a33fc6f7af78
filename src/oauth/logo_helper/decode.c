#include <spng.h>
#include <stdbool.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include "oauth/logo/limits.h"
#include "oauth/logo_helper/image.h"

static bool fits(int width, int height) {
        return width > 0 && height > 0 && width <= LOGO_SIDE_MAX && height <= LOGO_SIDE_MAX;
}

static bool allocate(struct image *image, int width, int height) {
        image->width = width;
        image->height = height;
        image->rgba = malloc((size_t)width * (size_t)height * 4);
        return image->rgba;
}

static bool read_png(spng_ctx *png, struct image *ret) {
        struct spng_ihdr head;
        size_t size;

        return spng_get_ihdr(png, &head) == 0 && fits((int)head.width, (int)head.height) &&
               spng_decoded_image_size(png, SPNG_FMT_RGBA8, &size) == 0 &&
               size == (size_t)head.width * head.height * 4 &&
               allocate(ret, (int)head.width, (int)head.height) &&
               spng_decode_image(png, ret->rgba, size, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS) == 0;
}

bool image_read_png(const uint8_t *bytes, size_t n, struct image *ret) {
        spng_ctx *png = spng_ctx_new(0);
        bool read;

        if (!png)
                return false;
        read = spng_set_image_limits(png, LOGO_SIDE_MAX, LOGO_SIDE_MAX) == 0 &&
               spng_set_chunk_limits(png, LOGO_FILE_MAX, LOGO_FILE_MAX) == 0 &&
               spng_set_png_buffer(png, bytes, n) == 0 && read_png(png, ret);
        spng_ctx_free(png);
        return read;
}

/* Damage that the decoder would paper over is damage; so are scans without end (TJFLAG_LIMITSCANS). */
bool image_read_jpeg(const uint8_t *bytes, size_t n, struct image *ret) {
        tjhandle jpeg = tjInitDecompress();
        int width, height, sampling, space;
        bool read;

        if (!jpeg)
                return false;
        read = tjDecompressHeader3(jpeg, bytes, n, &width, &height, &sampling, &space) == 0 &&
               fits(width, height) && allocate(ret, width, height) &&
               tjDecompress2(jpeg, bytes, n, ret->rgba, width, 0, height, TJPF_RGBA,
                             TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0;
        tjDestroy(jpeg);
        return read;
}

bool image_read_webp(const uint8_t *bytes, size_t n, struct image *ret) {
        WebPBitstreamFeatures features;

        if (WebPGetFeatures(bytes, n, &features) != VP8_STATUS_OK || features.has_animation ||
            !fits(features.width, features.height) || !allocate(ret, features.width, features.height))
                return false;
        return WebPDecodeRGBAInto(bytes, n, ret->rgba, (size_t)ret->width * (size_t)ret->height * 4,
                                  ret->width * 4);
}
