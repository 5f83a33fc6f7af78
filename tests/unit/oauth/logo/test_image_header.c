#include "oauth/logo/image_header.h"

#include <stdlib.h>

#include "unit.h"

#define PNG_HEAD(w, h) "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0" w "\0\0" h "\x08\x06\0\0\0CRC!"
#define ACTL         \
        "\0\0\0\x08" \
        "acTL\0\0\0\2\0\0\0\0CRC!"
#define IDAT         \
        "\0\0\0\x40" \
        "IDATCRC!"
#define APP0        "\xff\xe0\0\x04xy"
#define SOF(marker) "\xff" marker "\0\x0b\x08\2\0\2\x01\x01\x01\x11\0"

static const struct str png = STR_INIT(PNG_HEAD("\2\0", "\2\1") IDAT);
static const struct str jpeg = STR_INIT("\xff\xd8" APP0 "\xff\xff\xff\xdb\0\x02" SOF("\xc2"));
static const struct str extended = STR_INIT("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\1\0\0\2\0");
static const struct str lossless = STR_INIT("RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\x01\x80\0\0\0\0\0\0");
static const struct str lossy = STR_INIT("RIFF\x20\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\0\2\1\2");

/* Reads a copy of exactly that size, so that a byte read beyond it shows. */
static bool read(struct str bytes, struct image_header *ret) {
        char *copy = malloc(bytes.len ? bytes.len : 1);
        bool r;

        assert_non_null(copy);
        memcpy(copy, bytes.ptr, bytes.len);
        r = image_header_read(str_n(copy, bytes.len), ret);
        free(copy);
        return r;
}

static void assert_image(struct str bytes, enum image_kind kind, uint32_t width, uint32_t height,
                         bool animated) {
        struct image_header header;

        assert_true(read(bytes, &header));
        assert_int_equal(header.kind, kind);
        assert_int_equal(header.width, width);
        assert_int_equal(header.height, height);
        assert_int_equal(header.animated, animated);
}

static void kind_and_size_are_told_of_each_kind(void **state) {
        assert_image(png, IMAGE_PNG, 512, 513, false);
        assert_image(jpeg, IMAGE_JPEG, 513, 512, false);
        assert_image(extended, IMAGE_WEBP, 512, 513, true);
        assert_image(lossless, IMAGE_WEBP, 512, 513, false);
        assert_image(lossy, IMAGE_WEBP, 512, 513, false);
}

static void an_animated_png_says_so_before_its_data(void **state) {
        assert_image(STR(PNG_HEAD("\2\0", "\2\0") ACTL IDAT), IMAGE_PNG, 512, 512, true);
        assert_image(STR(PNG_HEAD("\2\0", "\2\0") IDAT ACTL), IMAGE_PNG, 512, 512, false);
}

static void every_prefix_that_lacks_the_size_is_refused(void **state) {
        const struct str all[] = { png, jpeg, extended, lossless, lossy };
        /* what stands behind the size is not waited for */
        static const size_t enough[] = { 45, 25, 30, 30, 30 };
        struct image_header header;

        for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
                for (size_t n = 0; n < all[i].len; n++)
                        if (read(str_first(all[i], n), &header) && n < enough[i])
                                fail_msg("image %zu is taken with %zu bytes", i, n);
}

static void what_is_none_or_broken_is_refused(void **state) {
        static const struct str bad[] = {
                STR_INIT(""),
                STR_INIT("GIF89a\2\0\2\0"),
                STR_INIT("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"512\" height=\"512\"/>"),
                STR_INIT(PNG_HEAD("\0\0", "\2\0") IDAT), /* no width */
                STR_INIT(PNG_HEAD("\2\0", "\2\0") "\xff\xff\xff\xff"
                                                  "tEXt" IDAT), /* longer than the file */
                STR_INIT(PNG_HEAD("\2\0", "\2\0")),             /* no image data */
                STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\2\0\0\0\2\0\x08\x06\0\0\0CRC!" IDAT),
                STR_INIT("\xff\xd8\xff\xda\0\x04xx" SOF("\xc0")), /* a scan before the frame */
                STR_INIT("\xff\xd8\xff\xd0" SOF("\xc0")),         /* a marker without a length */
                STR_INIT("\xff\xd8xx" SOF("\xc0")),
                STR_INIT("\xff\xd8\xff\xe0\0\x01" SOF("\xc0")),
                STR_INIT("\xff\xd8" SOF("\xc4")), /* a table, no frame */
                STR_INIT("\xff\xd8\xff\xff\xff\xff\xff\xff"),
                STR_INIT("RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2e\xff\x01\x80\0\0\0\0\0\0"),
                STR_INIT("RIFF\x20\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2b\0\2\1\2"),
                STR_INIT("RIFF\x20\0\0\0WAVEVP8X\x0a\0\0\0\x02\0\0\0\xff\1\0\0\2\0"),
        };
        struct image_header header;

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                if (read(bad[i], &header))
                        fail_msg("%zu is taken", i);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kind_and_size_are_told_of_each_kind),
                cmocka_unit_test(an_animated_png_says_so_before_its_data),
                cmocka_unit_test(every_prefix_that_lacks_the_size_is_refused),
                cmocka_unit_test(what_is_none_or_broken_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
