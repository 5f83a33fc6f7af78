#include "pages/page_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "exchange.h"
#include "pages/embed.h"
#include "unit.h"

static bool is_compressed(const struct embedded *file) {
        return str_eq(str_from(file->name, file->name.len - 3), STR(".gz"));
}

static void static_names_carry_their_contents_hash(void **state) {
        struct page_files *files = page_files_new();

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

                assert_int_equal(page_files_respond(files, file->hashed_name, STR_NULL, &x->response), 0);
                assert_int_equal(x->response.status, 200);
                assert_true(str_eq(x->response.static_body, file->bytes));
                assert_str(field(&x->response, "Cache-Control"), "public, max-age=31536000, immutable");
                assert_contains(x->response.fixed_fields, "X-Content-Type-Options: nosniff\r\n");
                assert_false(x->response.failed);
                exchange_free(x);
        }
        page_files_free(files);
}

static void static_types_follow_the_ending(void **state) {
        static const struct {
                const char *name, *type;
        } known[] = {
                { "gatehouse.css", "text/css; charset=utf-8" },
                { "gatehouse.svg", "image/svg+xml" },
                { "reference.js", "text/javascript; charset=utf-8" },
                { "swagger-ui.css.gz", "text/css; charset=utf-8" },
                { "swagger-ui-bundle.js.LICENSE.txt.gz", "text/plain; charset=utf-8" },
        };
        struct page_files *files = page_files_new();
        struct exchange *x = exchange_new();
        size_t n = 0;

        for (size_t i = 0; i < page_statics_count; i++) {
                const struct embedded *file = &page_statics[i];

                response_reset(&x->response);
                assert_int_equal(page_files_respond(files, file->hashed_name, STR_NULL, &x->response), 0);
                assert_true(str_eq(field(&x->response, "Content-Encoding"), STR("gzip")) ==
                            is_compressed(file));
                for (size_t k = 0; k < ARRAY_LENGTH(known); k++) {
                        if (!str_eq(file->name, str_of(known[k].name)))
                                continue;
                        assert_true(str_eq(field(&x->response, "Content-Type"), str_of(known[k].type)));
                        n++;
                }
        }
        assert_int_equal(n, ARRAY_LENGTH(known));
        exchange_free(x);
        page_files_free(files);
}

static void who_refuses_gzip_gets_what_it_holds(void **state) {
        _cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT(1 << 24);
        struct page_files *files = page_files_new();
        struct exchange *x = exchange_new();
        size_t n = 0;

        for (size_t i = 0; i < page_statics_count; i++) {
                const struct embedded *file = &page_statics[i];

                response_reset(&x->response);
                assert_int_equal(page_files_respond(files, file->hashed_name, STR("identity"), &x->response),
                                 0);
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
        page_files_free(files);
}

static void other_static_names_are_not_found(void **state) {
        static const char *const names[] = { "",   "gatehouse.css", "../page.c", "gatehouse.00000000.css",
                                             "\\", "%2e%2e" };
        struct page_files *files = page_files_new();
        struct exchange *x = exchange_new();

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(page_files_respond(files, str_of(names[i]), STR_NULL, &x->response),
                                 -ERR_NOT_FOUND);
        assert_int_equal(x->response.n_headers, 0);
        exchange_free(x);
        page_files_free(files);
}

static void an_operators_file_takes_the_place_of_the_programs(void **state) {
        struct page_files *files = page_files_new();
        struct exchange *x = exchange_new();
        struct str before = page_files_url(files, STR("gatehouse.css")), after;
        char old[64];

        (void)snprintf(old, sizeof(old), STR_FMT, STR_ARG(str_from(before, sizeof("/static/") - 1)));
        assert_int_equal(page_files_put(files, STR("gatehouse.css"), STR("body{}")), 0);
        after = page_files_url(files, STR("gatehouse.css"));
        assert_str(after, "/static/gatehouse.7c98040a.css");
        assert_int_equal(page_files_respond(files, str_from(after, 8), STR_NULL, &x->response), 0);
        assert_str(x->response.static_body, "body{}");
        assert_int_equal(page_files_respond(files, str_of(old), STR_NULL, &x->response), -ERR_NOT_FOUND);

        /* what the program keeps compressed, too; an operator's file never is */
        assert_int_equal(page_files_put(files, STR("swagger-ui.css"), STR("")), 0);
        response_reset(&x->response);
        after = page_files_url(files, STR("swagger-ui.css"));
        assert_int_equal(page_files_respond(files, str_from(after, 8), STR_NULL, &x->response), 0);
        assert_null(field(&x->response, "Content-Encoding").ptr);
        exchange_free(x);
        page_files_free(files);
}

static void there_is_a_greatest_number_of_files(void **state) {
        struct page_files *files = page_files_new();
        char name[16];
        int r = 0;

        for (unsigned i = 0; r == 0; i++) {
                (void)snprintf(name, sizeof(name), "%u.css", i);
                r = page_files_put(files, str_of(name), STR("x"));
                assert_true(i <= PAGE_FILES_MAX);
        }
        assert_int_equal(r, -ERR_SETTINGS);
        assert_int_equal(page_files_put(files, STR("0.css"), STR("y")), 0);
        page_files_free(files);
}

static void only_known_kinds_of_files_are_served(void **state) {
        assert_true(page_file_is_static(STR("a.css")));
        assert_true(page_file_is_static(STR("a.b.woff2")));
        assert_false(page_file_is_static(STR(".css")));
        assert_false(page_file_is_static(STR("css")));
        assert_false(page_file_is_static(STR("notes.txt")));
        assert_false(page_file_is_static(STR("a.html")));
        assert_false(page_file_is_static(STR("key.pem")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(static_names_carry_their_contents_hash),
                cmocka_unit_test(static_types_follow_the_ending),
                cmocka_unit_test(who_refuses_gzip_gets_what_it_holds),
                cmocka_unit_test(other_static_names_are_not_found),
                cmocka_unit_test(an_operators_file_takes_the_place_of_the_programs),
                cmocka_unit_test(there_is_a_greatest_number_of_files),
                cmocka_unit_test(only_known_kinds_of_files_are_served),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
