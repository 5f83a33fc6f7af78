#include "agents/value/file.h"

#include "unit.h"

static void reads(const char *uri, const char *type, const char *name, const char *bytes) {
        struct file file;
        const char *problem;

        assert_int_equal(file_read(str_of(uri), &file, &problem), 0);
        assert_string_equal(file.type, type);
        assert_string_equal(file.name, name);
        assert_int_equal(file.len, strlen(bytes));
        assert_memory_equal(file.bytes, bytes, file.len + 1);
        file_end(&file);
}

static void refuses(const char *uri) {
        struct file file = FILE_EMPTY;
        const char *problem = NULL;

        assert_int_equal(file_read(str_of(uri), &file, &problem), -ERR_BLOCK);
        assert_non_null(problem);
        assert_null(file.bytes);
}

static void data_uris_are_read(void **state) {
        reads("data:,", "text/plain", "", "");
        reads("data:,a%20b%2C%c3%a9", "text/plain", "", "a b,\xc3\xa9");
        reads("DATA:text/csv;charset=utf-8;base64,YSxi", "text/csv", "", "a,b");
        reads("data:image/svg+xml;name=a%20b.svg;base64,PC8+", "image/svg+xml", "a b.svg", "</>");
}

static void others_are_refused(void **state) {
        refuses("");
        refuses("data:");
        refuses("https://example.org/a.txt");
        refuses("/etc/passwd");
        refuses("data:text,x");
        refuses("data:text/plain;base64,YSx");
        refuses("data:text/plain;base64,Y Sxi");
        refuses("data:,%2");
        refuses("data:,%zz");
        refuses("data:;name=%0a,x");
        refuses("data:;name=%ff,x");
}

static void too_large_a_file_is_refused(void **state) {
        size_t len = FILE_BYTES_MAX + 10;
        char *uri = malloc(len + 1);

        memset(uri, 'a', len);
        memcpy(uri, "data:,", 6);
        uri[len] = '\0';
        refuses(uri);
        uri[6 + FILE_BYTES_MAX] = '\0';
        {
                struct file file;
                const char *problem;

                assert_int_equal(file_read(str_of(uri), &file, &problem), 0);
                file_end(&file);
        }
        free(uri);
}

static void what_was_written_reads_the_same(void **state) {
        json_auto_t *value =
                file_value(STR("application/pdf"), STR("R\xc3\xa9sum\xc3\xa9; 1.pdf"), str_n("\0\1\xff", 3));
        struct file file;
        const char *problem;

        assert_int_equal(file_read(str_of(json_string_value(value)), &file, &problem), 0);
        assert_string_equal(file.type, "application/pdf");
        assert_string_equal(file.name, "R\xc3\xa9sum\xc3\xa9; 1.pdf");
        assert_int_equal(file.len, 3);
        assert_memory_equal(file.bytes, "\0\1\xff", 3);
        file_end(&file);
}

static void a_strange_type_is_not_written(void **state) {
        json_auto_t *value = file_value(STR("text/plain;x,y"), STR(""), STR("x"));

        assert_string_equal(json_string_value(value), "data:application/octet-stream;base64,eA==");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(data_uris_are_read),
                cmocka_unit_test(others_are_refused),
                cmocka_unit_test(too_large_a_file_is_refused),
                cmocka_unit_test(what_was_written_reads_the_same),
                cmocka_unit_test(a_strange_type_is_not_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
