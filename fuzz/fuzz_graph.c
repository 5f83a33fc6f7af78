/* Graphs as they are sent: what is accepted is stored in a form that makes a graph again, under new ids throughout, with each
 * link where it was; sent anew it is the same but for its ids; what is refused is told in words. */
#include "agents/graph/store.h"
#include "agents/value/value.h"
#include "fuzz.h"

enum { TEXT_MAX = 64 * 1024, ROOM = 2 * GRAPH_ANSWER_MAX };

struct sent {
        struct arena arena;
        struct graph_draft draft;
        bool good;
};

static void draft(struct sent *sent, const struct context *context, struct str text) {
        const struct graph_author author = { .context = context, .user_id = STR("a-user") };
        _cleanup_(strbuf_done) struct strbuf said = STRBUF_INIT(1024 * 1024);
        char problem[GRAPH_MESSAGE_MAX + 1] = "", malformed[VALUE_PROBLEM_MAX];
        struct graph_problems problems = { 0 };
        json_auto_t *document = NULL;
        int r;

        arena_init(&sent->arena, ROOM);
        if (value_parse(text, true, &document, malformed) < 0)
                return;
        r = graph_draft_new(&author, &sent->arena, document, &sent->draft, &problems, problem);
        sent->good = r == 0;
        if (r == 0)
                return;
        if (r == -ERR_GRAPH) {
                graph_problems_write(&problems, &said);
                HOLDS(said.len > 0 && str_is_utf8(strbuf_str(&said)));
                HOLDS(problems.message[0] || problems.n > 0);
                HOLDS(problems.n <= GRAPH_PROBLEMS_MAX);
                graph_problems_end(&problems);
        } else {
                HOLDS(r == -ERR_TOO_LARGE);
                HOLDS(problem[0] && str_is_utf8(str_of(problem)));
        }
}

static json_t *parse(struct str text) {
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        HOLDS(value_parse(text, true, &value, problem) == 0);
        return value;
}

/* Loads a part as the executor would. */
static struct graph *load(const struct graph_part *part) {
        struct graph_source source = { .row = 1, .version = part->version };
        struct graph_problems problems = { 0 };
        struct graph *graph = NULL;

        memcpy(source.id, part->id.ptr, GRAPH_ID_LENGTH);
        source.summary = strndup(part->summary.ptr, part->summary.len);
        source.body = strndup(part->body.ptr, part->body.len);
        HOLDS(graph_open(&source, NULL, &graph, &problems) == 0);
        graph_source_done(&source);
        return graph;
}

/* Ids are new: of the UUIDs' length, and none twice. */
static void check_ids(const struct graph *graph) {
        json_auto_t *seen = json_object();

        HOLDS(strlen(graph->id) == GRAPH_ID_LENGTH);
        for (size_t i = 0; i < graph->n_nodes + graph->n_links; i++) {
                const char *id =
                        i < graph->n_nodes ? graph->nodes[i].id : graph->links[i - graph->n_nodes].id;

                HOLDS(strlen(id) == GRAPH_ID_LENGTH && !json_object_get(seen, id));
                HOLDS(json_object_set_new(seen, id, json_true()) == 0);
        }
}

/* Each link leads where it led. */
static void check_same(const struct graph *a, const struct graph *b) {
        HOLDS(a->n_nodes == b->n_nodes && a->n_links == b->n_links);
        for (size_t i = 0; i < a->n_nodes; i++)
                HOLDS(a->nodes[i].block == b->nodes[i].block);
        for (size_t i = 0; i < a->n_links; i++) {
                const struct graph_link *x = &a->links[i], *y = &b->links[i];

                HOLDS(x->source->index == y->source->index && x->sink->index == y->sink->index);
                HOLDS(strcmp(x->source_name, y->source_name) == 0 && strcmp(x->sink_name, y->sink_name) == 0);
                HOLDS(x->is_static == y->is_static);
        }
}

/* The graph without its sub-graphs as it is stored, sent anew. */
static void check_again(const struct context *context, const struct graph_part *part,
                        const struct graph *graph) {
        json_auto_t *document = parse(part->body), *summary = parse(part->summary);
        struct sent again = { .good = false };
        char *text;

        HOLDS(json_object_update(document, summary) == 0);
        HOLDS(json_object_set_new(document, "version", json_integer(part->version)) == 0);
        text = json_dumps(document, 0);
        HOLDS(text);
        draft(&again, context, str_of(text));
        free(text);
        if (again.good) { /* else it has become too large by what is computed */
                struct graph *twin = load(&again.draft.parts[0]);

                HOLDS(again.draft.parts[0].version == part->version);
                HOLDS(str_eq(again.draft.parts[0].summary, part->summary));
                check_same(graph, twin);
                graph_unref(twin);
        }
        arena_done(&again.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const struct context context = { .clock = &clock_system, .random = &random_system };
        struct sent sent = { .good = false };

        if (size > TEXT_MAX)
                return 0;
        draft(&sent, &context, str_n(data, size));
        for (size_t i = 0; sent.good && i < sent.draft.n_parts; i++) {
                const struct graph_part *part = &sent.draft.parts[i];
                struct graph *graph = load(part);

                HOLDS(part->version >= 1);
                check_ids(graph);
                check_again(&context, part, graph);
                graph_unref(graph);
        }
        arena_done(&sent.arena);
        return 0;
}
