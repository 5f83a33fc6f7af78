/* Blocks by table: the JSON files of blocks/ say what goes into a block and what must come out of it.
 *
 *   holds      what the case shows, for who reads it; not looked at
 *   block      class name
 *   input      object
 *   outputs    array of [name, value], in their order; or
 *   error      words of the message that it fails with
 *   now        milliseconds since 1970 that the clock tells
 *   timezone   the person's */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/value/value.h"
#include "base/errors.h"
#include "block_fixture.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

static int64_t now;

static int64_t tell_now(const struct clock *c) {
        return now;
}

/* Whether two values are written alike: members in the same order, 1 and 1.0 apart; infinity and NaN are null. */
static bool same(const json_t *a, const json_t *b) {
        struct strbuf one = STRBUF_INIT(TEXT_MAX), other = STRBUF_INIT(TEXT_MAX);
        bool r;

        value_write(&one, a, VALUE_COMPACT);
        value_write(&other, b, VALUE_COMPACT);
        r = !one.failed && !other.failed && str_eq(strbuf_str(&one), strbuf_str(&other));
        strbuf_done(&one);
        strbuf_done(&other);
        return r;
}

static void tell_bad(const char *file, size_t number, const json_t *one, const struct block_run *run, int r) {
        struct strbuf got = STRBUF_INIT(TEXT_MAX);

        value_write(&got, run->yield_data, VALUE_COMPACT);
        print_error("%s, %zu: %s: %s\n   got %d " STR_FMT " %s\n", file, number, run->block->name,
                    json_string_value(json_object_get(one, "holds")), r, STR_ARG(strbuf_str(&got)),
                    run->message);
        strbuf_done(&got);
}

static bool check_case(const char *file, size_t number, json_t *one) {
        struct clock clock = { .now_ms = tell_now };
        struct context context = { .clock = &clock, .random = &random_system };
        const char *error = json_string_value(json_object_get(one, "error"));
        const char *timezone = json_string_value(json_object_get(one, "timezone"));
        json_t *input = json_object_get(one, "input"), *before = json_deep_copy(input);
        struct block_run run;
        bool good;
        int r;

        block_run_begin(&run, block_named(json_string_value(json_object_get(one, "block"))), "{}");
        json_decref(run.input);
        run.input = json_incref(input);
        run.context = &context;
        run.timezone = str_of(timezone ? timezone : "not-set");
        run.deadline_us = clock_monotonic_us() + 60 * INT64_C(1000000);
        now = json_integer_value(json_object_get(one, "now"));
        r = block_execute(&run);
        good = error ? r == -ERR_BLOCK && strstr(run.message, error)
                     : r == 0 && same(run.yield_data, json_object_get(one, "outputs"));
        good = good && json_equal(before, input); /* values are shared: no block may change its input */
        if (!good)
                tell_bad(file, number, one, &run, r);
        json_decref(before);
        block_run_end(&run);
        return good;
}

static json_t *read_cases(const char *name) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX);
        char path[4096], problem[VALUE_PROBLEM_MAX] = "", part[65536];
        json_t *cases = NULL;
        size_t n;
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s.json", BLOCK_CASES, name);
        f = fopen(path, "re");
        assert_non_null(f);
        while ((n = fread(part, 1, sizeof(part), f)) > 0)
                strbuf_append(&text, str_n(part, n));
        fclose(f);
        if (value_parse(strbuf_str(&text), true, &cases, problem) < 0)
                fail_msg("%s: %s", path, problem);
        return cases;
}

static void check_file(void **state) {
        const char *name = *state;
        json_t *cases = read_cases(name);
        size_t bad = 0;

        assert_true(json_array_size(cases) > 0);
        for (size_t i = 0; i < json_array_size(cases); i++)
                bad += !check_case(name, i, json_array_get(cases, i));
        json_decref(cases);
        assert_int_equal(bad, 0);
}

/* The sample of a method over n items {"i": 0, "g": 0, "w": 1} …, with a seed; the indexes, a new reference. */
static json_t *sample(const char *method, size_t n, size_t size, int seed) {
        struct context context = { .random = &random_system };
        json_t *data = json_array(), *indexes;
        struct block_run run;

        for (size_t i = 0; i < n; i++)
                json_array_append_new(data,
                                      json_pack("{s:i,s:i,s:i}", "i", (int)i, "g", (int)(i % 3), "w", 1));
        block_run_begin(&run, block_named("DataSamplingBlock"), "{}");
        run.context = &context;
        json_decref(run.input);
        run.input = json_pack("{s:o,s:i,s:s,s:i,s:s,s:s,s:s}", "data", data, "sample_size", (int)size,
                              "sampling_method", method, "random_seed", seed, "stratify_key", "g",
                              "weight_key", "w", "cluster_key", "g");
        assert_int_equal(block_execute(&run), 0);
        indexes = json_incref(json_array_get(json_array_get((json_t *)run.yield_data, 1), 1));
        assert_int_equal(json_array_size(indexes), size);
        for (size_t i = 0; i < size; i++) {
                json_int_t index = json_integer_value(json_array_get(indexes, i));
                const json_t *item =
                        json_array_get(json_array_get(json_array_get((json_t *)run.yield_data, 0), 1), i);

                assert_in_range(index, 0, n - 1);
                assert_int_equal(json_integer_value(json_object_get(item, "i")), index);
        }
        block_run_end(&run);
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
        struct block_run run;

        block_run_begin(&run, block_named("CountdownTimerBlock"), "{\"days\":7}");
        run.context = &context;
        run.stop = &stop;
        assert_int_equal(block_execute(&run), -ERR_STOPPED);
        stop = false;
        run.deadline_us = clock_monotonic_us() - 1;
        assert_int_equal(block_execute(&run), -ERR_BLOCK);
        assert_int_equal(json_array_size((json_t *)run.yield_data), 0);
        block_run_end(&run);
}

/* csv: random tables, with what Python's csv.reader makes of them. */
#define TABLE(name) \
        { name, check_file, NULL, NULL, (void *)name }

int main(void) {
        const struct CMUnitTest tests[] = {
                TABLE("basic"),
                TABLE("csv"),
                TABLE("dictionary"),
                TABLE("file_store"),
                TABLE("files"),
                TABLE("io"),
                TABLE("list"),
                TABLE("lists"),
                TABLE("logic"),
                TABLE("sampling"),
                TABLE("text"),
                TABLE("time"),
                cmocka_unit_test(a_seed_makes_the_same_sample_again),
                cmocka_unit_test(samples_are_fair),
                cmocka_unit_test(a_countdown_stops_when_it_is_told_to),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
