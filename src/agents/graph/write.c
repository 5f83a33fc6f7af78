#include "agents/graph/write.h"

#include <stdlib.h>

#include "agents/graph/credentials.h"
#include "agents/graph/schema.h"
#include "agents/value/value.h"
#include "base/errors.h"
#include "base/id.h"
#include "base/json_write.h"

struct new_id {
        char text[ID_UUID_LENGTH];
};

struct writer {
        struct json_writer w;
        const struct graph *graph;
        const struct graph_writing *writing;
        struct new_id *nodes, *links; /* by index */
};

static int make_ids(const struct graph_writing *writing, struct new_id *ids, size_t n) {
        int r;

        if (!ids)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
                r = id_uuid(writing->clock, writing->random, ids[i].text);
                if (r < 0)
                        return r;
        }
        return 0;
}

static struct str id_str(const struct new_id *id) {
        return str_n(id->text, sizeof(id->text));
}

/* A member whose value is a document's own; `fallback` where there is none. */
static void member_value(struct json_writer *w, const char *name, const json_t *value, struct str fallback) {
        json_key(w, name);
        json_raw(w, value ? STR("") : fallback);
        if (value)
                value_write(w->out, value, VALUE_COMPACT);
}

static void write_link(struct writer *w, const struct graph_link *link) {
        json_object_begin(&w->w);
        json_member_str(&w->w, "id", id_str(&w->links[link - w->graph->links]));
        json_member_str(&w->w, "source_id", id_str(&w->nodes[link->source->index]));
        json_member_str(&w->w, "sink_id", id_str(&w->nodes[link->sink->index]));
        json_member_str(&w->w, "source_name", str_of(link->source_name));
        json_member_str(&w->w, "sink_name", str_of(link->sink_name));
        json_member_bool(&w->w, "is_static", link->is_static);
        json_object_end(&w->w);
}

static void write_links(struct writer *w, const char *name, struct graph_link *const *links, size_t n) {
        json_key(&w->w, name);
        json_array_begin(&w->w);
        for (size_t i = 0; i < n && !w->w.out->failed; i++)
                write_link(w, links[i]);
        json_array_end(&w->w);
}

static void write_node(struct writer *w, const struct graph_node *node) {
        const json_t *document = json_array_get(json_object_get(w->graph->body, "nodes"), node->index);
        const json_t *metadata = json_object_get(document, "metadata");

        json_object_begin(&w->w);
        json_member_str(&w->w, "id", id_str(&w->nodes[node->index]));
        json_member_str(&w->w, "block_id", str_of(node->block->id));
        member_value(&w->w, "input_default", node->input_default, STR_NULL);
        member_value(&w->w, "metadata", json_is_object(metadata) ? metadata : NULL, STR("{}"));
        write_links(w, "input_links", node->inputs, node->n_inputs);
        write_links(w, "output_links", node->outputs, node->n_outputs);
        json_member_str(&w->w, "graph_id", str_of(w->writing->id));
        json_member_int(&w->w, "graph_version", w->writing->version);
        json_member_null(&w->w, "webhook_id");
        json_member_null(&w->w, "webhook");
        json_object_end(&w->w);
}

static void write_nodes(struct writer *w) {
        const struct graph *graph = w->graph;

        json_key(&w->w, "nodes");
        json_array_begin(&w->w);
        for (size_t i = 0; i < graph->n_nodes && !w->w.out->failed; i++)
                write_node(w, &graph->nodes[i]);
        json_array_end(&w->w);
        json_key(&w->w, "links");
        json_array_begin(&w->w);
        for (size_t i = 0; i < graph->n_links && !w->w.out->failed; i++)
                write_link(w, &graph->links[i]);
        json_array_end(&w->w);
}

static int write_schemas(struct writer *w) {
        json_auto_t *inputs = NULL, *outputs = NULL, *credentials = NULL;
        int r;

        r = graph_schema(w->graph, BLOCK_UI_INPUT, &inputs);
        if (r < 0)
                return r;
        r = graph_schema(w->graph, BLOCK_UI_OUTPUT, &outputs);
        if (r < 0)
                return r;
        r = graph_credentials_schema(w->graph, &credentials);
        if (r < 0)
                return r;
        member_value(&w->w, "input_schema", inputs, STR_NULL);
        member_value(&w->w, "output_schema", outputs, STR_NULL);
        member_value(&w->w, "credentials_input_schema", credentials, STR_NULL);
        return 0;
}

static int write_all(struct writer *w) {
        int r;

        r = make_ids(w->writing, w->nodes, w->graph->n_nodes);
        if (r < 0)
                return r;
        r = make_ids(w->writing, w->links, w->graph->n_links);
        if (r < 0)
                return r;
        json_object_begin(&w->w);
        write_nodes(w);
        r = write_schemas(w);
        json_object_end(&w->w);
        return r < 0 ? r : w->w.out->failed ? -ERR_TOO_LARGE : 0;
}

int graph_write_body(struct strbuf *out, const struct graph *graph, const struct graph_writing *writing) {
        struct writer w = { .w = JSON_WRITER(out), .graph = graph, .writing = writing };
        int r;

        w.nodes = calloc(graph->n_nodes + 1, sizeof(*w.nodes));
        w.links = calloc(graph->n_links + 1, sizeof(*w.links));
        r = write_all(&w);
        free(w.nodes);
        free(w.links);
        return r;
}

/* The catalogue has no block that waits for events from outside, and none that asks before it acts. */
int graph_write_summary(struct strbuf *out, const struct graph *graph) {
        static const char *const kept[] = { "name",           "description",
                                            "instructions",   "recommended_schedule_cron",
                                            "forked_from_id", "forked_from_version" };
        struct json_writer w = JSON_WRITER(out);

        json_object_begin(&w);
        for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
                member_value(&w, kept[i], json_object_get(graph->body, kept[i]), STR("null"));
        json_member_bool(&w, "has_external_trigger", false);
        json_member_bool(&w, "has_human_in_the_loop", graph_has(graph, BLOCK_UI_HUMAN));
        json_member_bool(&w, "has_sensitive_action", false);
        json_member_null(&w, "trigger_setup_info");
        json_object_end(&w);
        return out->failed ? -ERR_NO_MEMORY : 0;
}
