#include "pages/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "pages/embed.h"
#include "unit.h"

struct exchange {
        struct request request;
        struct response response;
};

static char folder[] = "/tmp/pages.XXXXXX"; /* a fresh theme folder for each test */
static char problem[256];

static struct str field(const struct response *res, const char *name) {
        struct str found = STR_NULL;

        for (size_t i = 0; i < res->n_headers; i++)
                if (str_eq_ignore_case(res->headers[i].name, str_of(name))) {
                        assert_null(found.ptr);
                        found = res->headers[i].value;
                }
        return found;
}

static struct exchange *exchange_new(void) {
        struct exchange *x = calloc(1, sizeof(*x));

        assert_non_null(x);
        arena_init(&x->request.arena, 65536);
        x->response.request = &x->request;
        strbuf_init(&x->response.body, 65536);
        return x;
}

static void exchange_free(struct exchange *x) {
        arena_done(&x->request.arena);
        strbuf_done(&x->response.body);
        free(x);
}

static void put(const char *name, const char *text) {
        char path[256];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static struct page_theme *load(const char *dir) {
        struct page_theme *theme = NULL;

        problem[0] = '\0';
        if (page_theme_load(str_of(dir), &theme, problem) < 0)
                fail_msg("%s", problem);
        return theme;
}

static void a_page_bears_its_headers(void **state) {
        struct page_theme *theme = load("");
        struct exchange *x = exchange_new();
        struct response *res = &x->response;

        assert_int_equal(page_respond(theme, res, 403, "signup_closed", json_object()), 0);
        assert_int_equal(res->status, 403);
        assert_false(res->failed);
        assert_str(field(res, "Content-Type"), "text/html; charset=utf-8");
        assert_str(field(res, "Content-Security-Policy"), "default-src 'none'; style-src 'self'; img-src "
                                                          "'self' data:; font-src 'self'; base-uri 'none'; "
                                                          "frame-ancestors 'none'; form-action 'self'");
        assert_str(field(res, "X-Frame-Options"), "DENY");
        assert_str(field(res, "Referrer-Policy"), "no-referrer");
        assert_contains(res->fixed_fields, "X-Content-Type-Options: nosniff\r\n");
        assert_str(field(res, "Cross-Origin-Opener-Policy"), "same-origin");
        assert_contains(field(res, "Permissions-Policy"), "camera=()");
        assert_str(field(res, "Cache-Control"), "no-store");
        assert_contains(strbuf_str(&res->body), "Sign-up is closed");
        exchange_free(x);
        page_theme_free(theme);
}

static void forms_that_end_at_an_app_are_not_held_back(void **state) {
        static const char *const pages[] = { "authorize", "login", "logout", "setup", "signup" };
        struct page_theme *theme = load("");

        for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
                struct exchange *x = exchange_new();

                assert_int_equal(page_respond(theme, &x->response, 200, pages[i], json_object()), 0);
                assert_contains(field(&x->response, "Content-Security-Policy"), "frame-ancestors 'none'");
                assert_false(
                        str_contains(field(&x->response, "Content-Security-Policy"), STR("form-action")));
                exchange_free(x);
        }
        page_theme_free(theme);
}

/* Pages whose templates have scripts, and no others, may run some. */
static void scripts_are_files_and_only_where_there_are_some(void **state) {
        struct page_theme *theme = load("");
        size_t n = 0;

        for (size_t i = 0; i < page_templates_count; i++) {
                struct exchange *x = exchange_new();
                struct str name = str_first(page_templates[i].name, page_templates[i].name.len - 5), policy;
                bool scripts = str_contains(page_templates[i].bytes, STR("<script src="));
                char text[64];

                snprintf(text, sizeof(text), STR_FMT, STR_ARG(name));
                assert_int_equal(page_respond(theme, &x->response, 200, text, json_object()), 0);
                policy = field(&x->response, "Content-Security-Policy");
                assert_true(str_contains(policy, STR("script-src 'self'")) == scripts);
                assert_true(str_contains(policy, STR("script-src")) == scripts);
                assert_true(str_contains(page_templates[i].bytes, STR("<script")) == scripts);
                assert_false(str_contains(policy, STR("unsafe")));
                n += scripts;
                exchange_free(x);
        }
        assert_true(n > 0);
        page_theme_free(theme);
}

static void a_page_that_cannot_be_made_is_an_error(void **state) {
        struct page_theme *theme = load("");
        struct exchange *x = exchange_new();

        assert_int_equal(page_respond(theme, &x->response, 200, "nowhere", json_object()), -ERR_INTERNAL);
        assert_int_equal(page_respond(theme, &x->response, 200, "login", NULL), -ERR_NO_MEMORY);
        x->response.body.max = 100;
        assert_int_equal(page_respond(theme, &x->response, 200, "login", json_object()), -ERR_NO_MEMORY);
        assert_int_equal(x->response.n_headers, 0);
        exchange_free(x);
        page_theme_free(theme);
}

static void other_answers_allow_nothing(void **state) {
        struct exchange *x = exchange_new();

        page_security_headers(&x->response);
        assert_str(field(&x->response, "Content-Security-Policy"),
                   "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assert_false(field(&x->response, "Cache-Control").ptr);
        exchange_free(x);
}

static void the_data_can_set_the_title(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme *theme = load("");
        json_t *data = json_pack("{s:s}", "title", "Own <title>");

        assert_int_equal(page_render(theme, "login", data, &out), 0);
        assert_contains(strbuf_str(&out), "<title>Own &lt;title&gt; · Gatehouse</title>");
        json_decref(data);
        page_theme_free(theme);
}

static bool is_compressed(const struct embedded *file) {
        return str_eq(str_from(file->name, file->name.len - 3), STR(".gz"));
}

static void static_names_carry_their_contents_hash(void **state) {
        for (size_t i = 0; i < page_statics_count; i++) {
                const struct embedded *file = &page_statics[i];
                struct exchange *x = exchange_new();
                struct hash hash = hash_sha256(file->bytes);
                char hex[9] = { '.' };
                struct str name = str_first(file->name, file->name.len - (is_compressed(file) ? 3 : 0));
                size_t dot = name.len;

                while (name.ptr[--dot] != '.')
                        continue;
                hex_encode(str_n(hash.bytes, 4), hex + 1);
                assert_true(str_eq(str_first(file->hashed_name, dot), str_first(name, dot)));
                assert_true(str_starts_with(str_from(file->hashed_name, dot), str_n(hex, 9)));
                assert_true(str_eq(str_from(file->hashed_name, dot + 9), str_from(name, dot)));

                assert_int_equal(page_static(file->hashed_name, STR_NULL, &x->response), 0);
                assert_int_equal(x->response.status, 200);
                assert_true(str_eq(x->response.static_body, file->bytes));
                assert_str(field(&x->response, "Cache-Control"), "public, max-age=31536000, immutable");
                assert_contains(x->response.fixed_fields, "X-Content-Type-Options: nosniff\r\n");
                assert_false(x->response.failed);
                exchange_free(x);
        }
}

static void static_types_follow_the_ending(void **state) {
        static const struct {
                const char *name, *type;
        } files[] = {
                { "gatehouse.css", "text/css; charset=utf-8" },
                { "gatehouse.svg", "image/svg+xml" },
                { "reference.js", "text/javascript; charset=utf-8" },
                { "swagger-ui.css.gz", "text/css; charset=utf-8" },
                { "swagger-ui-bundle.js.LICENSE.txt.gz", "text/plain; charset=utf-8" },
        };
        struct exchange *x = exchange_new();
        size_t n = 0;

        for (size_t i = 0; i < page_statics_count; i++) {
                const struct embedded *file = &page_statics[i];

                response_reset(&x->response);
                assert_int_equal(page_static(file->hashed_name, STR_NULL, &x->response), 0);
                assert_true(str_eq(field(&x->response, "Content-Encoding"), STR("gzip")) ==
                            is_compressed(file));
                for (size_t k = 0; k < ARRAY_LENGTH(files); k++) {
                        if (!str_eq(file->name, str_of(files[k].name)))
                                continue;
                        assert_true(str_eq(field(&x->response, "Content-Type"), str_of(files[k].type)));
                        n++;
                }
        }
        assert_int_equal(n, ARRAY_LENGTH(files));
        exchange_free(x);
}

static void who_refuses_gzip_gets_what_it_holds(void **state) {
        _cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT(1 << 24);
        struct exchange *x = exchange_new();
        size_t n = 0;

        for (size_t i = 0; i < page_statics_count; i++) {
                const struct embedded *file = &page_statics[i];

                response_reset(&x->response);
                assert_int_equal(page_static(file->hashed_name, STR("identity"), &x->response), 0);
                assert_null(field(&x->response, "Content-Encoding").ptr);
                assert_true(!is_compressed(file) == str_eq(x->response.static_body, file->bytes));
                if (!is_compressed(file))
                        continue;
                assert_str(field(&x->response, "Vary"), "Accept-Encoding");
                strbuf_reset(&again);
                assert_int_equal(gunzip_append(&again, file->bytes), 0);
                assert_true(str_eq(x->response.static_body, strbuf_str(&again)));
                n++;
        }
        assert_true(n > 0);
        exchange_free(x);
}

static void other_static_names_are_not_found(void **state) {
        static const char *const names[] = { "",   "gatehouse.css", "../page.c", "gatehouse.00000000.css",
                                             "\\", "%2e%2e" };
        struct exchange *x = exchange_new();

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(page_static(str_of(names[i]), STR_NULL, &x->response), -ERR_NOT_FOUND);
        assert_int_equal(x->response.n_headers, 0);
        exchange_free(x);
}

static void a_theme_replaces_templates_one_by_one(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        struct page_theme *theme;
        json_t *data = json_pack("{s:s}", "csrf", "<t>");

        put("brand.html", "<header>Our house {{css_url}}</header>\n{{>slogan}}\n");
        put("slogan.html", "<p>Ours</p>");
        put("setup.html", "Only {{csrf}}");
        put("notes.txt", "{{#no template}}");
        theme = load(folder);
        assert_int_equal(page_render(theme, "login", data, &out), 0);
        assert_contains(strbuf_str(&out), "<header>Our house /static/gatehouse.");
        assert_contains(strbuf_str(&out), "<p>Ours</p>");
        assert_contains(strbuf_str(&out), "Login to your account");
        strbuf_reset(&out);
        assert_int_equal(page_render(theme, "setup", data, &out), 0);
        assert_str(strbuf_str(&out), "Only &lt;t&gt;");
        json_decref(data);
        page_theme_free(theme);
}

static void a_themes_mistakes_are_told(void **state) {
        struct page_theme *theme = NULL;
        char path[64];

        put("login.html", "one\n{{#two}}\n");
        assert_int_equal(page_theme_load(str_of(folder), &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "login:2: 'two' is not closed");
        put("login.html", "one\n{{>nowhere}}\n");
        assert_int_equal(page_theme_load(str_of(folder), &theme, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "login:2: there is no template 'nowhere'");
        (void)snprintf(path, sizeof(path), "%s/absent", folder);
        assert_int_equal(page_theme_load(str_of(path), &theme, problem), -ERR_SETTINGS);
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
        assert_int_equal(page_theme_load(str_of(folder), &theme, problem), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "login.html: is larger than 262144 bytes"));
        (void)snprintf(path, sizeof(path), "%s/login.html", folder);
        assert_int_equal(remove(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(page_theme_load(str_of(folder), &theme, problem), -ERR_SETTINGS);
        assert_non_null(strstr(problem, "login.html: Is a directory"));
        assert_int_equal(rmdir(path), 0);
        page_theme_free(NULL);
}

static int make_folder(void **state) {
        memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
        return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
        static const char *const files[] = { "brand.html", "slogan.html", "setup.html", "notes.txt",
                                             "login.html" };
        char path[256];

        for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
                unlink(path);
        }
        return rmdir(folder);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_page_bears_its_headers),
                cmocka_unit_test(forms_that_end_at_an_app_are_not_held_back),
                cmocka_unit_test(scripts_are_files_and_only_where_there_are_some),
                cmocka_unit_test(a_page_that_cannot_be_made_is_an_error),
                cmocka_unit_test(other_answers_allow_nothing),
                cmocka_unit_test(the_data_can_set_the_title),
                cmocka_unit_test(static_names_carry_their_contents_hash),
                cmocka_unit_test(static_types_follow_the_ending),
                cmocka_unit_test(who_refuses_gzip_gets_what_it_holds),
                cmocka_unit_test(other_static_names_are_not_found),
                cmocka_unit_test_setup_teardown(a_theme_replaces_templates_one_by_one, make_folder,
                                                remove_folder),
                cmocka_unit_test_setup_teardown(a_themes_mistakes_are_told, make_folder, remove_folder),
                cmocka_unit_test_setup_teardown(a_theme_file_that_is_a_folder_or_too_large_is_refused,
                                                make_folder, remove_folder),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
