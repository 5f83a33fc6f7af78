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

static void sampling_block(void **state) {
        check_file("sampling");
}

/* The sample of a method over n items {"i": 0, "g": 0, "w": 1} …, with a seed; the indexes, a new reference. */
static json_t *sample(const char *method, size_t n, size_t size, int seed) {
        struct context context = { .random = &random_system };
        struct outcome outcome = { json_array() };
        json_t *data = json_array(), *input, *indexes;
        struct block_run run = { .block = find_block("DataSamplingBlock"),
                                 .context = &context,
                                 .yield = collect,
                                 .yield_data = &outcome };

        for (size_t i = 0; i < n; i++)
                json_array_append_new(data,
                                      json_pack("{s:i,s:i,s:i}", "i", (int)i, "g", (int)(i % 3), "w", 1));
        input = json_pack("{s:o,s:i,s:s,s:i,s:s,s:s,s:s}", "data", data, "sample_size", (int)size,
                          "sampling_method", method, "random_seed", seed, "stratify_key", "g", "weight_key",
                          "w", "cluster_key", "g");
        run.input = input;
        assert_int_equal(block_execute(&run), 0);
        indexes = json_incref(json_array_get(json_array_get(outcome.outputs, 1), 1));
        assert_int_equal(json_array_size(indexes), size);
        for (size_t i = 0; i < size; i++) {
                json_int_t index = json_integer_value(json_array_get(indexes, i));
                const json_t *item = json_array_get(json_array_get(json_array_get(outcome.outputs, 0), 1), i);

                assert_in_range(index, 0, n - 1);
                assert_int_equal(json_integer_value(json_object_get(item, "i")), index);
        }
        json_decref(outcome.outputs);
        json_decref(input);
        return indexes;
}

static bool has_duplicates(const json_t *indexes) {
        for (size_t i = 0; i < json_array_size(indexes); i++)
                for (size_t k = i + 1; k < json_array_size(indexes); k++)
                        if (json_equal(json_array_get(indexes, i), json_array_get(indexes, k)))
                                return true;
        return false;
}

static void a_seed_makes_the_same_sample_again(void **state) {
        static const char *const methods[] = { "random",   "systematic", "stratified",
                                               "weighted", "reservoir",  "cluster" };

        for (size_t m = 0; m < ARRAY_LENGTH(methods); m++)
                for (int seed = 0; seed < 20; seed++) {
                        size_t n = 7 + (size_t)seed * 5, size = 1 + (size_t)seed % 7;
                        json_t *one = sample(methods[m], n, size, seed),
                               *again = sample(methods[m], n, size, seed);

                        assert_true(json_equal(one, again));
                        assert_true(strcmp(methods[m], "weighted") == 0 || !has_duplicates(one));
                        json_decref(one);
                        json_decref(again);
                }
}

/* Each of 9 items about as often, in 3000 samples of 3; and each stratum once. */
static void samples_are_fair(void **state) {
        static const char *const methods[] = { "random", "stratified", "weighted", "reservoir",
                                               "systematic" };

        for (size_t m = 0; m < ARRAY_LENGTH(methods); m++) {
                int hits[9] = { 0 };

                for (int seed = 0; seed < 3000; seed++) {
                        json_t *indexes = sample(methods[m], 9, 3, seed);
                        unsigned strata = 0;

                        for (size_t i = 0; i < 3; i++) {
                                json_int_t index = json_integer_value(json_array_get(indexes, i));

                                hits[index]++;
                                strata |= 1u << index % 3;
                        }
                        assert_true(strcmp(methods[m], "stratified") != 0 || strata == 7);
                        json_decref(indexes);
                }
                for (size_t i = 0; i < 9; i++)
                        assert_in_range(hits[i], 850, 1150);
        }
}

static void a_countdown_stops_when_it_is_told_to(void **state) {
        atomic_bool stop = true;
        struct context context = { 0 };
        struct outcome outcome = { json_array() };
        json_t *input = json_pack("{s:i}", "days", 7);
        struct block_run run = { .block = find_block("CountdownTimerBlock"),
                                 .input = input,
                                 .context = &context,
                                 .stop = &stop,
                                 .yield = collect,
                                 .yield_data = &outcome };

        assert_int_equal(block_execute(&run), -ERR_STOPPED);
        stop = false;
        run.deadline_us = clock_monotonic_us() - 1;
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        assert_int_equal(json_array_size(outcome.outputs), 0);
        json_decref(outcome.outputs);
        json_decref(input);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_blocks),
                cmocka_unit_test(time_blocks),
                cmocka_unit_test(file_blocks),
                cmocka_unit_test(sampling_block),
                cmocka_unit_test(a_seed_makes_the_same_sample_again),
                cmocka_unit_test(samples_are_fair),
                cmocka_unit_test(a_countdown_stops_when_it_is_told_to),
                cmocka_unit_test(tables_as_python_reads_them),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
