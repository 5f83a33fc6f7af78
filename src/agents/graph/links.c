#include <stdio.h>
#include <stdlib.h>

#include "agents/graph/graph_int.h"

enum { NAMES_MAX = 250 }; /* bytes of a message that lists names */

struct link_text {
        const char *id;
        const char *source_id, *sink_id;
        const char *source_name, *sink_name;
};

/* "Link (node, pin) <-> (node, pin)": how every fault of a link begins (dialect: Graphs). */
#define LINK_FORMAT  "Link (%.50s, %.40s) <-> (%.50s, %.40s), "
#define LINK_ARGS(l) (l)->source_id, (l)->source_name, (l)->sink_id, (l)->sink_name

static int read_text(const json_t *value, const char *path, struct link_text *text,
                     struct graph_problems *problems) {
        const struct {
                const char *name;
                size_t max;
                const char **to;
        } members[] = {
                { "source_id", GRAPH_NODE_ID_MAX, &text->source_id },
                { "sink_id", GRAPH_NODE_ID_MAX, &text->sink_id },
                { "source_name", GRAPH_PIN_MAX, &text->source_name },
                { "sink_name", GRAPH_PIN_MAX, &text->sink_name },
        };
        int r;

        if (!json_is_object(value))
                return graph_problems_shape(problems, path, NULL, &SHAPE_OBJECT);
        for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
                r = graph_member_text(value, path, members[i].name, members[i].max, members[i].to, problems);
                if (r < 0)
                        return r;
                if (!*members[i].to)
                        return graph_problems_shape(problems, path, members[i].name, &SHAPE_MISSING);
        }
        return graph_member_text(value, path, "id", GRAPH_NODE_ID_MAX, &text->id, problems);
}

static int refuse_node(const struct graph *graph, const struct link_text *text, const char *id,
                       struct graph_problems *problems) {
        char names[NAMES_MAX] = "";

        for (size_t i = 0; i < graph->n_nodes && i < 10; i++)
                graph_list_name(names, sizeof(names), graph->nodes[i].id);
        return graph_problems_say(problems, LINK_FORMAT "%.50s is invalid node id, available nodes: %s",
                                  LINK_ARGS(text), id, names);
}

static int refuse_pin(const struct link_text *text, const struct graph_node *node, const char *pin,
                      bool output, struct graph_problems *problems) {
        char names[NAMES_MAX];

        graph_node_pins(node, output, names, sizeof(names));
        return graph_problems_say(problems, LINK_FORMAT "`%.40s` invalid, Allowed fields: %s",
                                  LINK_ARGS(text), pin, names);
}

static int find_node(struct graph *graph, const json_t *ids, const struct link_text *text, const char *id,
                     struct graph_node **ret, struct graph_problems *problems) {
        const json_t *index = json_object_get(ids, id);

        if (!index)
                return refuse_node(graph, text, id, problems);
        *ret = &graph->nodes[json_integer_value(index)];
        return 0;
}

static int read_link(struct graph *graph, const json_t *ids, const json_t *value, struct graph_link *link,
                     struct graph_problems *problems) {
        const json_t *is_static;
        struct link_text text;
        char path[32];
        int r;

        snprintf(path, sizeof(path), "links.%td", link - graph->links);
        r = read_text(value, path, &text, problems);
        if (r < 0)
                return r;
        r = find_node(graph, ids, &text, text.source_id, &link->source, problems);
        if (r < 0)
                return r;
        if (!graph_node_has_output(link->source, graph_pin_base(str_of(text.source_name))))
                return refuse_pin(&text, link->source, text.source_name, true, problems);
        r = find_node(graph, ids, &text, text.sink_id, &link->sink, problems);
        if (r < 0)
                return r;
        if (!graph_node_has_input(link->sink, graph_pin_base(str_of(text.sink_name))))
                return refuse_pin(&text, link->sink, text.sink_name, false, problems);
        is_static = json_object_get(value, "is_static");
        if (is_static && !json_is_boolean(is_static))
                return graph_problems_shape(problems, path, "is_static", &SHAPE_BOOLEAN);
        link->id = text.id ? text.id : "";
        link->source_name = text.source_name;
        link->sink_name = text.sink_name;
        link->is_static = json_is_true(is_static) || link->source->block->static_output;
        return 0;
}

int graph_read_links(struct graph *graph, const json_t *ids, struct graph_problems *problems) {
        json_t *list;
        int r;

        r = graph_member_array(graph->body, "links", GRAPH_LINKS_MAX, &list, problems);
        if (r < 0)
                return r;
        graph->links = calloc(json_array_size(list) + 1, sizeof(*graph->links));
        if (!graph->links)
                return -ERR_NO_MEMORY;
        graph->n_links = json_array_size(list);
        for (size_t i = 0; i < graph->n_links; i++) {
                r = read_link(graph, ids, json_array_get(list, i), &graph->links[i], problems);
                if (r < 0)
                        return r;
        }
        return 0;
}
