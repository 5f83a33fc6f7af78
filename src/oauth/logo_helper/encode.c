#include <stdbool.h>
#include <stddef.h>
#include <webp/encode.h>

#include "oauth/logo/limits.h"
#include "oauth/logo_helper/image.h"

static bool encode(WebPPicture *picture, float quality, uint8_t **ret_bytes, size_t *ret_n) {
        WebPMemoryWriter writer;
        WebPConfig config;

        if (!WebPConfigPreset(&config, WEBP_PRESET_ICON, quality))
                return false;
        WebPMemoryWriterInit(&writer);
        picture->writer = WebPMemoryWrite;
        picture->custom_ptr = &writer;
        if (!WebPEncode(&config, picture)) {
                WebPMemoryWriterClear(&writer);
                return false;
        }
        *ret_bytes = writer.mem;
        *ret_n = writer.size;
        return true;
}

/* The best quality that keeps it small; what is noise all over gets the least one, and is as large as it is. */
bool image_write(const struct image *image, uint8_t **ret_bytes, size_t *ret_n) {
        static const float qualities[] = { 92, 80, 65, 50, 30, 10 };
        WebPPicture picture;
        bool written = false;

        *ret_bytes = NULL;
        if (!WebPPictureInit(&picture))
                return false;
        picture.use_argb = 1;
        picture.width = image->width;
        picture.height = image->height;
        if (!WebPPictureImportRGBA(&picture, image->rgba, image->width * 4) ||
            !WebPPictureRescale(&picture, LOGO_SIDE, LOGO_SIDE)) {
                WebPPictureFree(&picture);
                return false;
        }
        for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++) {
                WebPFree(*ret_bytes);
                *ret_bytes = NULL;
                written = encode(&picture, qualities[i], ret_bytes, ret_n);
                if (!written || *ret_n <= LOGO_IMAGE_AIM)
                        break;
        }
        WebPPictureFree(&picture);
        return written && *ret_n <= LOGO_IMAGE_MAX;
}
