#include "agents/block.h"

#include "agents/block_schema.h"
#include "base/clock.h"
#include "base/errors.h"
#include "block_fixture.h"
#include "unit.h"

static const struct block_field inputs[] = {
        { "count", "{\"type\":\"integer\"}", NULL, NULL, FIELD_REQUIRED },
        { "text", "{\"type\":\"string\"}", "\"t\"", NULL, 0 },
};

static const struct block_field outputs[] = {
        { "text", "{\"type\":\"string\"}", NULL, NULL, 0 },
        { "input", "{}", NULL, NULL, 0 },
};

/* Yields its whole input, then `text` as often as asked for. */
static int run_repeat(struct block_run *run) {
        json_int_t n = json_integer_value(json_object_get(run->input, "count"));
        int r;

        r = block_yield(run, "input", json_copy(run->input));
        for (json_int_t i = 0; i < n && r == 0; i++)
                r = block_yield(run, "text", json_incref(json_object_get(run->input, "text")));
        return r;
}

static int run_wrong_type(struct block_run *run) {
        return block_yield(run, "text", json_integer(1));
}

static int run_wrong_name(struct block_run *run) {
        return block_yield(run, "nothing", json_null());
}

static int run_error(struct block_run *run) {
        return block_yield(run, "error", json_string("went wrong"));
}

static int run_deep(struct block_run *run) {
        json_t *value = json_array();

        for (int i = 0; i < 200; i++)
                value = json_pack("[o]", value);
        return block_yield(run, "input", value);
}

static int run_long_message(struct block_run *run) {
        char text[3 * BLOCK_MESSAGE_MAX + 1];

        for (size_t i = 0; i < BLOCK_MESSAGE_MAX; i++)
                memcpy(text + 3 * i, "\xe2\x82\xac", 4);
        return block_fail(run, "x%s", text);
}

static struct block block_with(int (*run)(struct block_run *run)) {
        return (struct block){ .id = "11111111-2222-3333-4444-555555555555",
                               .name = "TestBlock",
                               .description = "t",
                               .categories = CATEGORY_BASIC,
                               .inputs = inputs,
                               .n_inputs = ARRAY_LENGTH(inputs),
                               .outputs = outputs,
                               .n_outputs = ARRAY_LENGTH(outputs),
                               .run = run };
}

/* Blocks live as long as their schemas do. */
#define TEST_BLOCK(run)                        \
        ({                                     \
                static struct block block_;    \
                block_ = block_with(run);      \
                (const struct block *)&block_; \
        })

static void assert_fails(const struct block *block, const char *input, const char *wanted) {
        struct block_run run;

        block_run_begin(&run, block, input);
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        if (!strstr(run.message, wanted))
                fail_msg("wanted \"%s\", got \"%s\"", wanted, run.message);
        block_run_end(&run);
}

static void defaults_are_filled_in_and_the_rest_dropped(void **state) {
        struct block_run run;
        json_t *seen;

        block_run_begin(&run, TEST_BLOCK(run_repeat), "{\"count\":2.0,\"text\":null,\"unknown\":1}");
        assert_int_equal(block_execute(&run), 0);
        seen = json_array_get(json_array_get(run.yield_data, 0), 1);
        assert_int_equal(json_object_size(seen), 2);
        assert_true(json_is_integer(json_object_get(seen, "count")));
        assert_string_equal(json_string_value(json_object_get(seen, "text")), "t");
        assert_int_equal(json_array_size(run.yield_data), 3);
        assert_int_equal(json_object_size(run.input), 3);
        block_run_end(&run);
}

static void bad_input_is_told_in_the_platforms_words(void **state) {
        assert_fails(TEST_BLOCK(run_repeat), "{\"text\":1}",
                     "raised by TestBlock with message: Unable to execute block with invalid input data: ");
        assert_fails(TEST_BLOCK(run_repeat), "{\"text\":1}", "; ");
        assert_fails(TEST_BLOCK(run_repeat), "{\"count\":\"1\"}", "count: ");
        assert_fails(TEST_BLOCK(run_repeat), "{\"count\":1,\"text\":[]}",
                     ". block_id: 11111111-2222-3333-4444-555555555555");
}

static void bad_output_fails_a_standard_block(void **state) {
        assert_fails(TEST_BLOCK(run_wrong_type), "{\"count\":1}",
                     "Block produced an invalid output data: text: ");
        assert_fails(TEST_BLOCK(run_wrong_name), "{\"count\":1}",
                     "Block produced an invalid output data: Invalid property name nothing");
        assert_fails(TEST_BLOCK(run_deep), "{\"count\":1}", "levels of lists");
}

static void an_error_that_is_yielded_fails_the_block(void **state) {
        assert_fails(TEST_BLOCK(run_error), "{\"count\":1}", "with message: went wrong. block_id");
}

static void other_kinds_yield_what_they_like(void **state) {
        static struct block block;
        struct block_run run;

        block = block_with(run_wrong_type);
        block.ui = BLOCK_UI_AI;
        block_run_begin(&run, &block, "{\"count\":1}");
        assert_int_equal(block_execute(&run), 0);
        block_run_end(&run);
}

static void a_message_is_cut_at_a_whole_character(void **state) {
        struct block_run run;

        block_run_begin(&run, TEST_BLOCK(run_long_message), "{\"count\":1}");
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        assert_true(str_is_utf8(str_of(run.message)));
        assert_true(strlen(run.message) > BLOCK_MESSAGE_MAX - 10);
        assert_non_null(strstr(run.message, "\xe2\x82\xac. block_id: 11111111-2222-3333-4444-555555555555"));
        block_run_end(&run);
}

static void outputs_are_limited_in_number_and_size(void **state) {
        static char text[1024 * 1024];
        struct block_run run;

        assert_fails(TEST_BLOCK(run_repeat), "{\"count\":100000}", "yields more than 100000 values");
        memset(text, 'a', sizeof(text));
        block_run_begin(&run, TEST_BLOCK(run_repeat), "{\"count\":5}");
        json_object_set_new(run.input, "text", json_stringn(text, sizeof(text)));
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        assert_non_null(strstr(run.message, "yields more than 4 MiB"));
        block_run_end(&run);
}

static void a_run_ends_when_it_is_told_to_or_late(void **state) {
        atomic_bool stop = true;
        struct block_run run;

        block_run_begin(&run, TEST_BLOCK(run_repeat), "{\"count\":1}");
        run.stop = &stop;
        assert_int_equal(block_execute(&run), -ERR_STOPPED);
        run.stop = NULL;
        run.deadline_us = clock_monotonic_us() - 1;
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        assert_non_null(strstr(run.message, "took too long"));
        run.deadline_us = clock_monotonic_us() + 60000000;
        assert_int_equal(block_execute(&run), 0);
        block_run_end(&run);
}

static void a_schema_says_what_editors_show(void **state) {
        const struct block_schema *schema, *again;
        const struct block *block = TEST_BLOCK(run_repeat);
        json_t *count, *text, *error;

        assert_int_equal(block_schema_of(block, &schema), 0);
        assert_int_equal(block_schema_of(block, &again), 0);
        assert_ptr_equal(schema, again);
        count = json_object_get(json_object_get(schema->input, "properties"), "count");
        text = json_object_get(json_object_get(schema->input, "properties"), "text");
        error = json_object_get(json_object_get(schema->output, "properties"), "error");
        assert_string_equal(json_string_value(json_object_get(count, "title")), "Count");
        assert_true(json_is_false(json_object_get(count, "secret")));
        assert_true(json_is_false(json_object_get(count, "advanced")));
        assert_null(json_object_get(count, "default"));
        assert_true(json_is_true(json_object_get(text, "advanced")));
        assert_string_equal(json_string_value(json_object_get(text, "default")), "t");
        assert_string_equal(json_string_value(json_object_get(error, "type")), "string");
        assert_int_equal(json_array_size(json_object_get(schema->input, "required")), 1);
        assert_int_equal(json_array_size(json_object_get(schema->output, "required")), 2);
}

static void a_malformed_entry_is_an_error_of_its_own(void **state) {
        static const struct block_field broken[] = { { "a", "{\"type\":", NULL, NULL, 0 } };
        static const struct block_field impossible[] = { { "a", "{\"type\":\"text\"}", NULL, NULL, 0 } };
        const struct block_schema *schema;
        static struct block block, other;

        block = block_with(run_repeat);
        block.inputs = broken;
        block.n_inputs = 1;
        assert_int_equal(block_schema_of(&block, &schema), -ERR_SCHEMA);
        other = block;
        other.inputs = impossible;
        assert_int_equal(block_schema_of(&other, &schema), -ERR_SCHEMA);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(defaults_are_filled_in_and_the_rest_dropped),
                cmocka_unit_test(bad_input_is_told_in_the_platforms_words),
                cmocka_unit_test(bad_output_fails_a_standard_block),
                cmocka_unit_test(an_error_that_is_yielded_fails_the_block),
                cmocka_unit_test(other_kinds_yield_what_they_like),
                cmocka_unit_test(a_message_is_cut_at_a_whole_character),
                cmocka_unit_test(outputs_are_limited_in_number_and_size),
                cmocka_unit_test(a_run_ends_when_it_is_told_to_or_late),
                cmocka_unit_test(a_schema_says_what_editors_show),
                cmocka_unit_test(a_malformed_entry_is_an_error_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
