#include "agents/graph/draft.h"

#include <stdio.h>

#include "agents/graph/adopt.h"
#include "agents/graph/credentials.h"
#include "agents/graph/graph_int.h"
#include "agents/value/value.h"
#include "base/id.h"

/* A draft in the making. */
struct making {
        struct graph_members members;
        struct graph *graphs[1 + GRAPH_SUB_GRAPHS_MAX];
        struct arena *arena;
        struct graph_draft draft;
        size_t bytes; /* of the texts so far */
};

static void making_done(struct making *m) {
        for (size_t i = 0; i < m->members.n; i++)
                graph_unref(m->graphs[i]);
        graph_members_done(&m->members);
}

/* A member of a sub-graph is called by its place in the whole document. */
static void place_field(struct graph_problems *problems, size_t i) {
        char field[GRAPH_FIELD_MAX + 1];

        if (i == 0 || !problems->field[0])
                return;
        memcpy(field, problems->field, sizeof(field));
        snprintf(problems->field, sizeof(problems->field), "sub_graphs.%zu.%.40s", i - 1, field);
}

/* Makes and checks each graph. Faults of pins are gathered over all of them. */
static int check(struct making *m, struct graph_problems *problems) {
        struct graph_problems found = { 0 };
        int r;

        for (size_t i = 0; i < m->members.n; i++) {
                r = graph_adopt(&m->members, &m->members.list[i], &m->draft, problems);
                if (r < 0)
                        return r;
                r = graph_new(m->members.list[i].document, &m->graphs[i], &found);
                if (r == 0)
                        r = graph_check_inputs(m->graphs[i], NULL, NULL, &found);
                if (r == -ERR_GRAPH)
                        r = graph_problems_merge(problems, &found);
                if (r == -ERR_GRAPH)
                        place_field(problems, i);
                if (r < 0)
                        return r;
        }
        return problems->n || problems->message[0] ? -ERR_GRAPH : 0;
}

/* Writes one of them down and lays the texts on the arena. */
static int write_part(struct making *m, size_t i, struct graph_part *part) {
        const struct graph_member *member = &m->members.list[i];
        const struct context *context = m->members.author->context;
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(GRAPH_ANSWER_MAX - m->bytes);
        const struct graph_writing writing = { .clock = context->clock,
                                               .random = context->random,
                                               .id = member->id,
                                               .version = member->version };
        int r;

        r = graph_write_summary(&out, m->graphs[i]);
        if (r < 0)
                return -ERR_TOO_LARGE;
        part->summary = arena_copy(m->arena, strbuf_str(&out));
        m->bytes += out.len;
        strbuf_done(&out);
        strbuf_init(&out, GRAPH_ANSWER_MAX - m->bytes);
        r = graph_write_body(&out, m->graphs[i], &writing);
        if (r < 0)
                return r;
        part->body = arena_copy(m->arena, strbuf_str(&out));
        m->bytes += out.len;
        part->id = arena_copy(m->arena, str_of(member->id));
        part->version = member->version;
        return part->summary.ptr && part->body.ptr && part->id.ptr ? 0 : -ERR_NO_MEMORY;
}

static bool is_noted(const struct graph_draft *draft, struct str id) {
        for (size_t i = 0; i < draft->n_credentials; i++)
                if (str_eq(draft->credentials[i], id))
                        return true;
        return false;
}

/* Notes the stored credentials that a graph's nodes name. */
static int note_credentials(struct making *m, const struct graph *graph) {
        struct graph_draft *draft = &m->draft;
        struct graph_credential c = { 0 };

        while (draft->n_credentials < GRAPH_CREDENTIALS_MAX && graph_credential_next(graph, &c)) {
                const json_t *value = json_object_get(c.node->input_default, c.field->name);
                struct str id = value_str(json_object_get(value, "id"));

                if (id.len != ID_UUID_LENGTH || is_noted(draft, id))
                        continue;
                draft->credentials[draft->n_credentials] = arena_copy(m->arena, id);
                if (!draft->credentials[draft->n_credentials++].ptr)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

static int keep_needs(struct making *m) {
        for (size_t i = 0; i < m->draft.n_needs; i++) {
                struct graph_need *need = &m->draft.needs[i];

                need->node_id = arena_copy(m->arena, need->node_id);
                need->graph_id = arena_copy(m->arena, need->graph_id);
                if (!need->node_id.ptr || !need->graph_id.ptr)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

static int make(struct making *m, json_t *document, struct graph_problems *problems) {
        int r;

        r = graph_members_read(&m->members, document, problems);
        if (r < 0)
                return r;
        m->draft.is_active = !json_is_false(json_object_get(document, "is_active"));
        m->draft.needs = arena_alloc_array(m->arena, GRAPH_NEEDS_MAX, sizeof(*m->draft.needs));
        m->draft.parts = arena_alloc_array(m->arena, m->members.n, sizeof(*m->draft.parts));
        m->draft.credentials =
                arena_alloc_array(m->arena, GRAPH_CREDENTIALS_MAX, sizeof(*m->draft.credentials));
        if (!m->draft.needs || !m->draft.parts || !m->draft.credentials)
                return -ERR_NO_MEMORY;
        r = check(m, problems);
        for (size_t i = 0; r == 0 && i < m->members.n; i++) {
                r = write_part(m, i, &m->draft.parts[i]);
                if (r == 0)
                        r = note_credentials(m, m->graphs[i]);
        }
        if (r == 0) {
                m->draft.name = arena_copy(m->arena, str_of(m->graphs[0]->name));
                r = m->draft.name.ptr ? 0 : -ERR_NO_MEMORY;
        }
        m->draft.n_parts = m->members.n;
        return r < 0 ? r : keep_needs(m);
}

int graph_draft_new(const struct graph_author *author, struct arena *arena, json_t *document,
                    struct graph_draft *ret, struct graph_problems *ret_problems,
                    char ret_problem[GRAPH_MESSAGE_MAX + 1]) {
        _cleanup_(making_done) struct making m = { .arena = arena, .members.author = author };
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        int r;

        r = make(&m, document, &problems);
        if (r == -ERR_TOO_LARGE)
                snprintf(ret_problem, GRAPH_MESSAGE_MAX + 1,
                         "The graph is too large: with what is computed it has more than %d bytes",
                         GRAPH_ANSWER_MAX);
        if (r == 0)
                *ret = m.draft;
        if (r == -ERR_GRAPH) {
                *ret_problems = problems;
                problems = (struct graph_problems){ 0 };
        }
        return r;
}
