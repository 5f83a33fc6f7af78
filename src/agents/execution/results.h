/* How executions are told. */
#pragma once

#include "base/json_write.h"
#include "db/statements.h"

/* The members node_id, input and output of one run of a node (dialect: Results). */
void execution_write_node(struct json_writer *w, const struct node_execution_row *row);
