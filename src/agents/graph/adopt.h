/* The first steps of a document towards a draft: its own members are looked at, and the nodes that run other agents are told
 * whom they run for, and the new ids of what they run. */
#pragma once

#include "agents/graph/draft.h"

/* One graph of the document. */
struct graph_member {
        json_t *document;
        const char *old_id; /* NULL when it had none */
        int64_t old_version, version;
        char id[GRAPH_ID_LENGTH + 1]; /* new */
};

struct graph_members {
        const struct graph_author *author;
        struct graph_member list[1 + GRAPH_SUB_GRAPHS_MAX]; /* the graph first */
        size_t n;
        json_t *by_old_id; /* index in list */
};

/* Looks at the members of the document and its sub-graphs, and gives each an id.
 * errors   ERR_GRAPH (shapes), ERR_RANDOM, ERR_NO_MEMORY */
_must_use_ int graph_members_read(struct graph_members *members, json_t *document,
                                  struct graph_problems *problems);
void graph_members_done(struct graph_members *members);

/* Changes the nodes of one of them: those without an id get one, and agents' nodes what they must know. Agents that are no
 * sub-graphs are added to needs, whose strings borrow from the document.
 * errors   ERR_GRAPH, ERR_RANDOM, ERR_NO_MEMORY */
_must_use_ int graph_adopt(const struct graph_members *members, const struct graph_member *member,
                           struct graph_draft *draft, struct graph_problems *problems);
