#include "base/strbuf.h"

#include <stdlib.h>

#include "unit.h"

static void an_empty_builder_gives_empty_text(void **state) {
        struct strbuf b;

        strbuf_init(&b, 10);
        assert_str(strbuf_str(&b), "");
        strbuf_append(&b, STR_NULL);
        assert_str(strbuf_str(&b), "");
        strbuf_done(&b);
        strbuf_done(NULL);
}

static void pieces_add_up(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(1000);

        strbuf_append(&b, STR("a"));
        strbuf_append_char(&b, '-');
        strbuf_append_uint(&b, UINT64_MAX);
        strbuf_append_char(&b, ' ');
        strbuf_append_int(&b, INT64_MIN);
        strbuf_append_int(&b, 0);
        strbuf_printf(&b, " %s%03d", "x", 7);
        assert_str(strbuf_str(&b), "a-18446744073709551615 -92233720368547758080 x007");
}

static void text_may_fill_the_maximum_exactly(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(5);

        strbuf_append(&b, STR("ab"));
        strbuf_printf(&b, "%d", 345);
        assert_str(strbuf_str(&b), "ab345");
}

static void one_byte_too_many_fails_and_changes_nothing_more(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(5);

        strbuf_append(&b, STR("abcde"));
        strbuf_append_char(&b, 'f');
        assert_true(b.failed);
        assert_null(strbuf_str(&b).ptr);
        assert_int_equal(b.len, 5);
        assert_null(strbuf_reserve(&b, 0));
        strbuf_printf(&b, "%s", "");
        assert_true(b.failed);

        strbuf_reset(&b);
        strbuf_append(&b, STR("ok"));
        assert_str(strbuf_str(&b), "ok");
}

static void a_huge_reservation_fails(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(1000);

        strbuf_append(&b, STR("x"));
        assert_null(strbuf_reserve(&b, SIZE_MAX));
        assert_true(b.failed);
}

static void growing_keeps_what_is_there(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(100000);

        for (int i = 0; i < 100000; i++)
                strbuf_append_char(&b, (char)('a' + i % 26));
        assert_false(b.failed);
        for (int i = 0; i < 100000; i++)
                assert_int_equal(b.ptr[i], 'a' + i % 26);
        assert_int_equal(b.capacity, 100000);
}

static void a_reset_keeps_the_memory(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(1000);
        const char *memory;

        strbuf_append(&b, STR("first"));
        memory = b.ptr;
        strbuf_reset(&b);
        strbuf_append(&b, STR("second"));
        assert_ptr_equal(b.ptr, memory);
        assert_str(strbuf_str(&b), "second");
}

static void percent_encoding_spares_unreserved_characters_alone(void **state) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(1000);

        strbuf_append_percent(&b, str_n("aZ09-._~ +&=/?#%\0\xff", 18), false);
        assert_str(strbuf_str(&b), "aZ09-._~%20%2B%26%3D%2F%3F%23%25%00%FF");
        strbuf_reset(&b);
        strbuf_append_percent(&b, STR("a b+c"), true);
        assert_str(strbuf_str(&b), "a+b%2Bc");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_empty_builder_gives_empty_text),
                cmocka_unit_test(pieces_add_up),
                cmocka_unit_test(text_may_fill_the_maximum_exactly),
                cmocka_unit_test(one_byte_too_many_fails_and_changes_nothing_more),
                cmocka_unit_test(a_huge_reservation_fails),
                cmocka_unit_test(growing_keeps_what_is_there),
                cmocka_unit_test(a_reset_keeps_the_memory),
                cmocka_unit_test(percent_encoding_spares_unreserved_characters_alone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
