#include "http/negotiate.h"

#include "unit.h"

static void gzip_is_sent_to_who_takes_it(void **state) {
        assert_true(accepts_gzip(STR("gzip")));
        assert_true(accepts_gzip(STR("deflate, GZip;q=0.5")));
        assert_true(accepts_gzip(STR("x-gzip")));
        assert_true(accepts_gzip(STR("*")));
        assert_true(accepts_gzip(STR("br;q=1.0, gzip;q=0.001")));
        assert_true(accepts_gzip(STR("identity;q=0, *;q=0.5")));
        assert_false(accepts_gzip(STR_NULL));
        assert_false(accepts_gzip(STR("")));
        assert_false(accepts_gzip(STR("identity, br")));
        assert_false(accepts_gzip(STR("gzip;q=0")));
        assert_false(accepts_gzip(STR("gzip ; q=0.000, *")));
        assert_false(accepts_gzip(STR("*;q=0")));
        assert_false(accepts_gzip(STR("gzipped")));
}

static void a_tag_matches_weakly_in_any_place(void **state) {
        struct str tag = STR("\"abc\"");

        assert_true(etag_matches(STR("\"abc\""), tag));
        assert_true(etag_matches(STR("\"x\", W/\"abc\""), tag));
        assert_true(etag_matches(STR("*"), tag));
        assert_false(etag_matches(STR_NULL, tag));
        assert_false(etag_matches(STR(""), tag));
        assert_false(etag_matches(STR("abc"), tag));
        assert_false(etag_matches(STR("\"abcd\""), tag));
        assert_false(etag_matches(STR("w/\"abc\""), tag));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(gzip_is_sent_to_who_takes_it),
                cmocka_unit_test(a_tag_matches_weakly_in_any_place),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
