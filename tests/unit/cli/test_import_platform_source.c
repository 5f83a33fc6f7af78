#include "cli/import_platform_source.h"

#include "unit.h"

static void assert_address(const char *text, const char *url, const char *schema) {
        struct source_address address;
        char problem[SOURCE_PROBLEM_MAX];
        struct arena arena;

        arena_init(&arena, 64 * 1024);
        assert_int_equal(source_address_parse(str_of(text), &arena, &address, problem), 0);
        assert_string_equal(address.url.ptr, url);
        assert_string_equal(address.schema.ptr, schema);
        arena_done(&arena);
}

static void assert_refused(const char *text) {
        struct source_address address = { .url = STR("untouched") };
        char problem[SOURCE_PROBLEM_MAX] = "";
        struct arena arena;

        arena_init(&arena, 64 * 1024);
        assert_int_equal(source_address_parse(str_of(text), &arena, &address, problem), -ERR_SETTINGS);
        assert_str(address.url, "untouched");
        assert_true(problem[0] != '\0');
        assert_null(strstr(problem, "hunter2"));
        arena_done(&arena);
}

static void an_address_without_parameters_stays_as_it_is(void **state) {
        assert_address("postgresql://u:hunter2@h:5432/d", "postgresql://u:hunter2@h:5432/d", "public");
        assert_address("postgres://h/d", "postgres://h/d", "public");
        assert_address("postgresql://h/d?", "postgresql://h/d", "public");
}

static void what_prisma_alone_understands_is_taken_out(void **state) {
        assert_address("postgresql://h/d?schema=platform", "postgresql://h/d", "platform");
        assert_address("postgresql://h/d?schema=platform&connect_timeout=60",
                       "postgresql://h/d?connect_timeout=60", "platform");
        assert_address(
                "postgresql://h/d?sslmode=require&connection_limit=5&pgbouncer=true&schema=a_b-1&host=x",
                "postgresql://h/d?sslmode=require&host=x", "a_b-1");
        assert_address("postgresql://h/d?&&sslmode=require", "postgresql://h/d?sslmode=require", "public");
}

static void other_databases_are_refused(void **state) {
        assert_refused("mysql://u:hunter2@h/d");
        assert_refused("u:hunter2@h/d");
        assert_refused("sqlite:x");
        assert_refused("");
}

static void a_schema_that_could_be_more_than_a_name_is_refused(void **state) {
        assert_refused("postgresql://h/d?schema=");
        assert_refused("postgresql://u:hunter2@h/d?schema=a\";DROP TABLE x;--");
        assert_refused("postgresql://h/d?schema=a%22b");
        assert_refused("postgresql://h/"
                       "d?schema=0123456789012345678901234567890123456789012345678901234567890123456789");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_address_without_parameters_stays_as_it_is),
                cmocka_unit_test(what_prisma_alone_understands_is_taken_out),
                cmocka_unit_test(other_databases_are_refused),
                cmocka_unit_test(a_schema_that_could_be_more_than_a_name_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
