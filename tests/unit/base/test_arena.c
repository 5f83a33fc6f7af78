#include "base/arena.h"

#include "unit.h"

static void memory_is_zeroed_and_aligned(void **state) {
        struct arena a;

        arena_init(&a, 100000);
        for (size_t size = 1; size < 200; size++) {
                unsigned char *p = arena_alloc(&a, size);

                assert_non_null(p);
                assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
                for (size_t i = 0; i < size; i++)
                        assert_int_equal(p[i], 0);
                memset(p, 0xaa, size);
        }
        arena_done(&a);
}

static void memory_is_zero_again_after_a_reset(void **state) {
        struct arena a;
        unsigned char *first, *again;

        arena_init(&a, 100000);
        first = arena_alloc(&a, 1000);
        assert_non_null(first);
        memset(first, 0xaa, 1000);
        arena_reset(&a);
        assert_int_equal(first[999], 0); /* the block is kept, and zeroed at once */
        again = arena_alloc(&a, 1000);
        assert_ptr_equal(again, first);
        for (size_t i = 0; i < 1000; i++)
                assert_int_equal(again[i], 0);
        arena_done(&a);
}

static void allocations_do_not_overlap(void **state) {
        struct arena a;
        char *parts[300];

        arena_init(&a, 1 << 20);
        for (int i = 0; i < 300; i++) {
                parts[i] = arena_alloc(&a, 33);
                assert_non_null(parts[i]);
                memset(parts[i], i & 0x7f, 33);
        }
        for (int i = 0; i < 300; i++)
                for (int k = 0; k < 33; k++)
                        assert_int_equal(parts[i][k], i & 0x7f);
        arena_done(&a);
}

static void the_maximum_holds(void **state) {
        struct arena a;

        arena_init(&a, 10000);
        assert_null(arena_alloc(&a, 10001));
        assert_null(arena_alloc(&a, SIZE_MAX));
        assert_non_null(arena_alloc(&a, 6000));
        assert_non_null(arena_alloc(&a, 4000));
        assert_null(arena_alloc(&a, 1));
        assert_true(a.total <= 10000);
        arena_reset(&a);
        assert_non_null(arena_alloc(&a, 10000));
        arena_done(&a);
        assert_int_equal(a.total, 0);
}

static void a_maximum_below_a_block_can_be_used_up(void **state) {
        struct arena a;

        arena_init(&a, 100);
        assert_non_null(arena_alloc(&a, 60));
        assert_null(arena_alloc(&a, 60));
        assert_non_null(arena_alloc(&a, 30));
        arena_done(&a);
}

static void a_reset_keeps_one_standard_block(void **state) {
        struct arena a;

        arena_init(&a, 1 << 20);
        arena_reset(&a); /* of an empty one: nothing happens */
        assert_non_null(arena_alloc(&a, 100));
        assert_non_null(arena_alloc(&a, 100000));
        assert_non_null(arena_alloc(&a, 100));
        arena_reset(&a);
        assert_true(a.total > 0 && a.total <= 4096);
        arena_done(&a);

        assert_non_null(arena_alloc(&a, 100000)); /* the first block is a large one: not kept */
        arena_reset(&a);
        assert_int_equal(a.total, 0);
        arena_done(&a);
}

static void an_array_too_large_for_size_t_is_refused(void **state) {
        struct arena a;

        arena_init(&a, SIZE_MAX);
        assert_null(arena_alloc_array(&a, SIZE_MAX / 2, 3));
        assert_non_null(arena_alloc_array(&a, 10, 3));
        arena_done(&a);
}

static void a_copy_ends_in_nul(void **state) {
        struct arena a;
        struct str copy;

        arena_init(&a, 4096);
        copy = arena_copy(&a, str_n("abcdef", 3));
        assert_str(copy, "abc");
        assert_int_equal(copy.ptr[3], '\0');
        copy = arena_copy(&a, STR("0123456789abcdef")); /* its NUL is the first byte of the next 16 */
        memset(arena_new(&a, char), 'x', 1);
        assert_string_equal(copy.ptr, "0123456789abcdef");
        copy = arena_copy(&a, STR_NULL);
        assert_str(copy, "");
        assert_null(arena_copy(&a, str_n("", 5000)).ptr);
        arena_done(&a);
}

static void formatted_text_has_its_length(void **state) {
        struct arena a;

        arena_init(&a, 4096);
        assert_str(arena_printf(&a, "%d-%s", 42, "x"), "42-x");
        assert_null(arena_printf(&a, "%5000d", 1).ptr);
        arena_done(&a);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(memory_is_zeroed_and_aligned),
                cmocka_unit_test(memory_is_zero_again_after_a_reset),
                cmocka_unit_test(allocations_do_not_overlap),
                cmocka_unit_test(the_maximum_holds),
                cmocka_unit_test(a_maximum_below_a_block_can_be_used_up),
                cmocka_unit_test(a_reset_keeps_one_standard_block),
                cmocka_unit_test(an_array_too_large_for_size_t_is_refused),
                cmocka_unit_test(a_copy_ends_in_nul),
                cmocka_unit_test(formatted_text_has_its_length),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
