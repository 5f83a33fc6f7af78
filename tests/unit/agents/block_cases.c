#include "block_cases.h"

#include <jansson.h>
#include <stdio.h>

#include "agents/value/value.h"
#include "base/errors.h"
#include "unit.h"

enum { CASE_TEXT_MAX = 64 * 1024 * 1024 };

static int collect(struct block_run *run, const char *name, json_t *value) {
        return json_array_append_new(run->yield_data, json_pack("[s, o]", name, value)) < 0 ? -ERR_NO_MEMORY
                                                                                            : 0;
}

const struct block *block_named(const char *name) {
        const struct block *const *all;
        size_t n;

        all = block_all(&n);
        for (size_t i = 0; i < n; i++)
                if (strcmp(all[i]->name, name) == 0)
                        return all[i];
        fail_msg("there is no block %s", name);
        return NULL;
}

void block_run_begin(struct block_run *run, const struct block *block, const char *input) {
        char problem[VALUE_PROBLEM_MAX] = "";

        *run = (struct block_run){
                .block = block,
                .user_id = STR("0190a0a0-0000-7000-8000-000000000001"),
                .timezone = STR("not-set"),
                .yield = collect,
                .yield_data = json_array(),
        };
        if (value_parse(str_of(input), true, &run->input, problem) < 0)
                fail_msg("%s: input %s: %s", block->name, input, problem);
}

void block_run_end(struct block_run *run) {
        json_decref(run->input);
        json_decref(run->yield_data);
}

static void check_failure(const struct block_case *c, const struct block_run *run, int r) {
        if (r != -ERR_BLOCK || !strstr(run->message, c->wanted + 1))
                fail_msg("%s %s: wanted failure \"%s\", got %d \"%s\"", c->block, c->input, c->wanted + 1, r,
                         run->message);
}

static void check_outputs(const struct block_case *c, const struct block_run *run, int r) {
        struct strbuf got = STRBUF_INIT(CASE_TEXT_MAX), wanted = STRBUF_INIT(CASE_TEXT_MAX);
        char problem[VALUE_PROBLEM_MAX] = "";
        json_t *parsed = NULL;

        if (value_parse(str_of(c->wanted), true, &parsed, problem) < 0)
                fail_msg("%s: wanted %s: %s", c->block, c->wanted, problem);
        value_write(&got, run->yield_data, VALUE_COMPACT);
        value_write(&wanted, parsed, VALUE_COMPACT);
        if (r < 0 || !str_eq(strbuf_str(&got), strbuf_str(&wanted)))
                fail_msg("%s %s: wanted " STR_FMT ", got " STR_FMT " (%d %s)", c->block, c->input,
                         STR_ARG(strbuf_str(&wanted)), STR_ARG(strbuf_str(&got)), r, run->message);
        json_decref(parsed);
        strbuf_done(&got);
        strbuf_done(&wanted);
}

void check_block_cases(const struct block_case *cases, size_t n) {
        for (size_t i = 0; i < n; i++) {
                struct block_run run;
                json_t *before;
                int r;

                block_run_begin(&run, block_named(cases[i].block), cases[i].input);
                before = json_deep_copy(run.input);
                r = block_execute(&run);
                if (!json_equal(before, run.input))
                        fail_msg("%s %s: the input was changed", cases[i].block, cases[i].input);
                json_decref(before);
                if (cases[i].wanted[0] == '!')
                        check_failure(&cases[i], &run, r);
                else
                        check_outputs(&cases[i], &run, r);
                block_run_end(&run);
        }
}
