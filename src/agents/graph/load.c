#include <stdlib.h>

#include "agents/graph/store.h"
#include "agents/value/value.h"

enum {
        ARENA_MAX = GRAPH_ANSWER_MAX + 64 * 1024, /* a version's row and its body */
        BYTE_WEIGHT = 5,                          /* bytes of memory for a byte of text, and */
        CONTAINER_WEIGHT =
                140, /* for each object or list besides: measured, of small and of hostile values */
};

void graph_source_done(struct graph_source *source) {
        graph_unref(source->graph);
        free(source->summary);
        free(source->body);
        *source = (struct graph_source){ 0 };
}

static int copy(struct str text, char **ret) {
        *ret = strndup(text.ptr, text.len);
        return *ret ? 0 : -ERR_NO_MEMORY;
}

/* A person's own, or one that they took from the store, which runs what is its owner's. */
static int find(struct tx *tx, struct arena *arena, struct str user_id, struct str id, int64_t version,
                struct graph_version_row *ret, struct str *ret_owner) {
        struct graph_owner_row owner;
        int r;

        *ret_owner = user_id;
        r = db_graph_version_find(tx, arena, id, user_id, version, ret);
        if (r != 0)
                return r;
        r = db_graph_version_taken(tx, arena, id, user_id, version, ret);
        if (r <= 0)
                return r;
        r = db_graph_owner(tx, arena, id, &owner);
        if (r > 0)
                *ret_owner = owner.user_id;
        return r;
}

static int fetch(struct tx *tx, struct arena *arena, struct graph_cache *cache, struct str user_id,
                 struct str id, int64_t version, struct graph_source *source) {
        struct graph_version_row row;
        struct graph_body_row body;
        struct str owner;
        int r;

        r = find(tx, arena, user_id, id, version, &row, &owner);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        if (owner.len > 0)
                memcpy(source->owner_id, owner.ptr, MIN_OF(owner.len, sizeof(source->owner_id) - 1));
        source->row = row.id;
        source->version = row.version;
        memcpy(source->id, row.graph_id.ptr, MIN_OF(row.graph_id.len, sizeof(source->id) - 1));
        source->graph = cache ? graph_cache_find(cache, row.id) : NULL;
        if (source->graph)
                return 0;
        r = db_graph_body(tx, arena, row.id, &body);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        r = copy(row.summary, &source->summary);
        return r < 0 ? r : copy(body.body, &source->body);
}

int graph_fetch(struct tx *tx, struct graph_cache *cache, struct str user_id, struct str id, int64_t version,
                struct graph_source *ret) {
        _cleanup_(arena_done) struct arena arena;
        struct graph_source source = { 0 };
        int r;

        arena_init(&arena, ARENA_MAX);
        r = fetch(tx, &arena, cache, user_id, id, version, &source);
        if (r < 0)
                graph_source_done(&source);
        else
                *ret = source;
        return r;
}

/* What only clients read; links stand in the document once already. */
static void strip(json_t *document) {
        static const char *const members[] = { "input_links",   "output_links", "graph_id",
                                               "graph_version", "webhook_id",   "webhook" };
        json_t *node;
        size_t i;

        json_array_foreach(json_object_get(document, "nodes"), i,
                           node) for (size_t k = 0; k < ARRAY_LENGTH(members); k++)(void)
                json_object_del(node, members[k]);
}

/* What was stored was well-formed. */
static int parse(const char *text, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        r = value_parse(str_of(text), false, ret, problem);
        return r == -ERR_BAD_JSON ? -ERR_INTERNAL : r;
}

static int document_of(const struct graph_source *source, json_t **ret) {
        json_auto_t *document = NULL, *summary = NULL;
        int r;

        r = parse(source->body, &document);
        if (r < 0)
                return r;
        r = parse(source->summary, &summary);
        if (r < 0)
                return r;
        strip(document);
        if (json_object_update(document, summary) < 0 ||
            json_object_set_new(document, "id", json_string(source->id)) < 0 ||
            json_object_set_new(document, "version", json_integer(source->version)) < 0)
                return -ERR_NO_MEMORY;
        *ret = TAKE(document);
        return 0;
}

/* What a graph takes of memory, roughly. Brackets within texts count too: better too much than too little. */
static size_t weigh(const struct graph *graph, const char *text) {
        size_t bytes = 0, containers = 0;

        for (; text[bytes]; bytes++)
                containers += text[bytes] == '{' || text[bytes] == '[';
        return sizeof(*graph) + graph->n_nodes * sizeof(*graph->nodes) +
               graph->n_links * (sizeof(*graph->links) + 2 * sizeof(*graph->ends)) + BYTE_WEIGHT * bytes +
               CONTAINER_WEIGHT * containers;
}

int graph_open(struct graph_source *source, struct graph_cache *cache, struct graph **ret,
               struct graph_problems *ret_problems) {
        json_auto_t *document = NULL;
        struct graph *graph;
        int r;

        if (source->graph) {
                *ret = TAKE(source->graph);
                return 0;
        }
        r = document_of(source, &document);
        if (r < 0)
                return r;
        r = graph_new(document, &graph, ret_problems);
        if (r < 0)
                return r;
        if (cache)
                graph_cache_keep(cache, source->row, graph, weigh(graph, source->body));
        *ret = graph;
        return 0;
}

int graph_load(struct tx *tx, struct graph_cache *cache, struct str user_id, struct str id, int64_t version,
               struct graph **ret, struct graph_problems *ret_problems) {
        struct graph_source source;
        int r;

        r = graph_fetch(tx, cache, user_id, id, version, &source);
        if (r < 0)
                return r;
        r = graph_open(&source, cache, ret, ret_problems);
        graph_source_done(&source);
        return r;
}
