/* gatehouse-logo: an image on standard input, its WebP on standard output. The server runs it (src/oauth/logo/helper.h); exit
 * status 2 says that it was no image. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oauth/logo/limits.h"
#include "oauth/logo_helper/confine.h"
#include "oauth/logo_helper/image.h"

enum { FAILED = 1 };

static bool read_all(uint8_t *bytes, size_t max, size_t *ret_n) {
        size_t n = 0;

        while (n < max) {
                ssize_t got = read(STDIN_FILENO, bytes + n, max - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return false;
                if (got == 0)
                        break;
                n += (size_t)got;
        }
        *ret_n = n;
        return true;
}

static bool write_all(const uint8_t *bytes, size_t n) {
        while (n > 0) {
                ssize_t put = write(STDOUT_FILENO, bytes, n);

                if (put < 0 && errno != EINTR)
                        return false;
                if (put > 0) {
                        bytes += put;
                        n -= (size_t)put;
                }
        }
        return true;
}

static bool decode(const uint8_t *bytes, size_t n, struct image *ret) {
        if (n < 4)
                return false;
        if (memcmp(bytes, "\x89PNG", 4) == 0)
                return image_read_png(bytes, n, ret);
        if (memcmp(bytes, "RIFF", 4) == 0)
                return image_read_webp(bytes, n, ret);
        return image_read_jpeg(bytes, n, ret);
}

static int convert(const uint8_t *bytes, size_t n) {
        struct image image = { 0 };
        uint8_t *out = NULL;
        int status = FAILED;
        size_t n_out;

        if (!decode(bytes, n, &image) || image.width != image.height)
                status = LOGO_REFUSED;
        else if (image_write(&image, &out, &n_out) && write_all(out, n_out))
                status = 0;
        free(image.rgba);
        free(out);
        return status;
}

int main(void) {
        uint8_t *bytes;
        int status = FAILED;
        size_t n;

        if (!confine())
                return 127;
        bytes = malloc(LOGO_FILE_MAX);
        if (bytes && read_all(bytes, LOGO_FILE_MAX, &n))
                status = convert(bytes, n);
        free(bytes);
        return status;
}
