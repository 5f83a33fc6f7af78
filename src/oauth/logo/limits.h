/* What a logo must be (dialect: Applications); known to the server and to its helper. */
#pragma once

enum {
        LOGO_SIDE_MIN = 512,             /* pixels */
        LOGO_SIDE_MAX = 2048,            /* pixels */
        LOGO_FILE_MAX = 3 * 1024 * 1024, /* bytes of what is sent */
        LOGO_SIDE = 512,                 /* pixels of what is kept: the least that may be sent */
        LOGO_IMAGE_MAX = 256 * 1024,     /* bytes of what is kept */
        LOGO_IMAGE_AIM = 48 * 1024,      /* bytes; pages show several */
        LOGO_REFUSED = 2,                /* exit status of the helper: no image that it can decode */
};
