/* Blocks by table: the JSON files of blocks/ say what goes into a block and what must come out of it.
 *
 *   block      class name
 *   input      object
 *   outputs    array of [name, value], in their order; or
 *   error      words of the message that it fails with
 *   now        milliseconds since 1970 that the clock tells
 *   timezone   the person's */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/block.h"
#include "base/errors.h"

struct outcome {
        json_t *outputs;
};

static int64_t now;

static int64_t tell_now(const struct clock *c) {
        return now;
}

static int collect(struct block_run *run, const char *name, json_t *value) {
        struct outcome *outcome = run->yield_data;

        assert_int_equal(json_array_append_new(outcome->outputs, json_pack("[s,o]", name, value)), 0);
        return 0;
}

static const struct block *find_block(const char *name) {
        size_t n;
        const struct block *const *all = block_all(&n);

        for (size_t i = 0; i < n; i++)
                if (strcmp(all[i]->name, name) == 0)
                        return all[i];
        fail_msg("no block %s", name);
        return NULL;
}

static bool check_case(const char *file, size_t number, json_t *one) {
        struct clock clock = { .now_ms = tell_now };
        struct context context = { .clock = &clock, .random = &random_system };
        struct outcome outcome = { json_array() };
        const char *error = json_string_value(json_object_get(one, "error"));
        const char *timezone = json_string_value(json_object_get(one, "timezone"));
        struct block_run run = { .block = find_block(json_string_value(json_object_get(one, "block"))),
                                 .input = json_object_get(one, "input"),
                                 .context = &context,
                                 .timezone = str_of(timezone ? timezone : "not-set"),
                                 .deadline_us = clock_monotonic_us() + 60 * INT64_C(1000000),
                                 .yield = collect,
                                 .yield_data = &outcome };
        bool good;
        int r;

        now = json_integer_value(json_object_get(one, "now"));
        r = block_execute(&run);
        good = error ? r == -ERR_BLOCK && strstr(run.message, error)
                     : r == 0 && json_equal(outcome.outputs, json_object_get(one, "outputs"));
        if (!good) {
                char *got = json_dumps(outcome.outputs, JSON_COMPACT),
                     *input = json_dumps(run.input, JSON_COMPACT);

                print_error("%s, %zu: %s %s\n   got %d %s %s\n", file, number, run.block->name, input, r, got,
                            run.message);
                free(got);
                free(input);
        }
        json_decref(outcome.outputs);
        return good;
}

static void check_file(const char *name) {
        char path[4096];
        json_error_t error;
        json_t *cases;
        size_t bad = 0;

        snprintf(path, sizeof(path), "%s/%s.json", BLOCK_CASES, name);
        cases = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
        if (!cases)
                fail_msg("%s:%d: %s", path, error.line, error.text);
        assert_true(json_array_size(cases) > 0);
        for (size_t i = 0; i < json_array_size(cases); i++)
                bad += !check_case(name, i, json_array_get(cases, i));
        json_decref(cases);
        assert_int_equal(bad, 0);
}

static void text_blocks(void **state) {
        check_file("text");
}

static void time_blocks(void **state) {
        check_file("time");
}

static void file_blocks(void **state) {
        check_file("files");
}

/* Random tables, with what Python's csv.reader makes of them. */
static void tables_as_python_reads_them(void **state) {
        check_file("csv");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_blocks),
                cmocka_unit_test(time_blocks),
                cmocka_unit_test(file_blocks),
                cmocka_unit_test(tables_as_python_reads_them),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
