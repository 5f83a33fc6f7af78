/* Runs of blocks, for tests in C; what is only input and output stands in the tables of blocks/ (test_block_cases.c). */
#pragma once

#include "agents/block.h"

/* The block of that class name; fails the test when there is none. */
const struct block *block_named(const char *name);

/* A run that collects what is yielded as [name, value] into the array `run->yield_data`; the caller releases both. */
void block_run_begin(struct block_run *run, const struct block *block, const char *input);
void block_run_end(struct block_run *run);
