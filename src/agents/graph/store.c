#include "agents/graph/store.h"

#include "agents/graph/graph_int.h"
#include "base/id.h"

/* A part of a draft, under the graph that brings it.
 *
 * parent   0 for the graph itself */
static int insert_version(struct tx *tx, const struct context *context, const struct graph_part *part,
                          int64_t parent, int64_t now, int64_t *ret_row) {
        *ret_row = id_next(context->ids);
        return db_graph_version_insert(tx, *ret_row, part->id, part->version, parent, part->summary,
                                       part->body, now);
}

static int insert_sub_graphs(struct tx *tx, const struct context *context, struct str user_id,
                             const struct graph_draft *draft, int64_t parent, int64_t now) {
        int64_t row;
        int r;

        for (size_t i = 1; i < draft->n_parts; i++) {
                const struct graph_part *part = &draft->parts[i];

                r = db_graph_insert(tx, part->id, user_id, draft->parts[0].id, part->version, part->version,
                                    now);
                if (r < 0)
                        return r;
                r = insert_version(tx, context, part, parent, now, &row);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* The graph's version and what came with it. */
static int insert_parts(struct tx *tx, const struct context *context, struct str user_id,
                        const struct graph_draft *draft, int64_t now, struct graph_version_row *ret) {
        const struct graph_part *part = &draft->parts[0];
        struct graph_version_row row = { .graph_id = part->id,
                                         .version = part->version,
                                         .active_version = draft->is_active ? part->version : 0,
                                         .newest_version = part->version,
                                         .parent_id = STR(""),
                                         .created_at = now,
                                         .summary = part->summary };
        int r;

        r = insert_version(tx, context, part, 0, now, &row.id);
        if (r < 0)
                return r;
        r = insert_sub_graphs(tx, context, user_id, draft, row.id, now);
        for (size_t i = 0; r >= 0 && i < draft->n_credentials; i++)
                r = db_graph_credential_insert(tx, row.id, draft->credentials[i], draft->name);
        if (r < 0)
                return r;
        *ret = row;
        return 0;
}

static int add_to_library(struct tx *tx, const struct context *context, struct str user_id,
                          const struct graph_part *part, int64_t now) {
        char id[ID_UUID_LENGTH];
        int r;

        r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        return db_library_agent_insert(tx, str_n(id, sizeof(id)), user_id, part->id, part->version, now);
}

int graph_store_new(struct tx *tx, const struct context *context, struct str user_id,
                    const struct graph_draft *draft, struct graph_version_row *ret) {
        const struct graph_part *part = &draft->parts[0];
        int64_t now = clock_now(context->clock);
        int r;

        r = db_graph_insert(tx, part->id, user_id, STR(""), part->version,
                            draft->is_active ? part->version : 0, now);
        if (r < 0)
                return r;
        r = add_to_library(tx, context, user_id, part, now);
        if (r < 0)
                return r;
        return insert_parts(tx, context, user_id, draft, now, ret);
}

int graph_store_next(struct tx *tx, const struct context *context, struct str user_id,
                     const struct graph_draft *draft, struct graph_version_row *ret) {
        const struct graph_part *part = &draft->parts[0];
        int64_t now = clock_now(context->clock);
        int r;

        r = db_graph_next_version(tx, part->id, user_id, part->version - 1, draft->is_active, now);
        if (r == 0)
                return -ERR_GRAPH_CHANGED;
        if (r > 0 && draft->is_active)
                r = db_library_agent_set_version(tx, user_id, part->id, part->version, now);
        if (r < 0)
                return r;
        return insert_parts(tx, context, user_id, draft, now, ret);
}

static int check_needs(struct tx *tx, struct arena *arena, struct str user_id,
                       const struct graph_draft *draft, struct graph_problems *problems) {
        struct graph_version_row row;
        int r;

        for (size_t i = 0; i < draft->n_needs; i++) {
                const struct graph_need *need = &draft->needs[i];

                r = need->version > 0
                            ? db_graph_version_find(tx, arena, need->graph_id, user_id, need->version, &row)
                            : 0;
                if (r == 0)
                        r = graph_problems_add(problems, need->node_id.ptr, "graph_id",
                                               "Graph #" STR_FMT " v%lld not found.", STR_ARG(need->graph_id),
                                               (long long)need->version);
                if (r < 0)
                        return r;
        }
        return problems->n ? -ERR_GRAPH : 0;
}

int graph_store_check_needs(struct tx *tx, struct arena *arena, struct str user_id,
                            const struct graph_draft *draft, struct graph_problems *ret_problems) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        int r;

        r = check_needs(tx, arena, user_id, draft, &problems);
        if (r == -ERR_GRAPH) {
                *ret_problems = problems;
                problems = (struct graph_problems){ 0 };
        }
        return r;
}
