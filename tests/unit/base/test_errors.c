#include "base/errors.h"

#include "unit.h"

static void a_result_leads_to_its_row(void **state) {
        const struct error_row *row = error_row(-ERR_CODE_SPENT);

        assert_string_equal(row->name, "CODE_SPENT");
        assert_int_equal(row->json_status, 400);
        assert_str(row->oauth_code, "invalid_grant");
}

static void what_is_no_error_is_an_internal_one(void **state) {
        static const int results[] = { 0, 1, 500, -(int)ERR_COUNT, -100000, INT32_MIN, INT32_MAX };

        for (size_t i = 0; i < ARRAY_LENGTH(results); i++)
                assert_string_equal(error_row(results[i])->name, "INTERNAL");
}

static void every_row_is_complete(void **state) {
        for (int i = 1; i < ERR_COUNT; i++) {
                const struct error_row *row = error_row(-i);

                assert_true(strlen(row->name) > 0);
                assert_in_range(row->json_status, 400, 599);
                assert_in_range(row->other_status, 400, 599);
                assert_non_null(row->oauth_code.ptr);
                assert_true(row->text.len > 0);
                assert_false(str_has_control(row->text));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_result_leads_to_its_row),
                cmocka_unit_test(what_is_no_error_is_an_internal_one),
                cmocka_unit_test(every_row_is_complete),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
