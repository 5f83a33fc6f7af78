/* What the head of an image says of it, before anything is decoded: PNG (W3C PNG §5, §11.2.2), JPEG (ITU T.81 §B), WebP (RFC 9649). */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum image_kind { IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP };

struct image_header {
        enum image_kind kind;
        uint32_t width, height; /* pixels; neither is 0 */
        bool animated;
};

/* False for what is none of the three, or is broken before its size is known. */
_must_use_ bool image_header_read(struct str bytes, struct image_header *ret);
