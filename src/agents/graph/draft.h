/* A graph that somebody sent, on its way into storage: checked, given ids of its own, and written down anew (dialect:
 * Graphs). What its author may not decide is computed; members that are not known are passed over. */
#pragma once

#include "agents/graph/write.h"
#include "base/arena.h"
#include "base/context.h"

enum {
        GRAPH_NEEDS_MAX = 100,       /* agents of its owner that a graph runs, beside its sub-graphs */
        GRAPH_CREDENTIALS_MAX = 100, /* that are noted of a graph, to be shown with the credentials */
};

/* The graph itself or one of its sub-graphs. */
struct graph_part {
        struct str id;
        int64_t version;
        struct str summary, body; /* JSON objects: see graph_write.h */
};

/* Another agent that a node runs, which must be there. */
struct graph_need {
        struct str node_id; /* as its author calls it */
        struct str graph_id;
        int64_t version;
};

struct graph_draft {
        struct graph_part *parts; /* the graph first */
        size_t n_parts;
        struct graph_need *needs;
        size_t n_needs;
        struct str name;
        struct str *credentials; /* ids that nodes name, those of its sub-graphs among them; each once */
        size_t n_credentials;
        bool is_active;
};

struct graph_author {
        const struct context *context;
        struct str user_id;

        /* The graph that this is to be a new version of, and that version; STR_NULL for a graph of its own, which keeps the
         * version that the document gives. */
        struct str id;
        int64_t version;
};

/* Makes a draft of a document that fits the schema Graph of the API. Takes long for a large one: it is no work for an event loop.
 *
 * document       is changed; not to be used after
 * arena          has room for GRAPH_ANSWER_MAX bytes and a little more
 * ret            on the arena
 * ret_problems   on ERR_GRAPH, to be released by graph_problems_end()
 * ret_problem    on ERR_TOO_LARGE: what is wrong
 * errors         ERR_TOO_LARGE (limits above), ERR_GRAPH, ERR_RANDOM, ERR_SCHEMA, ERR_NO_MEMORY
 */
_must_use_ int graph_draft_new(const struct graph_author *author, struct arena *arena, json_t *document,
                               struct graph_draft *ret, struct graph_problems *ret_problems,
                               char ret_problem[GRAPH_MESSAGE_MAX + 1]);
