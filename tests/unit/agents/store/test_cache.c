#include "agents/store/cache.h"

#include <stdio.h>

#include "unit.h"

static bool finds(struct store_cache *cache, int64_t generation, const char *key, const char *wanted) {
        struct strbuf out = STRBUF_INIT(1 << 20);
        bool found = store_cache_find(cache, generation, str_of(key), &out);

        if (found && wanted)
                assert_true(str_eq(strbuf_str(&out), str_of(wanted)));
        strbuf_done(&out);
        return found;
}

static void what_is_kept_is_found_until_the_store_changes(void **state) {
        struct store_cache *cache = store_cache_new(1 << 20);

        assert_false(finds(cache, 1, "a", NULL));
        store_cache_keep(cache, 1, STR("a"), STR("one"));
        assert_true(finds(cache, 1, "a", "one"));
        assert_false(finds(cache, 1, "b", NULL));
        assert_false(finds(cache, 2, "a", NULL));
        assert_false(finds(cache, 1, "a", NULL)); /* whoever looks at what is over has it made */
        store_cache_keep(cache, 1, STR("a"), STR("old"));
        assert_false(finds(cache, 2, "a", NULL));
        (void)store_cache_free(cache);
}

static void what_was_not_used_for_longest_goes(void **state) {
        struct store_cache *cache = store_cache_new(64 * 1024);
        char key[16], value[1000];

        memset(value, 'x', sizeof(value));
        for (int i = 0; i < 200; i++) {
                (void)snprintf(key, sizeof(key), "%d", i);
                store_cache_keep(cache, 1, str_of(key), str_n(value, sizeof(value)));
                assert_true(finds(cache, 1, "0", NULL)); /* asked for all the time */
        }
        assert_true(finds(cache, 1, "199", NULL));
        assert_false(finds(cache, 1, "1", NULL));
        (void)store_cache_free(cache);
}

static void what_is_too_large_is_not_kept(void **state) {
        struct store_cache *cache = store_cache_new(16 * 1024);
        char value[2000] = "";

        store_cache_keep(cache, 1, STR("large"), str_n(value, sizeof(value)));
        assert_false(finds(cache, 1, "large", NULL));
        (void)store_cache_free(cache);
        assert_null(store_cache_free(NULL));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_kept_is_found_until_the_store_changes),
                cmocka_unit_test(what_was_not_used_for_longest_goes),
                cmocka_unit_test(what_is_too_large_is_not_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
