#include "agents/block.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "agents/block_schema.h"
#include "agents/value/value.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/metrics_agents.h"

/* Ends a text that was cut at a byte limit before the character that was cut. */
static void end_whole(char *text) {
        size_t len = strlen(text), at = 0, n;

        while (at < len && (n = str_utf8_sequence(str_n(text + at, len - at))) > 0)
                at += n;
        text[at] = '\0';
}

int block_fail(struct block_run *run, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(run->message, sizeof(run->message), format, args);
        va_end(args);
        end_whole(run->message);
        return -ERR_BLOCK;
}

int block_go_on(struct block_run *run) {
        if (run->stop && *run->stop)
                return -ERR_STOPPED;
        if (run->deadline_us && clock_monotonic_us() > run->deadline_us)
                return block_fail(run, "The block took too long and was stopped");
        return 0;
}

int64_t block_time_left_ms(const struct block_run *run) {
        return MAX_OF((run->deadline_us - clock_monotonic_us()) / 1000, INT64_C(1));
}

/* In short steps: nothing could wake it when it is to stop. */
int block_wait(struct block_run *run, int64_t ms) {
        enum { STEP_MS = 20 };
        int r = block_go_on(run);

        while (ms > 0 && r == 0) {
                int64_t step = MIN_OF(ms, (int64_t)STEP_MS);

                (void)nanosleep(&(struct timespec){ .tv_nsec = step * 1000000 }, NULL);
                ms -= step;
                r = block_go_on(run);
        }
        return r;
}

/* The check of an output; NULL if anything goes. */
static int find_output(struct block_run *run, const char *name, const struct json_schema **ret) {
        for (size_t i = 0; i < run->block->n_outputs; i++)
                if (strcmp(run->block->outputs[i].name, name) == 0) {
                        *ret = run->schema->output_checks[i];
                        return 0;
                }
        return block_fail(run, "Block produced an invalid output data: Invalid property name %s", name);
}

static int check_output(struct block_run *run, const char *name, json_t *value) {
        struct json_schema_problems problems = { 0 };
        const struct json_schema *check = NULL;
        int r;

        if (strcmp(name, "error") == 0)
                return block_fail(run, "%s", json_is_string(value) ? json_string_value(value) : "Error");
        if (run->block->ui != BLOCK_UI_STANDARD)
                return 0;
        r = find_output(run, name, &check);
        if (r < 0 || !check)
                return r;
        if (!json_schema_fits(check, value, &problems))
                r = block_fail(run, "Block produced an invalid output data: %s: %s", name,
                               problems.n ? problems.list[0].message : "it does not fit its schema");
        json_schema_problems_end(&problems);
        return r;
}

static int count_output(struct block_run *run, const json_t *value) {
        size_t bytes;

        if (!value_measure(value, &bytes))
                return block_fail(run, "An output has more than %d levels of lists and dictionaries",
                                  VALUE_DEPTH_MAX);
        if (++run->outputs > BLOCK_OUTPUTS_MAX)
                return block_fail(run, "The block yields more than %d values", BLOCK_OUTPUTS_MAX);
        run->output_bytes += bytes;
        if (run->output_bytes > BLOCK_OUTPUT_BYTES_MAX)
                return block_fail(run, "The block yields more than %d MiB", BLOCK_OUTPUT_BYTES_MAX >> 20);
        return 0;
}

int block_yield(struct block_run *run, const char *name, json_t *value) {
        int r;

        if (!value)
                return -ERR_NO_MEMORY;
        r = block_go_on(run);
        if (r == 0)
                r = count_output(run, value);
        if (r == 0)
                r = check_output(run, name, value);
        if (r < 0) {
                json_decref(value);
                return r;
        }
        return run->yield(run, name, value);
}

#define INVALID_INPUT "Unable to execute block with invalid input data: "

/* Where a problem is, as "items.0.name: ". */
static void write_path(const json_t *path, char *out, size_t size) {
        size_t len = 0;

        out[0] = '\0';
        for (size_t i = 0; i < json_array_size(path) && len < size; i++) {
                const json_t *part = json_array_get(path, i);

                if (json_is_string(part))
                        len += (size_t)snprintf(out + len, size - len, "%s%.100s", i ? "." : "",
                                                json_string_value(part));
                else
                        len += (size_t)snprintf(out + len, size - len, "%s%" JSON_INTEGER_FORMAT,
                                                i ? "." : "", json_integer_value(part));
        }
        if (len > 0 && len + 2 < size)
                memcpy(out + len, ": ", 3);
}

static int refuse_input(const struct json_schema_problems *problems, char message[BLOCK_MESSAGE_MAX + 1]) {
        size_t size = BLOCK_MESSAGE_MAX + 1, len;
        char path[300];

        len = (size_t)snprintf(message, size, INVALID_INPUT);
        for (size_t i = 0; i < problems->n && len < size; i++) {
                write_path(problems->list[i].path, path, sizeof(path));
                len += (size_t)snprintf(message + len, size - len, "%s%s%s", i ? "; " : "", path,
                                        problems->list[i].message);
        }
        end_whole(message);
        return -ERR_BLOCK;
}

/* JSON Schema takes 5.0 for an integer; a block shall find one. NULL with a message if there is none that great. */
static json_t *as_integer(const char *name, json_t *value, char message[BLOCK_MESSAGE_MAX + 1]) {
        double number = json_is_real(value) ? json_real_value(value) : NAN;

        if (number >= -0x1p63 && number < 0x1p63 && trunc(number) == number)
                return json_integer((json_int_t)number);
        if (trunc(number) != number) /* none at all: the schema's to say */
                return json_incref(value);
        (void)snprintf(message, BLOCK_MESSAGE_MAX + 1, INVALID_INPUT "%s: Integers have at most 64 bits",
                       name);
        return NULL;
}

/* The value of an input; NULL when it has none. A null counts as absent, but within a graph an input that has to be there
 * is there once something arrived at its pin, and be it null. */
static json_t *value_of(const struct block_run *run, const struct block_field *field) {
        json_t *value = json_object_get(run->input, field->name);

        if (value && !json_is_null(value))
                return value;
        return run->graph_id.len && field->flags & FIELD_REQUIRED
                       ? value
                       : json_object_get(run->schema->defaults, field->name);
}

static int fill_in(struct block_run *run, json_t *prepared) {
        for (size_t i = 0; i < run->block->n_inputs; i++) {
                const char *name = run->block->inputs[i].name;
                json_t *value = value_of(run, &run->block->inputs[i]);

                if (!value)
                        continue;
                value = run->schema->integers[i] ? as_integer(name, value, run->message) : json_incref(value);
                if (!value)
                        return *run->message ? -ERR_BLOCK : -ERR_NO_MEMORY;
                if (json_object_set_new(prepared, name, value) < 0)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

/* What a block makes of raw input before it runs: unknown members dropped, defaults filled in, checked. */
static int prepare(struct block_run *run, json_t **ret) {
        struct json_schema_problems problems = { 0 };
        json_auto_t *prepared = json_object();
        int r;

        if (!prepared)
                return -ERR_NO_MEMORY;
        r = fill_in(run, prepared);
        if (r < 0)
                return r;
        if (!json_schema_fits(run->schema->input_check, prepared, &problems))
                r = refuse_input(&problems, run->message);
        json_schema_problems_end(&problems);
        if (r == 0)
                *ret = json_incref(prepared);
        return r;
}

/* The message as it is told: with the block's name and id. */
static void sign(struct block_run *run) {
        char said[BLOCK_MESSAGE_MAX + 1];
        int room = BLOCK_MESSAGE_MAX - 40 - BLOCK_ID_LENGTH - (int)strlen(run->block->name);

        memcpy(said, run->message, sizeof(said));
        said[room] = '\0';
        end_whole(said);
        (void)snprintf(run->message, sizeof(run->message), "raised by %s with message: %.*s. block_id: %s",
                       run->block->name, room, said, run->block->id);
}

static int execute(struct block_run *run) {
        json_t *given = run->input;
        json_auto_t *prepared = NULL;
        int r;

        if (!run->block->run)
                return block_fail(run, "%s runs only within a graph", run->block->name);
        r = block_schema_of(run->block, &run->schema);
        if (r < 0)
                return r;
        r = prepare(run, &prepared);
        if (r < 0)
                return r;
        run->input = prepared;
        r = block_go_on(run);
        if (r == 0)
                r = run->block->run(run);
        run->input = given;
        return r;
}

int block_execute(struct block_run *run) {
        int64_t from = clock_monotonic_us();
        int r;

        run->message[0] = '\0';
        run->outputs = run->output_bytes = 0;
        r = execute(run);
        metrics_block_run(r >= 0              ? RUN_COMPLETED
                          : r == -ERR_STOPPED ? RUN_STOPPED
                                              : RUN_FAILED,
                          clock_monotonic_us() - from);
        if (r == -ERR_BLOCK)
                sign(run);
        return r;
}
