#include "block_cases.h"
#include "unit.h"

static void a_data_uri_is_kept_as_it_is(void **state) {
        CHECK_BLOCKS({ "FileStoreBlock", "{\"file_in\":\"data:text/plain;base64,aGVsbG8=\"}",
                       "[[\"file_out\",\"data:text/plain;base64,aGVsbG8=\"]]" },
                     { "FileStoreBlock", "{\"file_in\":\"data:,a%20b\",\"base_64\":true}",
                       "[[\"file_out\",\"data:,a%20b\"]]" },
                     { "AgentFileInputBlock", "{\"name\":\"n\",\"value\":\"data:,x\"}",
                       "[[\"result\",\"data:,x\"]]" },
                     { "AgentFileInputBlock", "{\"name\":\"n\"}", "[]" }, );
}

static void what_is_no_file_fails(void **state) {
        CHECK_BLOCKS(
                { "FileStoreBlock", "{\"file_in\":\"/etc/passwd\"}",
                  "!file_in is neither a data: URI nor an http or https address" },
                { "FileStoreBlock", "{\"file_in\":\"file:///etc/passwd\"}", "!neither a data: URI" },
                { "FileStoreBlock", "{\"file_in\":\"\"}", "!neither a data: URI" },
                { "FileStoreBlock", "{\"file_in\":\"data:text/plain;base64,%%\"}", "!file_in: " },
                { "FileStoreBlock", "{\"file_in\":\"data:text/plain\"}", "!file_in: " },
                { "FileStoreBlock", "{\"file_in\":7}", "!file_in: " },
                { "AgentFileInputBlock", "{\"name\":\"n\",\"value\":\"x.txt\"}", "!value is neither" }, );
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_data_uri_is_kept_as_it_is),
                cmocka_unit_test(what_is_no_file_fails),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
