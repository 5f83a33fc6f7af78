#include "base/memory.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>

#include "unit.h"

/* The linker leads free() here (--wrap=free): what arrives while `watching` must be zero. */
void __real_free(void *ptr);
void __wrap_free(void *ptr);

static bool watching;
static unsigned seen, dirty;

void __wrap_free(void *ptr) {
        const unsigned char *bytes = ptr;
        size_t n = watching && ptr ? malloc_usable_size(ptr) : 0;

        seen += watching && ptr;
        for (size_t i = 0; i < n; i++)
                if (bytes[i] != 0) {
                        dirty++;
                        break;
                }
        __real_free(ptr);
}

static void wiped_memory_is_zero(void **state) {
        unsigned char bytes[100];

        memset(bytes, 0xaa, sizeof(bytes));
        memory_wipe(bytes, sizeof(bytes) - 1);
        for (size_t i = 0; i < sizeof(bytes) - 1; i++)
                assert_int_equal(bytes[i], 0);
        assert_int_equal(bytes[99], 0xaa);
}

static void freed_memory_is_zeroed_to_its_end(void **state) {
        seen = dirty = 0;
        watching = true;
        for (size_t size = 1; size < 2000; size += 37) {
                char *ptr = malloc(size);

                assert_non_null(ptr);
                memset(ptr, 'x', size);
                memory_free_wiped(ptr);
        }
        memory_free_wiped(NULL);
        watching = false;
        assert_int_equal(seen, 55);
        assert_int_equal(dirty, 0);
}

static void memory_that_moves_is_zeroed_where_it_was(void **state) {
        char *ptr = NULL;

        seen = dirty = 0;
        watching = true;
        for (size_t size = 1; size < 2000; size += 37) {
                ptr = memory_realloc_wiped(ptr, size);
                assert_non_null(ptr);
                ptr[size - 1] = 'x';
                assert_int_equal(ptr[0], 'x');
        }
        ptr = memory_realloc_wiped(ptr, 1);
        assert_int_equal(*ptr, 'x');
        memory_free_wiped(ptr);
        watching = false;
        assert_int_equal(seen, 56);
        assert_int_equal(dirty, 0);
}

static void jansson_leaves_nothing_behind(void **state) {
        json_t *value;

        memory_wipe_json();
        seen = dirty = 0;
        watching = true;
        value = json_loads("{\"password\":\"correct horse battery staple\",\"list\":[1,2,3]}", 0, NULL);
        assert_non_null(value);
        assert_string_equal(json_string_value(json_object_get(value, "password")),
                            "correct horse battery staple");
        json_decref(value);
        watching = false;
        assert_true(seen > 5);
        assert_int_equal(dirty, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(wiped_memory_is_zero),
                cmocka_unit_test(freed_memory_is_zeroed_to_its_end),
                cmocka_unit_test(memory_that_moves_is_zeroed_where_it_was),
                cmocka_unit_test(jansson_leaves_nothing_behind),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
