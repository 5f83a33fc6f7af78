/* Heads of images: what is read has a size, and what follows behind changes nothing of it. */
#include "fuzz.h"
#include "oauth/logo/image_header.h"

enum { TRIED_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static uint8_t longer[TRIED_MAX + 16];
        struct image_header header, again;

        if (!image_header_read(str_n(data, size), &header))
                return 0;
        HOLDS(header.width > 0 && header.height > 0);
        HOLDS(header.kind == IMAGE_PNG || header.kind == IMAGE_JPEG || header.kind == IMAGE_WEBP);
        HOLDS(header.kind != IMAGE_JPEG || (header.width <= 65535 && header.height <= 65535));
        HOLDS(header.kind != IMAGE_WEBP || (header.width <= 1 << 24 && header.height <= 1 << 24));
        if (size > TRIED_MAX)
                return 0;
        memcpy(longer, data, size);
        memset(longer + size, 0xff, 16);
        HOLDS(image_header_read(str_n(longer, size + 16), &again));
        HOLDS(again.kind == header.kind && again.width == header.width && again.height == header.height &&
              again.animated == header.animated);
        return 0;
}
