#include "pages/page_colors.h"

#include "base/errors.h"
#include "unit.h"

static char problem[256];

static struct str colors(const char *accent, const char *dark, struct strbuf *out) {
        strbuf_reset(out);
        assert_int_equal(page_colors_append(str_of(accent), str_of(dark), out, problem), 0);
        return strbuf_str(out);
}

static void light_and_dark_have_their_own(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1024);

        assert_str(colors("#1f6650", "#7bd3ae", &out),
                   ":root{--accent:#1f6650;--accent-strong:#174d3c;--on-accent:#ffffff;--soft:#e4ece6;}"
                   "@media(prefers-color-scheme:dark){:root{--accent:#7bd3ae;--accent-strong:#9cdec2;"
                   "--on-accent:#000000;--soft:#26362f;}}\n");
}

static void dark_is_made_lighter_until_it_is_readable(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1024);

        /* of black, a grey: its contrast on the dark card is the first above 6.5 */
        assert_contains(colors("#000000", "", &out), "dark){:root{--accent:#a3a3a3;");
        /* what is readable stays */
        assert_contains(colors("#9a3412", "#ffffff", &out), "dark){:root{--accent:#ffffff;");
}

static void what_cannot_be_read_is_refused(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1024);

        assert_int_equal(page_colors_append(STR("#ffcc00"), STR(""), &out, problem), -ERR_SETTINGS);
        assert_string_equal(problem,
                            "GATEHOUSE_ACCENT_COLOR: #ffcc00 can't be read on the pages' cards (contrast "
                            "1.5, at least 4.5 is needed); take a darker one");
        assert_int_equal(page_colors_append(STR("#1f6650"), STR("#1f6650"), &out, problem), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "GATEHOUSE_ACCENT_COLOR_DARK: #1f6650 can't be read"));
        assert_non_null(strstr(problem, "take a lighter one"));
}

static void what_is_no_colour_is_refused(void **state) {
        static const char *const wrong[] = {
                "", "red", "#12345", "#1234567", "1234567", "#12345g", "#;}*{x"
        };
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1024);

        for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
                assert_int_equal(page_colors_append(str_of(wrong[i]), STR("#ffffff"), &out, problem),
                                 -ERR_SETTINGS);
                assert_non_null(strstr(problem, "six hex digits"));
        }
        assert_int_equal(out.len, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(light_and_dark_have_their_own),
                cmocka_unit_test(dark_is_made_lighter_until_it_is_readable),
                cmocka_unit_test(what_cannot_be_read_is_refused),
                cmocka_unit_test(what_is_no_colour_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
