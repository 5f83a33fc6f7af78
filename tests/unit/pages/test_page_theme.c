#include "pages/page_theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "unit.h"

static char folder[] = "/tmp/pages.XXXXXX"; /* a fresh theme folder for each test */
static char problem[256];

static void put(const char *name, const char *text) {
        char path[256];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static int load_from(const char *dir, struct page_theme **ret) {
        struct page_theme_options options = { .dir = str_of(dir), .platform_name = STR("Gatehouse") };

        return page_theme_load(&options, ret, problem);
}

static struct page_theme *load(const struct page_theme_options *options) {
        struct page_theme *theme = NULL;

        if (page_theme_load(options, &theme, problem) < 0)
                fail_msg("%s", problem);
        return theme;
}

static void a_theme_replaces_templates_one_by_one(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .dir = str_of(folder), .platform_name = STR("Gatehouse") };
        struct page_theme *theme;
        json_t *data = json_pack("{s:s}", "csrf", "<t>");

        put("brand.html", "<header>Our house {{css_url}}</header>\n{{>slogan}}\n");
        put("slogan.html", "<p>Ours</p>");
        put("setup.html", "Only {{csrf}}");
        put("notes.txt", "{{#no template}}");
        theme = load(&options);
        assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, "login", data, &out), 0);
        assert_contains(strbuf_str(&out), "<header>Our house /static/gatehouse.");
        assert_contains(strbuf_str(&out), "<p>Ours</p>");
        assert_contains(strbuf_str(&out), "Login to your account");
        strbuf_reset(&out);
        assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, "setup", data, &out), 0);
        assert_str(strbuf_str(&out), "Only &lt;t&gt;");
        json_decref(data);
        page_theme_free(theme);
}

static void a_themes_mistakes_are_told(void **state) {
        struct page_theme *theme = NULL;
        char path[64];

        put("login.html", "one\n{{#two}}\n");
        assert_int_equal(load_from(folder, &theme), -ERR_SETTINGS);
        assert_string_equal(problem, "login:2: 'two' is not closed");
        put("login.html", "one\n{{>nowhere}}\n");
        assert_int_equal(load_from(folder, &theme), -ERR_SETTINGS);
        assert_string_equal(problem, "login:2: there is no template 'nowhere'");
        (void)snprintf(path, sizeof(path), "%s/absent", folder);
        assert_int_equal(load_from(path, &theme), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "/absent: No such file or directory"));
        assert_null(theme);
}

static void a_theme_file_that_is_a_folder_or_too_large_is_refused(void **state) {
        struct page_theme *theme = NULL;
        char path[64], *large = malloc(300 * 1024);

        memset(large, 'a', 300 * 1024 - 1);
        large[300 * 1024 - 1] = '\0';
        put("login.html", large);
        free(large);
        assert_int_equal(load_from(folder, &theme), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "login.html: is larger than 262144 bytes"));
        (void)snprintf(path, sizeof(path), "%s/login.html", folder);
        assert_int_equal(remove(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(load_from(folder, &theme), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "login.html: Is a directory"));
        assert_int_equal(rmdir(path), 0);
        page_theme_free(NULL);
}

/* The page "login" by these options. */
static struct str shown(const struct page_theme_options *options, struct strbuf *out) {
        struct page_theme *theme = load(options);
        json_t *data = json_object();

        strbuf_reset(out);
        assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, "login", data, out), 0);
        json_decref(data);
        page_theme_free(theme);
        return strbuf_str(out);
}

static void name_and_logo_are_an_operators(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .platform_name = STR("Acme & Sons") };
        char path[64];

        (void)snprintf(path, sizeof(path), "%s/ours.png", folder);
        options.logo = str_of(path);
        put("ours.png", "an image");
        assert_contains(shown(&options, &out), " · Acme &amp; Sons</title>");
        assert_contains(strbuf_str(&out), "<span>Acme &amp; Sons</span>");
        assert_contains(strbuf_str(&out), "<link rel=\"icon\" href=\"/static/logo.");
        assert_contains(strbuf_str(&out), "<img src=\"/static/logo.");
        assert_false(str_contains(strbuf_str(&out), STR("colors")));
}

static void a_logo_that_cannot_be_shown_is_told(void **state) {
        struct page_theme_options options = { .platform_name = STR("x"), .logo = STR("/etc/passwd") };
        struct page_theme *theme = NULL;

        assert_int_equal(page_theme_load(&options, &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "GATEHOUSE_LOGO: /etc/passwd: must end in .svg, .png, .jpg or .webp");
        options.logo = STR("/absent.svg");
        assert_int_equal(page_theme_load(&options, &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "/absent.svg: No such file or directory");
        assert_null(theme);
}

static void colours_come_after_the_style_sheet(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .platform_name = STR("x"), .accent = STR("#1a4fb4") };
        const char *css, *colors;

        shown(&options, &out);
        strbuf_append_char(&out, '\0');
        css = strstr(out.ptr, "/static/gatehouse.");
        colors = strstr(out.ptr, "<link rel=\"stylesheet\" href=\"/static/colors.");
        assert_true(css && colors && colors > css);
}

static void a_themes_files_are_served_and_named(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .dir = str_of(folder), .platform_name = STR("x") };

        put("gatehouse.css", "body{}");
        put("Our-Font.woff2", "a font");
        put("brand.html", "<i data-font=\"{{_ur__ont_woff2_url}}\">");
        assert_contains(shown(&options, &out), "href=\"/static/gatehouse.7c98040a.css\"");
        assert_contains(strbuf_str(&out), "<i data-font=\"/static/Our-Font.");
}

static struct str shown_in(const struct page_theme *theme, enum language language, struct strbuf *out) {
        json_t *data = json_object();

        strbuf_reset(out);
        assert_int_equal(page_render(theme, language, "login", data, out), 0);
        json_decref(data);
        return strbuf_str(out);
}

static void pages_are_there_in_every_language(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .platform_name = STR("x"), .language = STR("de") };
        struct page_theme *theme = load(&options);

        assert_int_equal(page_theme_language(theme), LANGUAGE_GERMAN);
        assert_contains(shown_in(theme, LANGUAGE_GERMAN, &out), "<html lang=\"de\">");
        assert_contains(strbuf_str(&out), "<h1>Melden Sie sich an</h1>");
        assert_contains(shown_in(theme, LANGUAGE_ENGLISH, &out), "<html lang=\"en\">");
        assert_contains(strbuf_str(&out), "<h1>Login to your account</h1>");
        page_theme_free(theme);
        options.language = STR("fr");
        assert_int_equal(page_theme_load(&options, &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "GATEHOUSE_LANGUAGE: there are no pages in 'fr'");
}

static void a_theme_may_have_its_own_for_a_language(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme_options options = { .dir = str_of(folder), .platform_name = STR("x") };
        struct page_theme *theme = NULL;
        char german[64];

        (void)snprintf(german, sizeof(german), "%s/de", folder);
        assert_int_equal(mkdir(german, 0700), 0);
        put("brand.html", "<b>ours</b>");
        put("de/brand.html", "<b>unseres</b>");
        theme = load(&options);
        assert_contains(shown_in(theme, LANGUAGE_ENGLISH, &out), "<b>ours</b>");
        assert_contains(shown_in(theme, LANGUAGE_GERMAN, &out), "<b>unseres</b>");
        assert_contains(strbuf_str(&out), "<h1>Melden Sie sich an</h1>");
        page_theme_free(theme);
        put("de/brand.html", "{{#open}}");
        theme = NULL;
        assert_int_equal(page_theme_load(&options, &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "brand:1: 'open' is not closed");
}

static int make_folder(void **state) {
        memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
        return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
        static const char *const files[] = { "brand.html", "slogan.html",   "setup.html",
                                             "notes.txt",  "login.html",    "de/brand.html",
                                             "ours.png",   "gatehouse.css", "Our-Font.woff2" };
        char path[256];

        for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
                unlink(path);
        }
        (void)snprintf(path, sizeof(path), "%s/de", folder);
        (void)rmdir(path);
        return rmdir(folder);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_theme_replaces_templates_one_by_one, make_folder,
                                                remove_folder),
                cmocka_unit_test_setup_teardown(a_themes_mistakes_are_told, make_folder, remove_folder),
                cmocka_unit_test_setup_teardown(a_theme_file_that_is_a_folder_or_too_large_is_refused,
                                                make_folder, remove_folder),
                cmocka_unit_test_setup_teardown(name_and_logo_are_an_operators, make_folder, remove_folder),
                cmocka_unit_test(a_logo_that_cannot_be_shown_is_told),
                cmocka_unit_test(colours_come_after_the_style_sheet),
                cmocka_unit_test(pages_are_there_in_every_language),
                cmocka_unit_test_setup_teardown(a_theme_may_have_its_own_for_a_language, make_folder,
                                                remove_folder),
                cmocka_unit_test_setup_teardown(a_themes_files_are_served_and_named, make_folder,
                                                remove_folder),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
