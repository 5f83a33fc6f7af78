#include "base/json_pointer.h"

#include "unit.h"

static json_t *document;

static const char *at(const char *pointer) {
        return json_string_value(json_pointer_find(document, str_of(pointer)));
}

static void names_and_indexes_lead_down(void **state) {
        assert_ptr_equal(json_pointer_find(document, STR("")), document);
        assert_string_equal(at("/a/1/b"), "deep");
        assert_string_equal(at("/"), "empty");
        assert_null(json_pointer_find(document, STR("/a/2")));
        assert_null(json_pointer_find(document, STR("/a/01")));
        assert_null(json_pointer_find(document, STR("/a/-")));
        assert_null(json_pointer_find(document, STR("/a/1/b/c")));
        assert_null(json_pointer_find(document, STR("/c")));
        assert_null(json_pointer_find(document, STR("a")));
}

static void escapes_are_decoded_in_their_order(void **state) {
        assert_string_equal(at("/~1me~1"), "slashes");
        assert_string_equal(at("/%7E1me%2f"), "slashes");
        assert_string_equal(at("/~01"), "tilde");
        assert_string_equal(at("/a%20b"), "space");
        assert_null(at("/~2"));
        assert_null(at("/~"));
        assert_null(at("/%2"));
        assert_null(at("/%00"));
}

static int setup(void **state) {
        document = json_pack("{s:[i, {s:s}], s:s, s:s, s:s, s:s}", "a", 1, "b", "deep", "", "empty", "/me/",
                             "slashes", "~1", "tilde", "a b", "space");
        return document ? 0 : -1;
}

static int teardown(void **state) {
        json_decref(document);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_and_indexes_lead_down),
                cmocka_unit_test(escapes_are_decoded_in_their_order),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
