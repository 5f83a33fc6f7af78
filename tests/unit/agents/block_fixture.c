#include "block_fixture.h"

#include <jansson.h>

#include "agents/value/value.h"
#include "base/errors.h"
#include "unit.h"

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
