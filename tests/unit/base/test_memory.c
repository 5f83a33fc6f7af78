#include "base/memory.h"

#include <jansson.h>
#include <stdlib.h>

#include "unit.h"

static void wiped_memory_is_zero(void **state) {
        unsigned char bytes[100];

        memset(bytes, 0xaa, sizeof(bytes));
        memory_wipe(bytes, sizeof(bytes) - 1);
        for (size_t i = 0; i < sizeof(bytes) - 1; i++)
                assert_int_equal(bytes[i], 0);
        assert_int_equal(bytes[99], 0xaa);
}

static void nothing_can_be_freed(void **state) {
        memory_free_wiped(NULL);
        memory_free_wiped(malloc(0));
        memory_free_wiped(malloc(1000));
}

static void jansson_frees_through_us(void **state) {
        json_malloc_t allocate;
        json_free_t release;
        json_t *value;

        memory_wipe_json();
        json_get_alloc_funcs(&allocate, &release);
        assert_ptr_equal(release, memory_free_wiped);

        value = json_loads("{\"password\":\"correct horse battery staple\",\"list\":[1,2,3]}", 0, NULL);
        assert_non_null(value);
        assert_string_equal(json_string_value(json_object_get(value, "password")),
                            "correct horse battery staple");
        json_decref(value);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(wiped_memory_is_zero),
                cmocka_unit_test(nothing_can_be_freed),
                cmocka_unit_test(jansson_frees_through_us),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
