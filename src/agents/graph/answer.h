/* Graphs as they are answered: what storage has of them, put together (dialect: Graphs). */
#pragma once

#include "base/json_write.h"
#include "db/statements.h"

/* A version as lists show it. */
void graph_answer_summary(struct json_writer *w, const struct graph_version_row *row, struct str user_id);

/* The whole of it, with its sub-graphs. */
void graph_answer(struct json_writer *w, const struct graph_version_row *row, struct str user_id,
                  struct str body, const struct graph_part_row *parts, size_t n_parts);
