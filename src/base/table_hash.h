/* Hashes for tables in memory: SipHash-2-4 under a random key of this process, so that whoever chooses the values cannot choose
 * such as meet in one place of a table and make its use quadratic. They differ from run to run and from node to node: never
 * stored, never sent. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/str.h"

uint64_t table_hash(struct str data);

/* Of a JSON value: as good for 1 as for 1.0, and whatever the order of an object's members. Recurses as deep as it nests. */
uint64_t table_hash_json(const json_t *value);
