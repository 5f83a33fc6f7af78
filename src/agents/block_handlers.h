/* What the External API answers about blocks. */
#pragma once

#include "http/request.h"
#include "http/response.h"

enum { BLOCK_INPUT_BYTES_MAX = 4 * 1024 * 1024 }; /* JSON text of a block's input */

/* GET /external-api/v1/blocks: from memory, or made on the pool when it is wanted first. */
int handle_blocks(struct request *req, struct response *res);
int handle_blocks_make(struct request *req, struct response *res);

/* POST /external-api/v1/blocks/{block_id}/execute: the block is found on the event loop and run on a thread that may wait. */
int handle_block_find(struct request *req, struct response *res);
int handle_block_run(struct request *req, struct response *res);
