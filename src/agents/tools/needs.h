/* The credentials that an agent needs: those of its nodes (agents/graph/credentials.h), whichever their author chose for
 * themselves (dialect: Tools, Blocks); and whether a person has them. */
#pragma once

#include "agents/graph/graph.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "db/tx.h"

enum { TOOL_NEEDS_MAX = 64 };

struct tool_need {
        char key[GRAPH_PIN_MAX + GRAPH_NODE_ID_MAX + 2]; /* node and pin */
        const char *title;                               /* the block's name */
        json_t *schema; /* of the input: providers, types, scopes, discriminator */
        bool is_met;
};

struct tool_needs {
        struct tool_need list[TOOL_NEEDS_MAX];
        size_t n;
        bool missing; /* some are not met */
};

/* errors   ERR_NO_MEMORY, ERR_GRAPH (more than TOOL_NEEDS_MAX) */
_must_use_ int tool_needs_find(const struct graph *graph, struct tool_needs *ret);

/* Looks whether the person has what fits each of them. errors: ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int tool_needs_meet(struct tx *tx, struct arena *arena, struct str user_id,
                               struct tool_needs *needs);

void tool_needs_done(struct tool_needs *needs);

/* [{"id", "title", "provider", "type"}] of all, and an object by key of those that are missing. */
void tool_needs_write(struct json_writer *w, const struct tool_needs *needs);
void tool_needs_write_missing(struct json_writer *w, const struct tool_needs *needs);
