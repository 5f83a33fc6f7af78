/* What a block takes and gives as JSON Schemas, made from its entry in the table: the document that clients read (dialect:
 * Block definition) and the checks compiled from it. Made at the block's first use, once, and kept to the end. */
#pragma once

#include "agents/block.h"
#include "base/json_schema.h"

struct block_schema {
        json_t *input, *output; /* `inputSchema`, `outputSchema`; not to be changed */
        json_t *defaults;       /* object: of each optional input that has one */
        struct json_schema *input_check;
        struct json_schema **output_checks; /* of block->outputs, one each */
        bool *integers;                     /* of block->inputs: whether it takes integers alone */
};

/* The two documents by themselves, for whoever doesn't run the block; new references.
 * errors   ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int block_schema_describe(const struct block *block, json_t **ret_input, json_t **ret_output);

/* The schema of a block of the catalogue. Thread-safe.
 * errors   ERR_SCHEMA (the entry is malformed: logged; a test goes over all of them), ERR_NO_MEMORY */
_must_use_ int block_schema_of(const struct block *block, const struct block_schema **ret);
