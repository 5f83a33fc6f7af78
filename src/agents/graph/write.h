/* A graph's document as it is stored and answered (dialect: Graphs), under new ids. */
#pragma once

#include "agents/graph/graph.h"
#include "base/strbuf.h"

struct random;
struct clock;

enum { GRAPH_ANSWER_MAX = 7 * 1024 * 1024 }; /* bytes of a stored document: an answer has to hold it */

/* What a graph is written as. */
struct graph_writing {
        const struct clock *clock;
        const struct random *random; /* of new ids for nodes and links */
        const char *id;              /* the graph's */
        int64_t version;
};

/* What lists show: an object with the graph's own members.
 * errors   ERR_NO_MEMORY (also when the text would be longer than `out` may be) */
_must_use_ int graph_write_summary(struct strbuf *out, const struct graph *graph);

/* The rest: nodes, links and schemas.
 * errors   ERR_TOO_LARGE (longer than `out` may be), ERR_RANDOM, ERR_SCHEMA, ERR_NO_MEMORY */
_must_use_ int graph_write_body(struct strbuf *out, const struct graph *graph,
                                const struct graph_writing *writing);
