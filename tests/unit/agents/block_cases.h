/* Blocks tested by tables: what goes in, what comes out. */
#pragma once

#include "agents/block.h"

struct block_case {
        const char *block; /* class name */
        const char *input; /* JSON object */

        /* JSON array of what is yielded in its order, [["result",true],["yes_output",1]]; 1 and 1.0 differ. Or, after
         * a '!', a part of the message that it fails with. */
        const char *wanted;
};

/* Runs each case by block_execute() and fails the test at the first that gives something else. */
void check_block_cases(const struct block_case *cases, size_t n);

#define CHECK_BLOCKS(...)                                           \
        do {                                                        \
                const struct block_case cases_[] = { __VA_ARGS__ }; \
                check_block_cases(cases_, ARRAY_LENGTH(cases_));    \
        } while (0)

/* The block of that class name; fails the test when there is none. */
const struct block *block_named(const char *name);

/* A run that collects what is yielded as [name, value] into the array `run->yield_data`; the caller releases both. */
void block_run_begin(struct block_run *run, const struct block *block, const char *input);
void block_run_end(struct block_run *run);
